// Practice before a fake camera that shows the syllabus's drawn figure.

import { readFileSync } from 'node:fs';

import AxeBuilder from '@axe-core/playwright';
import type { Page } from '@playwright/test';

import { drawnPerformance, faultyPerformance, realClips } from './support/camera';
import { looks } from './support/looks';
import { browserWith, expect, foreignRequests, test } from './support/studio';

test.describe.configure({ timeout: 300_000 });

async function serious(page: Page): Promise<string[]> {
  const found = (await new AxeBuilder({ page }).analyze()).violations.filter((v) => v.impact === 'serious' || v.impact === 'critical');
  return found.map((v) => `${v.id}: ${v.nodes.map((node) => node.html).join(' ')}`);
}

/** Gives the page a Korean and an English voice, and keeps what they are told to say: headless Chromium has none of its own. */
async function listen(page: Page): Promise<void> {
  await page.addInitScript(() => {
    const spoken: { text: string; lang: string }[] = [];
    class Utterance {
      lang = '';
      voice: unknown = null;
      readonly text: string;
      constructor(text: string) {
        this.text = text;
      }
    }
    const voices = ['ko-KR', 'en-GB'].map((lang) => ({ lang, name: lang, localService: true, default: false, voiceURI: lang }));
    Object.assign(globalThis, { spoken, SpeechSynthesisUtterance: Utterance });
    Object.assign(speechSynthesis, { getVoices: () => voices, speak: ({ text, lang }: Utterance) => spoken.push({ text, lang }) });
  });
}

const spoken = (page: Page): Promise<{ text: string; lang: string }[]> =>
  page.evaluate(() => (window as unknown as { spoken: { text: string; lang: string }[] }).spoken);

/** The sheet on paper: all that is the page's own is gone, the sheet and its pictures are there, dark on light. */
async function printed(page: Page, name: string): Promise<void> {
  await page.emulateMedia({ media: 'print', colorScheme: 'dark' });
  await expect(page.getByRole('navigation')).toHaveCount(0);
  await expect(page.getByTestId('language')).toBeHidden();
  await expect(page.getByRole('button')).toHaveCount(0);
  const sheet = page.getByTestId('sheet');
  await expect(sheet.getByRole('heading', { level: 2 })).toBeVisible();
  await expect(sheet.locator('.score')).toBeVisible();
  expect(await sheet.evaluate((element) => getComputedStyle(element).color)).toBe('rgb(27, 31, 39)');
  await page.screenshot({ path: `test-results/looks/sheet-print-${name}.png`, fullPage: true });
  const path = `test-results/looks/sheet-${name}.pdf`;
  await page.pdf({ path, format: 'A4' });
  const pages = readFileSync(path, 'latin1').match(/\/Type\s*\/Page\b/g)?.length ?? 0;
  expect(pages).toBeGreaterThan(0);
  expect(pages, 'six steps and their faults').toBeLessThanOrEqual(3);
  await page.emulateMedia({ media: 'screen', colorScheme: 'light' });
}

