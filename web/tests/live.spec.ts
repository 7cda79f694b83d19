// Live recognition and verification with a real camera picture: clips of a real performer where they are there.

import { writeFileSync } from 'node:fs';
import { join } from 'node:path';

import AxeBuilder from '@axe-core/playwright';
import type { Page } from '@playwright/test';

import { trained } from './support/api';
import { drawnPerformance, realClips, slides } from './support/camera';
import { looks } from './support/looks';
import { drawnClips, drawnProject, strangers } from './support/project';
import { browserWith, expect, foreignRequests, test } from './support/studio';

// The third step of Taegeuk 1: a low block of the right arm.
const LOW_BLOCK = ['A/T1-3.mp4'];

test('the built-in basics recognise a real low block, and verification ends with a table that is kept', async ({ studio }) => {
  const video = realClips(LOW_BLOCK);
  test.skip(video === null, 'the clips of shared/data are not there');
  const context = await browserWith(video, 'en-GB');
  const page = await context.newPage();
  const foreign = foreignRequests(page, studio);
  await page.goto(`${studio.url}#/live`);
  await page.getByRole('button', { name: 'Start the camera' }).click();
  const bars = page.getByTestId('bars');
  await expect(bars).toHaveAttribute('data-top', 'low_block_right', { timeout: 60_000 });
  await expect(page.getByTestId('figures')).not.toHaveAttribute('data-rate', '0.0');

  // Verification: everything but two motions is skipped.
  await page.getByRole('button', { name: 'Verify' }).click();
  await page.getByRole('button', { name: 'Start the verification' }).click();
  const panel = page.getByTestId('verify');
  while ((await panel.getAttribute('data-phase')) !== 'done') {
    const motion = await panel.locator('.ask').textContent({ timeout: 1000 }).catch(() => null);
    if (motion === null) continue;
    const asked = ['Show: right Low Block', 'Show: right Face Block'].includes(motion);
    if (!asked) await panel.getByRole('button', { name: 'Skip' }).click();
    // The next motion, or the table.
    await expect(panel.locator('.ask').filter({ hasText: new RegExp(`^${motion}$`) })).toHaveCount(0, { timeout: 30_000 });
  }
  const table = page.getByTestId('answers');
  await expect(table).toBeVisible();
  const row = (motion: string) => table.locator('tbody tr').filter({ has: page.locator('td:first-child', { hasText: motion }) });
  await expect(row('right Low Block')).toContainText('yes');
  await expect(row('right Face Block')).toContainText('right Low Block');
  await expect(row('right Face Block').locator('td').last()).toHaveText('no');
  await expect(page.getByText('1 of 2 passed')).toBeVisible();

  const download = page.waitForEvent('download');
  await page.getByRole('button', { name: 'Save as CSV' }).click();
  expect((await download).suggestedFilename()).toBe('kihap-basics.csv');

  const history = (await (await page.request.get(`${studio.url}api/history`)).json()) as { entries: { kind: string; result: { passed: number; asked: number } }[] };
  expect(history.entries.map((entry) => entry.kind)).toEqual(['verify']);
  expect(history.entries[0]?.result).toMatchObject({ passed: 1, asked: 2 });
  await page.goto(`${studio.url}#/practise?what=history`);
  await expect(page.getByTestId('history').locator('tbody tr')).toContainText('1 of 2 passed');
  expect(foreign).toEqual([]);
  await context.close();
});

/** Whose bar was the longest, looked at twenty times a second for a round of the film, and on until 150 looks on a busy machine,
 * whether or not the model was sure; and how many lengths of bars were seen. */
async function watched(page: Page, seconds: number): Promise<{ tops: string[]; lengths: number }> {
  return page.evaluate(async (millis) => {
    const tops: string[] = [];
    const lengths = new Set<string>();
    const end = performance.now() + millis;
    while (performance.now() < end || (tops.length < 150 && performance.now() < end + 60_000)) {
      const bars = document.querySelector<HTMLElement>('[data-testid="bars"]');
      tops.push(bars?.querySelector('.name')?.textContent ?? '');
      bars?.querySelectorAll<HTMLElement>('.share').forEach((share) => lengths.add(share.textContent ?? ''));
      await new Promise((done) => setTimeout(done, 50));
    }
    return { tops, lengths: lengths.size };
  }, seconds * 1000);
}

