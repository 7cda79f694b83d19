import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { api, newProject, samples } from './support/api';
import { seriousIssues } from './support/axe';
import { drawnPerformance } from './support/camera';
import { browserWith, expect as plain, kihap, test, type Studio } from './support/studio';

// Networks, a browser and a build may share two cores.
const expect = plain.configure({ timeout: 60_000 });
test.describe.configure({ timeout: 300_000 });

const ffmpeg = (...args: string[]): void => void execFileSync(process.env['KIHAP_FFMPEG'] ?? 'ffmpeg', ['-v', 'error', '-y', ...args]);

/** A project with good pictures of the drawn figure, and one of each fault; `more` pictures of the same film take the curation longer. */
async function flawed(studio: Studio, more = 0): Promise<string> {
  const project = await newProject(studio, 'flawed', 'empty');
  const tree = mkdtempSync(join(tmpdir(), 'kihap-flawed-'));
  const folder = join(tree, 'form');
  mkdirSync(folder);
  mkdirSync(join(tree, 'other'));
  const film = drawnPerformance('taegeuk-1:1');
  const frames = (numbers: number[], to: string, filter = ''): void =>
    ffmpeg('-i', film, '-vf', `select='${numbers.map((n) => `eq(n,${n})`).join('+')}'${filter}`, '-fps_mode', 'passthrough', '-q:v', '2', to);
  // Six moments of the film that differ: the ready stance, a turn, the motions.
  frames([15, 88, 125, 175, 212, 262], join(folder, 'good%d.jpg'));
  ffmpeg('-i', join(folder, 'good3.jpg'), '-q:v', '12', join(folder, 'twin.jpg'));
  ffmpeg('-i', join(folder, 'good2.jpg'), '-vf', 'eq=brightness=-0.75', join(folder, 'dark.jpg'));
  // Not one of the six: blurred, it would be a duplicate as well.
  frames([100], join(folder, 'soft.jpg'), ',gblur=sigma=12');
  ffmpeg('-f', 'lavfi', '-i', 'gradients=s=640x480:c0=gray:c1=white:x0=0:y0=0:x1=640:y1=480', '-vf', 'noise=alls=40', '-frames:v', '1', join(folder, 'room.jpg'));
  frames([140], join(tree, 'other', 'one.jpg'));
  if (more > 0) ffmpeg('-i', film, '-frames:v', `${more}`, '-q:v', '2', join(tree, 'other', 'more%d.jpg'));
  execFileSync(kihap, ['import', tree, '--into', join(studio.projects, project)], { stdio: 'ignore' });
  return project;
}

test('what the curation flags is shown by reason, and decided with the keyboard', async ({ studio }) => {
  const project = await flawed(studio);
  const before = (await samples(studio, project)).total;
  const context = await browserWith(null, 'en-GB');
  const page = await context.newPage();
  await page.goto(`${studio.url}#/project/${project}/curate`);
  await page.getByRole('button', { name: 'Look all samples over' }).click();
  await expect(page.getByTestId('found')).toContainText('were looked over');

  // The kept twin stands beside its duplicate.
  await page.getByTestId('reason-duplicate_of').click();
  const grid = page.getByTestId('grid');
  await expect(grid).toHaveAttribute('data-total', '1');
  await expect(page.getByTestId('twin').locator('img')).toBeVisible();
  await expect(page.getByTestId('reason-dark')).toBeVisible();
  await expect(page.getByTestId('reason-no_person')).toBeVisible();

  // X sets aside with the curation's reason, Ctrl+Z takes it back, Ctrl+Shift+Z does it again.
  await grid.focus();
  await page.keyboard.press('x');
  await expect.poll(async () => (await samples(studio, project)).total).toBe(before - 1);
  const aside = await samples(studio, project, 'standing=set_aside');
  expect(aside.samples.map((sample) => sample.reasons.map((reason) => reason.kind))).toContainEqual(['duplicate_of']);
  await page.getByTestId('reason-all').click();
  await grid.focus();
  await page.keyboard.press('Control+z');
  await expect.poll(async () => (await samples(studio, project)).total).toBe(before);
  await page.keyboard.press('Control+Shift+z');
  await expect.poll(async () => (await samples(studio, project)).total).toBe(before - 1);

  // A number key says which motion it really is; undo brings it back.
  await page.getByTestId('reason-no_person').click();
  await expect(grid).toHaveAttribute('data-total', /[1-9]/);
  const others = async (): Promise<number> => (await samples(studio, project, 'class=other')).total;
  const old = await others();
  await grid.focus();
  await page.keyboard.press('2');
  await expect.poll(others).toBe(old + 1);
  await page.keyboard.press('Control+z');
  await expect.poll(others).toBe(old);

  // All that is advised goes at once, and R takes it back one by one.
  await page.getByTestId('reason-all').click();
  await page.getByRole('button', { name: /^Set all \d+ advised samples aside$/ }).click();
  await expect(page.getByTestId('found')).toContainText('nothing is left to decide');
  await page.getByTestId('reason-aside').click();
  await expect(grid.getByRole('option').first()).toBeVisible();
  const set = (await samples(studio, project, 'standing=set_aside')).total;
  await grid.focus();
  await page.keyboard.press('r');
  await expect.poll(async () => (await samples(studio, project, 'standing=set_aside')).total).toBe(set - 1);
  await context.close();
});

test('a curation goes on when the page is closed, and speaks Korean', async ({ studio }) => {
  // Ten pictures would be looked through before the button to stop is seen.
  const project = await flawed(studio, 150);
  const context = await browserWith(null, 'ko-KR');
  const page = await context.newPage();
  await page.goto(`${studio.url}#/project/${project}/curate`);
  await page.getByRole('button', { name: '표본 모두 살펴보기' }).click();
  await expect(page.getByRole('button', { name: '멈추기' })).toBeVisible();
  await page.close();
  await expect.poll(async () => (await api<{ phase: string }[]>(studio, '/jobs')).at(-1)?.phase).toBe('done');
  const later = await context.newPage();
  await later.goto(`${studio.url}#/project/${project}/curate`);
  await expect(later.getByTestId('found')).toContainText('직접 확인해 주세요');
  await expect(later.getByTestId('reason-dark')).toContainText('너무 어두움');
  for (const theme of ['light', 'dark'] as const) {
    await later.emulateMedia({ colorScheme: theme });
    expect(await seriousIssues(later)).toEqual([]);
  }
  await later.setViewportSize({ width: 390, height: 844 });
  expect(await later.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(390);
  await context.close();
});

test('two tabs change the same samples, and both come to show the same', async ({ studio }) => {
  const project = await flawed(studio);
  const context = await browserWith(null, 'en-GB');
  const [one, other] = [await context.newPage(), await context.newPage()];
  for (const page of [one, other]) {
    await page.goto(`${studio.url}#/project/${project}/collect?class=form`);
    await expect(page.getByTestId('grid')).toHaveAttribute('data-total', '10');
  }
  await one.getByTestId('grid').focus();
  await one.keyboard.press('x');
  await expect(one.getByTestId('grid')).toHaveAttribute('data-total', '9');
  await other.getByTestId('grid').focus();
  await other.keyboard.press('End');
  await other.keyboard.press('x');
  await expect(other.getByTestId('grid')).toHaveAttribute('data-total', '8');
  await one.evaluate(() => document.dispatchEvent(new Event('visibilitychange')));
  await expect(one.getByTestId('grid')).toHaveAttribute('data-total', '8');
  await context.close();
});