for (const locale of ['ko-KR', 'en-GB'] as const) {
  test(`Taegeuk 1, section 1, ends with a score sheet that is kept, ${locale}`, async ({ studio }) => {
    const korean = locale === 'ko-KR';
    const context = await browserWith(drawnPerformance('taegeuk-1:1'), locale);
    const page = await context.newPage();
    const foreign = foreignRequests(page, studio);
    await listen(page);
    await page.goto(`${studio.url}#/practise`);
    await expect(page.getByTestId('form-choice')).toHaveValue('taegeuk-1');
    await expect(page.getByTestId('section-choice')).toHaveValue('1');
    await page.getByRole('link', { name: korean ? '시작: 품새' : 'Begin: Poomsae' }).click();
    await expect(page.getByTestId('steps').locator('li')).toHaveCount(0);
    await page.getByRole('checkbox', { name: korean ? '소리로 말하기' : 'Speak' }).check();
    await page.getByRole('button', { name: korean ? '카메라 켜기' : 'Start the camera' }).click();
    await expect(page.getByTestId('steps').locator('li')).toHaveCount(6);
    await expect(page.getByTestId('steps').locator('li').first()).toContainText(korean ? '왼 아래막기' : 'left Low Block');
    await expect(page.getByTestId('form')).toHaveAttribute('data-phase', 'going', { timeout: 60_000 });
    await expect(page.locator('[aria-current="step"]')).toBeVisible();
    await expect(page.getByTestId('steps').locator('li.done')).not.toHaveCount(0, { timeout: 30_000 });
    await page.screenshot({ path: `test-results/practise-going-${locale}.png`, fullPage: true });

    const sheet = page.getByTestId('sheet');
    await expect(sheet).toBeVisible({ timeout: 60_000 });
    expect(Number(await sheet.getAttribute('data-found'))).toBeGreaterThanOrEqual(5);
    expect(Number(await sheet.getAttribute('data-score'))).toBeGreaterThan(2);
    await expect(sheet.locator('tbody tr')).toHaveCount(6);
    await expect(sheet).toContainText(korean ? '판정하지 않은 것' : 'Not judged');
    await page.screenshot({ path: `test-results/sheet-${locale}.png`, fullPage: true });
    // The awaited steps were said, in the page's language and its own voice.
    const said = await spoken(page);
    expect(new Set(said.map((one) => one.lang))).toEqual(new Set([locale]));
    const steps = await sheet.locator('tbody tr td:nth-child(2)').evaluateAll((cells) => cells.map((cell) => cell.firstChild?.textContent?.trim()));
    expect(steps).toContain(korean ? '왼 아래막기' : 'left Low Block');
    const told = said.map((one) => one.text);
    expect(steps.slice(1).filter((step) => told.includes(step ?? '')).length, told.join(' | ')).toBeGreaterThanOrEqual(4);
    expect(told).toContain(korean ? '끝났습니다.' : 'Finished.');
    expect(await serious(page)).toEqual([]);
    await printed(page, locale);

    // The sheet is in the history, also after a power cut.
    await studio.stop('SIGKILL');
    await studio.start();
    await page.goto(`${studio.url}#/practise?what=history`);
    await page.reload();
    const row = page.getByTestId('history').locator('tbody tr');
    await expect(row).toHaveCount(1);
    await row.getByRole('link').click();
    await expect(page.getByTestId('sheet').locator('tbody tr')).toHaveCount(6);
    expect(foreign).toEqual([]);
    await context.close();
  });
}

test('a fault is shown in the picture of its moment, on the screen and on paper', async ({ studio }) => {
  const context = await browserWith(faultyPerformance('taegeuk-1:1'), 'ko-KR');
  const page = await context.newPage();
  await page.goto(`${studio.url}#/practise?what=form&form=taegeuk-1:1`);
  await page.getByRole('button', { name: '카메라 켜기' }).click();
  const sheet = page.getByTestId('sheet');
  await expect(sheet).toBeVisible({ timeout: 90_000 });
  const faults = sheet.locator('.faults > li');
  const moments = faults.filter({ has: page.locator('img') });
  expect(await moments.count()).toBeGreaterThan(0);
  for (const fault of await moments.all()) {
    await expect(fault).toContainText(/−0[.]\d/);
    await expect(fault.locator('figcaption')).toHaveText(/\d번 동작.*\d[.]\d초/);
    const image = fault.locator('img');
    await expect.poll(() => image.evaluate((element: HTMLImageElement) => element.naturalWidth)).toBeGreaterThan(100);
    // The skeleton is drawn on it.
    const drawn = await fault.locator('canvas').evaluate((canvas: HTMLCanvasElement) =>
      canvas.getContext('2d')!.getImageData(0, 0, canvas.width, canvas.height).data.some((value) => value > 0));
    expect(drawn).toBe(true);
  }
  await looks(page, 'sheet-faults-ko');
  await printed(page, 'faults');
  await context.close();
});

