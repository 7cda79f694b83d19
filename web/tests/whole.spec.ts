// The whole road as one person walks it, before the syllabus's drawn figure: from an empty project to an export.

import { execFileSync } from 'node:child_process';

import type { Page } from '@playwright/test';

import { drawnPerformance, partOf } from './support/camera';
import { browserWith, expect as plain, foreignRequests, test, type Studio } from './support/studio';

// Networks, a browser and a build may share two cores.
const expect = plain.configure({ timeout: 60_000 });
test.describe.configure({ timeout: 300_000 });

const FORM = 'taegeuk-1:1';

const KOREAN = {
  make: '프로젝트 만들기', name: '이름', course: '무엇을 알아보게 할까요?', person: '사람', toCamera: '카메라로', countdown: '준비 시간', pictures: '사진 수', rate: '초당 사진 수', take: '사진 10장 찍기', session: '촬영 회차', change: '사람이나 회차 바꾸기', taken: /사진 \d+장을 찍었습니다/,
  curate: '고르기', look: '표본 모두 살펴보기', looked: /표본 \d+장을 살펴보았고/, train: '학습', epochs: '에폭', start: '학습 시작', trained: /표본 \d+개 가운데 [\d.]+%를 알아보았습니다/, results: '결과 보기', confusion: '무엇을 무엇으로 보았나',
  live: '실시간', camera: '카메라 켜기', verify: '검증하기', seconds: '동작마다 지켜보는 시간(초)', begin: '검증 시작', passed: '1개 가운데 1개 통과',
  practise: '연습', form: '시작: 품새', export: '내보내기', verified: /기합과 다른 답이 없습니다/, download: /내려받기/,
};
const ENGLISH: typeof KOREAN = {
  make: 'Make the project', name: 'Name', course: 'What it is to recognise', person: 'Person', toCamera: 'To the camera', countdown: 'Countdown', pictures: 'Pictures', rate: 'Pictures a second', take: 'Take 10 pictures', session: 'Recording session', change: 'Change person or session', taken: /\d+ pictures? taken/,
  curate: 'Curate', look: 'Look all samples over', looked: /\d+ samples were looked over/, train: 'Train', epochs: 'Epochs', start: 'Start training', trained: /[\d.]+% of \d+ samples were recognised/, results: 'See the results', confusion: 'What was taken for what',
  live: 'Live', camera: 'Start the camera', verify: 'Verify', seconds: 'Seconds to watch each motion', begin: 'Start the verification', passed: '1 of 1 passed',
  practise: 'Practise', form: 'Begin: Poomsae', export: 'Export', verified: /no answer differs from Kihap’s/, download: /^Download/,
};

/** Records a class with what is before the camera, ten pictures in each of three sessions: one is learnt from, one watched, one for the test. */
async function collect(page: Page, t: typeof KOREAN, label: string): Promise<void> {
  // The film begins anew with every session: each waits longer, and sees another part of it.
  for (const [session, countdown] of [['1', '0'], ['2', '3'], ['3', '5']] as const) {
    await page.getByLabel(t.person, { exact: true }).fill('민지');
    await page.getByLabel(t.session, { exact: true }).fill(session);
    await page.getByRole('button', { name: t.toCamera }).click();
    await page.getByTestId(`class-${label}`).click();
    await page.getByRole('combobox', { name: t.countdown, exact: true }).selectOption(countdown);
    await page.getByRole('combobox', { name: t.pictures, exact: true }).selectOption('10');
    await page.getByRole('combobox', { name: t.rate, exact: true }).selectOption('5');
    await page.getByRole('button', { name: t.take }).click();
    await expect(page.getByTestId('strip')).toContainText(t.taken);
    await expect(page.getByRole('button', { name: t.take })).toBeEnabled();
    await page.getByRole('button', { name: t.change }).click();
  }
  await expect(page.getByTestId('grid')).toHaveAttribute('data-total', /^(2[0-9]|30)$/);
}

