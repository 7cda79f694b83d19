// Every page in both languages, light and dark, on a desk and on a phone: nothing sticks out, axe finds nothing serious, and
// `test-results/looks` has the pictures for people to look at.

import { api, trained } from './support/api';
import { faultyPerformance } from './support/camera';
import { looks } from './support/looks';
import { drawnProject } from './support/project';
import { browserWith, expect as plain, test } from './support/studio';

const expect = plain.configure({ timeout: 60_000 });
test.describe.configure({ timeout: 600_000 });

test('every page can be looked at', async ({ studio }) => {
  drawnProject(studio.projects, '우리 도장');
  await trained(studio, '우리 도장', { network: 'landmark-mlp', epochs: 30, name: '겨루기' });
  await trained(studio, '우리 도장', { network: 'landmark-softmax', epochs: 30, name: 'simple' });
  const done = (kind: string) => expect.poll(async () => (await api<{ kind: string; phase: string }[]>(studio, '/jobs')).findLast((job) => job.kind === kind)?.phase).toBe('done');
  await api(studio, `/projects/${encodeURIComponent('우리 도장')}/exports`, { model: '겨루기', format: 'web', verify: 10 });
  await done('export');

  const context = await browserWith(faultyPerformance('taegeuk-1:1'), 'ko-KR');
  const page = await context.newPage();
  const go = async (path: string): Promise<void> => {
    await page.goto('about:blank');
    await page.goto(`${studio.url}#/${path}`);
    await expect(page.getByRole('heading', { level: 1 })).toBeVisible();
  };
  const project = `project/${encodeURIComponent('우리 도장')}`;
  await go(`${project}/curate`);
  await page.getByRole('button', { name: '표본 모두 살펴보기' }).click();
  await expect(page.getByTestId('found')).toContainText('살펴보았고');
  await go('practise?what=form&form=taegeuk-1:1');
  await page.getByRole('button', { name: '카메라 켜기' }).click();
  await expect(page.getByTestId('sheet')).toBeVisible({ timeout: 90_000 });

  for (const [language, t] of [
    ['ko', { camera: '카메라 켜기', verify: '검증하기', begin: '검증 시작', stop: '그만하기', toCamera: '카메라로', person: '사람' }],
    ['en', { camera: 'Start the camera', verify: 'Verify', begin: 'Start the verification', stop: 'Stop', toCamera: 'To the camera', person: 'Person' }],
  ] as const) {
    const look = (name: string): Promise<void> => looks(page, `all-${name}-${language}`);
    await go('');
    await page.getByTestId('language').selectOption(language);
    await expect(page.getByRole('main').getByRole('link').first()).toBeVisible();
    await look('home');
    await go(`${project}/collect?class=kick`);
    await expect(page.getByTestId('grid').locator('img').first()).toBeVisible();
    await look('collect');
    await page.getByLabel(t.person, { exact: true }).fill('민지');
    await page.getByRole('button', { name: t.toCamera }).click();
    await expect(page.getByTestId('figures')).toContainText(/\d/);
    await look('collect-camera');
    await go(`${project}/curate`);
    await expect(page.getByTestId('grid').locator('img').first()).toBeVisible();
    await look('curate');
    await go(`${project}/train`);
    await expect(page.getByRole('radio').first()).toBeVisible();
    await look('train');
    await go(`${project}/results?model=${encodeURIComponent('겨루기')}`);
    await expect(page.getByTestId('model')).toBeVisible();
    await look('results');
    await go(`${project}/live`);
    await page.getByRole('button', { name: t.camera }).click();
    await expect(page.getByTestId('bars').locator('li').first()).toBeVisible();
    await look('live');
    await page.getByRole('button', { name: t.verify }).click();
    await page.getByRole('button', { name: t.begin }).click();
    await look('verify');
    await page.getByRole('button', { name: t.stop, exact: true }).click();
    await go('practise');
    await expect(page.getByTestId('form-choice')).toBeVisible();
    await look('practise');
    for (const what of ['basics', 'form&form=taegeuk-1:1', 'sparring'] as const) {
      await go(`practise?what=${what}`);
      await page.getByRole('button', { name: t.camera }).click();
      await expect(page.getByTestId('figures')).toContainText(/\d/);
      await look(`practise-${what.split('&')[0]}`);
    }
    await go('practise?what=history');
    await expect(page.getByTestId('history').locator('tbody tr')).not.toHaveCount(0);
    await look('history');
    await page.getByTestId('history').locator('tbody tr').last().getByRole('link').click();
    await expect(page.getByTestId('sheet')).toBeVisible();
    await look('sheet');
    await go(`${project}/export`);
    await expect(page.getByTestId('export')).toBeVisible();
    await look('export');
  }
  await context.close();
});