test('a basic motion gets its stars after the ready stance, and the wrong one none', async ({ studio }) => {
  // One clip over and over: whenever a test of a motion begins, the same is seen.
  const video = realClips(['A/T1-1.mp4']);
  test.skip(video === null, 'the clips of shared/data are not there');
  const context = await browserWith(video, 'en-GB');
  const page = await context.newPage();
  await page.goto(`${studio.url}#/practise?what=basics`);
  await page.getByRole('button', { name: 'Start the camera' }).click();
  const motion = async (label: string, side: string) => {
    await page.getByTestId('motion').selectOption({ label });
    await page.getByTestId('basics').locator('select').nth(1).selectOption(side);
    await page.getByRole('button', { name: /Test this motion|Once more/ }).click({ timeout: 60_000 });
    await expect(page.getByTestId('basics')).toHaveAttribute('data-phase', 'done', { timeout: 60_000 });
  };
  await motion('3. Front Stance Low Block', 'left');
  await expect(page.getByTestId('basics').locator('.cue')).toContainText(/left Low Block: [123] stars?/);
  await page.screenshot({ path: 'test-results/basics.png', fullPage: true });
  await motion('5. Front Stance Face Block', 'left');
  await expect(page.getByTestId('basics').locator('.cue')).toContainText('left Face Block was not recognised. Seen: left Low Block');
  expect(await serious(page)).toEqual([]);
  await page.goto(`${studio.url}#/practise?what=history`);
  await expect(page.getByTestId('history').locator('tbody tr')).toHaveCount(2);
  await page.screenshot({ path: 'test-results/history.png', fullPage: true });
  await context.close();
});

test('a sparring round counts actions and ends by itself', async ({ studio }) => {
  const context = await browserWith(drawnPerformance('taegeuk-1:4'), 'ko-KR');
  const page = await context.newPage();
  await page.goto(`${studio.url}#/practise?what=sparring`);
  await page.getByRole('button', { name: '카메라 켜기' }).click();
  await page.getByRole('button', { name: '지금 시작' }).click({ timeout: 60_000 });
  await expect(page.getByTestId('sparring')).toHaveAttribute('data-phase', 'fighting', { timeout: 30_000 });
  await expect(page.getByTestId('sparring')).toContainText('초 남음');
  await page.screenshot({ path: 'test-results/sparring.png', fullPage: true });
  expect(await serious(page)).toEqual([]);
  const round = page.getByTestId('round');
  await expect(page.getByRole('button', { name: '한 회전 더' })).toBeVisible({ timeout: 60_000 });
  // Section 4 of Taegeuk 1 has blocks and a punch.
  expect(Number(await round.first().getAttribute('data-actions'))).toBeGreaterThan(0);
  await context.close();
});

for (const colorScheme of ['light', 'dark'] as const) {
  test(`the choice of practice, ${colorScheme}, on both sizes of screen, by keyboard`, async ({ studio }) => {
    const context = await browserWith(null, 'ko-KR');
    const page = await context.newPage();
    await page.emulateMedia({ colorScheme });
    for (const size of [{ width: 1280, height: 900 }, { width: 390, height: 844 }]) {
      await page.setViewportSize(size);
      for (const query of ['', '?what=basics', '?what=form&form=koryo', '?what=sparring', '?what=history']) {
        await page.goto(`${studio.url}#/practise${query}`);
        await expect(page.getByRole('heading', { level: 1 })).toBeVisible();
        if (query !== '?what=history') await expect(page.locator('main button, main .button').first()).toBeVisible();
        await page.screenshot({ path: `test-results/practise-${colorScheme}-${size.width}-${query.replaceAll(/[^a-z]+/g, '-')}.png`, fullPage: true });
        expect(await serious(page), `${size.width} ${query}`).toEqual([]);
        expect(await page.evaluate(() => document.documentElement.scrollWidth <= innerWidth), `${size.width} ${query}`).toBe(true);
      }
    }
    await page.goto(`${studio.url}#/practise`);
    await page.getByRole('link', { name: '시작: 기본동작' }).focus();
    await page.keyboard.press('Enter');
    await expect(page.getByTestId('motion')).toBeVisible();
    await context.close();
  });
}