for (const [locale, t] of [['ko-KR', KOREAN], ['en-GB', ENGLISH]] as const) {
  test(`collect, curate, train, results, live, practise, export (${locale})`, async ({ studio }) => {
    const films = { ready: partOf(FORM, 0, 2), other: partOf(FORM, 4, 10), whole: drawnPerformance(FORM) };
    const began = Date.now();
    const foreign: (() => string[])[] = [];
    const open = async (film: string, path: string): Promise<Page> => {
      const page = await (await browserWith(film, locale)).newPage();
      const asked = foreignRequests(page, studio);
      foreign.push(() => asked);
      await page.goto(`${studio.url}${path}`);
      return page;
    };

    // Collect: the ready stance, then other motions.
    let page = await open(films.ready, '');
    await page.getByLabel(t.name, { exact: true }).fill('dojo');
    await page.getByRole('combobox', { name: t.course }).selectOption('basics-1');
    await page.getByRole('button', { name: t.make }).click();
    await expect(page).toHaveURL(/\/collect$/);
    const [ready, other] = await motions(studio);
    await collect(page, t, ready);
    await page.context().close();
    page = await open(films.other, '#/project/dojo/collect');
    await collect(page, t, other);
    await page.context().close();

    // Curate: one of the samples goes.
    page = await open(films.whole, '#/project/dojo/collect');
    const go = (name: string): Promise<void> => page.getByRole('link', { name, exact: true }).click();
    await go(t.curate);
    await page.getByRole('button', { name: t.look }).click();
    await expect(page.getByTestId('found')).toContainText(t.looked);
    await page.getByTestId('grid').focus();
    await page.keyboard.press('x');
    await expect(page.getByTestId('reason-aside')).toContainText('1');

    await go(t.train);
    await page.getByLabel(t.epochs, { exact: true }).fill('40');
    await page.getByRole('button', { name: t.start }).click();
    const training = page.getByTestId('training');
    await expect(training).toHaveAttribute('data-phase', 'done');
    await expect(training).toContainText(t.trained);

    await training.getByRole('link', { name: t.results }).click();
    await expect(page.getByTestId('model').getByRole('heading', { name: t.confusion })).toBeVisible();

    // Live: the new model is verified, and passes.
    await go(t.live);
    await expect(page.getByTestId('model')).toHaveValue(/^own:/);
    await page.getByRole('button', { name: t.camera }).click();
    await expect(page.getByTestId('bars').locator('li').first()).toBeVisible();
    await page.getByRole('button', { name: t.verify }).click();
    await page.getByLabel(t.seconds).fill('10');
    await page.getByRole('button', { name: t.begin }).click();
    await expect(page.getByTestId('verify')).toHaveAttribute('data-phase', 'done');
    await expect(page.getByText(t.passed)).toBeVisible();

    await go(t.practise);
    await page.getByRole('link', { name: t.form }).click();
    await page.getByRole('button', { name: t.camera }).click();
    const sheet = page.getByTestId('sheet');
    await expect(sheet).toBeVisible({ timeout: 90_000 });
    expect(Number(await sheet.getAttribute('data-found'))).toBeGreaterThanOrEqual(5);

    await page.goto(`${studio.url}#/project/dojo/export`);
    await page.getByRole('radio', { name: /^ONNX/ }).check();
    await page.getByRole('button', { name: t.export, exact: true }).click();
    const made = page.getByTestId('export');
    await expect(made).toContainText(t.verified);
    const [download] = await Promise.all([page.waitForEvent('download'), made.getByRole('link', { name: t.download }).click()]);
    expect(execFileSync('python3', ['-m', 'zipfile', '-l', (await download.path())!]).toString()).toContain('model.onnx');
    expect(foreign.flatMap((asked) => asked())).toEqual([]);
    console.log(`the whole road in ${Math.round((Date.now() - began) / 1000)} s (${locale})`);
    await page.context().close();
  });
}

/** The ready stance and the other motions of the project. */
async function motions(studio: Studio): Promise<[string, string]> {
  const { classes } = (await (await fetch(`${studio.url}api/projects/dojo`)).json()) as { classes: { name: string; nobody: boolean }[] };
  const [ready, other] = classes.filter((one) => !one.nobody).map((one) => one.name);
  return [ready!, other!];
}