test('a model of one’s own recognises people it has never seen, and is verified', async ({ studio }) => {
  test.setTimeout(240_000);
  const folder = drawnProject(studio.projects, 'dojo', 100);
  await trained(studio, 'dojo', { network: 'landmark-mlp', epochs: 150, name: '겨루기' });
  // A folder that is no model is not offered.
  writeFileSync(join(folder, 'models', 'stray'), '');
  const ready = strangers('ready', 4);
  const video = slides(strangers('kick', 4).flatMap((kick, at) => [kick, ready[at]!]), 1.5, 'strangers-in-turn');
  const context = await browserWith(video, 'ko-KR');
  const page = await context.newPage();
  const foreign = foreignRequests(page, studio);
  await page.goto(`${studio.url}#/project/dojo/live`);
  await expect(page.getByTestId('model')).toHaveValue('own:겨루기');
  await expect(page.getByTestId('model').locator('optgroup[label="이 프로젝트의 모델"] option')).toHaveCount(1);
  await page.getByRole('button', { name: '카메라 켜기' }).click();
  await expect(page.getByTestId('bars').locator('li').first()).toBeVisible({ timeout: 60_000 });
  // One round of the film: half of it kicks, half the ready stance.
  const { tops, lengths } = await watched(page, 12);
  const share = (name: string): number => tops.filter((top) => top === name).length / tops.length;
  const [kicks, readies] = [share('차기'), share('기본준비서기')];
  console.log(`own model: kick ${kicks.toFixed(2)}, ready ${readies.toFixed(2)} of ${tops.length} looks, ${lengths} lengths of bars`);
  expect(kicks).toBeGreaterThan(0.3);
  expect(readies).toBeGreaterThan(0.3);
  expect(kicks + readies).toBeGreaterThan(0.7);
  expect(lengths).toBeGreaterThan(10);
  await looks(page, 'live-own-ko');

  await page.getByRole('button', { name: '검증하기' }).click();
  // A whole round of the film, so that every kick comes by.
  await page.getByLabel('동작마다 지켜보는 시간(초)').fill('13');
  await page.getByRole('button', { name: '검증 시작' }).click();
  const panel = page.getByTestId('verify');
  const asked: string[] = [];
  while ((await panel.getAttribute('data-phase')) !== 'done') {
    const motion = await panel.locator('.ask').textContent({ timeout: 1000 }).catch(() => null);
    if (motion === null) continue;
    asked.push(motion);
    if (!/차기|지르기/.test(motion)) await panel.getByRole('button', { name: '건너뛰기' }).click();
    await expect(panel.locator('.ask').filter({ hasText: motion })).toHaveCount(0, { timeout: 30_000 });
  }
  // Neither the empty picture nor other motions can be asked for.
  expect(asked).toHaveLength(4);
  const row = (motion: string) => page.getByTestId('answers').locator('tbody tr').filter({ has: page.locator('td:first-child', { hasText: motion }) });
  await expect(row('차기').locator('td').last()).toHaveText('예');
  await expect(row('지르기').locator('td').last()).toHaveText('아니요');
  await looks(page, 'verified-own-ko');
  const { entries } = (await (await page.request.get(`${studio.url}api/history`)).json()) as { entries: { kind: string; result: object }[] };
  expect(entries[0]).toMatchObject({ kind: 'verify', result: { passed: 1, asked: 2, model: { project: 'dojo', model: '겨루기' } } });
  expect(foreign).toEqual([]);
  await context.close();
});

test('a sequence network of one’s own recognises movement', async ({ studio }) => {
  test.setTimeout(240_000);
  drawnClips(studio.projects, 'clips');
  await trained(studio, 'clips', { network: 'gru', epochs: 30, name: 'movement' });
  for (const [form, motion] of [['taegeuk-1:1', 'first'], ['taegeuk-1:4', 'fourth']] as const) {
    const context = await browserWith(drawnPerformance(form), 'en-GB');
    const page = await context.newPage();
    await page.goto(`${studio.url}#/project/clips/live`);
    await page.getByRole('button', { name: 'Start the camera' }).click();
    await expect(page.getByTestId('bars').locator('li').first()).toBeVisible({ timeout: 60_000 });
    const { tops } = await watched(page, 12);
    const share = tops.filter((top) => top === motion).length / tops.length;
    console.log(`sequence model before ${form}: ${motion} ${share.toFixed(2)} of ${tops.length} looks`);
    expect(share).toBeGreaterThan(0.5);
    expect(Number(await page.getByTestId('figures').getAttribute('data-rate'))).toBeGreaterThan(5);
    await context.close();
  }
});

test('the steps of a section are recognised one by one, in Korean', async ({ studio }) => {
  const context = await browserWith(drawnPerformance('taegeuk-1:1'), 'ko-KR');
  const page = await context.newPage();
  await page.goto(`${studio.url}#/live`);
  await page.getByTestId('model').selectOption('builtin:taegeuk-1:1');
  await page.getByRole('button', { name: '카메라 켜기' }).click();
  const seen = new Set<string>();
  await expect
    .poll(
      async () => {
        seen.add((await page.getByTestId('bars').getAttribute('data-top')) ?? '');
        return [...seen].filter((name) => name.startsWith('step_')).length;
      },
      { timeout: 60_000, intervals: [100] },
    )
    .toBeGreaterThanOrEqual(3);
  await expect(page.getByTestId('bars')).toContainText('막기');
  await context.close();
});

test('two tabs at once both see', async ({ studio }) => {
  const context = await browserWith(drawnPerformance('taegeuk-1:1'), 'en-GB');
  const pages = [await context.newPage(), await context.newPage()];
  for (const page of pages) {
    await page.goto(`${studio.url}#/live`);
    await page.getByRole('button', { name: 'Start the camera' }).click();
    await expect(page.getByTestId('bars').locator('li').first()).toBeVisible({ timeout: 30_000 });
  }
  for (const page of pages) {
    await page.bringToFront();
    const before = await page.getByTestId('figures').textContent();
    await expect(page.getByTestId('figures')).not.toHaveText(before ?? '', { timeout: 20_000 });
    await expect(page.getByTestId('figures')).toContainText('frames a second');
  }
  await context.close();
});

for (const colorScheme of ['light', 'dark'] as const) {
  test(`axe finds nothing serious, ${colorScheme}, on a phone-sized screen as well`, async ({ studio }) => {
    const context = await browserWith(drawnPerformance('taegeuk-1:1'), 'ko-KR');
    const page = await context.newPage();
    await page.emulateMedia({ colorScheme });
    await page.goto(`${studio.url}#/live`);
    await page.getByRole('button', { name: '카메라 켜기' }).click();
    await expect(page.getByTestId('bars').locator('li').first()).toBeVisible({ timeout: 30_000 });
    for (const size of [{ width: 1280, height: 900 }, { width: 390, height: 844 }]) {
      await page.setViewportSize(size);
      await page.getByRole('button', { name: '알아보기' }).click();
      await page.screenshot({ path: `test-results/live-${colorScheme}-${size.width}.png`, fullPage: true });
      await page.getByRole('button', { name: '검증하기' }).click();
      await page.getByRole('button', { name: '검증 시작' }).click();
      await page.screenshot({ path: `test-results/verify-${colorScheme}-${size.width}.png`, fullPage: true });
      const found = (await new AxeBuilder({ page }).analyze()).violations.filter((v) => v.impact === 'serious' || v.impact === 'critical');
      expect(found.map((v) => `${v.id}: ${v.nodes.map((node) => node.html).join(' ')}`)).toEqual([]);
      expect(await page.evaluate(() => document.documentElement.scrollWidth <= innerWidth)).toBe(true);
      await page.getByRole('button', { name: '그만하기' }).click();
    }
    await context.close();
  });
}
