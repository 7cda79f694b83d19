import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import type { Page } from '@playwright/test';

import { newProject, samples } from './support/api';
import { seriousIssues } from './support/axe';
import { drawnPerformance, realClips } from './support/camera';
import { browserWith, expect as plain, test, type Studio } from './support/studio';

// Networks, a browser and a build may share two cores.
const expect = plain.configure({ timeout: 60_000 });
test.describe.configure({ timeout: 300_000 });

/** Opens the collecting page of a new project and goes to the camera. */
async function toCamera(page: Page, studio: Studio, project: string, korean: boolean): Promise<void> {
  await page.goto(`${studio.url}#/project/${encodeURIComponent(project)}/collect`);
  await page.getByLabel(korean ? '사람' : 'Person', { exact: true }).fill('민지');
  await page.getByRole('button', { name: korean ? '카메라로' : 'To the camera' }).click();
  await expect(page.getByTestId('figures')).toContainText(korean ? '초당' : 'frames a second');
}

/** Writes down the numbers that the countdown shows from now on. */
function noteCounts(page: Page): Promise<void> {
  return page.evaluate(() => {
    const counts: string[] = [];
    Object.assign(window, { counts });
    new MutationObserver(() => {
      const shown = document.querySelector('.number')?.textContent ?? '';
      if (shown !== '' && shown !== '0' && shown !== counts.at(-1)) counts.push(shown);
    }).observe(document.body, { subtree: true, childList: true, characterData: true });
  });
}

async function classOf(studio: Studio, project: string): Promise<string> {
  const response = await fetch(`${studio.url}api/projects/${encodeURIComponent(project)}`);
  const { classes } = (await response.json()) as { classes: { name: string; nobody: boolean }[] };
  return classes.find((one) => !one.nobody)!.name;
}

for (const [locale, texts] of [
  ['ko-KR', { take: '사진 10장 찍기', undo: '마지막 촬영 취소', redo: '취소한 촬영 다시 쓰기', count: '준비 시간', pictures: '사진 수', rate: '초당 사진 수' }],
  ['en-GB', { take: 'Take 10 pictures', undo: 'Undo the last recording', redo: 'Take the recording back', count: 'Countdown', pictures: 'Pictures', rate: 'Pictures a second' }],
] as const) {
  test(`a burst becomes samples, and can be undone and taken back (${locale})`, async ({ studio }) => {
    const project = await newProject(studio, 'burst', 'basics-1');
    const label = await classOf(studio, project);
    const context = await browserWith(drawnPerformance('taegeuk-1:1'), locale);
    const page = await context.newPage();
    await toCamera(page, studio, project, locale === 'ko-KR');
    await page.getByTestId(`class-${label}`).click();
    await page.getByRole('combobox', { name: texts.count, exact: true }).selectOption('3');
    await page.getByRole('combobox', { name: texts.pictures, exact: true }).selectOption('10');
    await page.getByRole('combobox', { name: texts.rate, exact: true }).selectOption('5');

    const pressed = Date.now();
    await noteCounts(page);
    await page.getByRole('button', { name: texts.take }).click();
    await expect(page.getByTestId(`class-${label}`).getByTestId('count')).toContainText('10');
    expect(Date.now() - pressed, 'three seconds of countdown, then ten pictures at five a second').toBeGreaterThan(4500);
    expect(await page.evaluate(() => (window as unknown as { counts: string[] }).counts)).toEqual(['3', '2', '1']);
    const taken = await samples(studio, project, `class=${label}`);
    expect(taken.total).toBe(10);
    expect(taken.samples.every((sample) => sample.person === '민지' && /^\d{4}-\d\d-\d\d/.test(sample.session ?? ''))).toBe(true);
    await expect(page.getByTestId('strip').getByRole('listitem')).toHaveCount(10);
    await expect(page.getByTestId('grid')).toHaveAttribute('data-total', '10');

    await page.getByRole('button', { name: texts.undo }).click();
    await expect(page.getByTestId('grid')).toHaveAttribute('data-total', '0');
    const aside = await samples(studio, project, `class=${label}&standing=set_aside`);
    expect(aside.samples.map((sample) => sample.reasons[0]?.kind)).toEqual(Array(10).fill('undone'));
    await page.getByRole('button', { name: texts.redo }).click();
    await expect(page.getByTestId('grid')).toHaveAttribute('data-total', '10');
    expect((await samples(studio, project, `class=${label}&standing=set_aside`)).total).toBe(0);
    await context.close();
  });
}

test('held by pointer and by the space bar, pictures are taken as long as it is held', async ({ studio }) => {
  const project = await newProject(studio, 'hold', 'basics-1');
  const label = await classOf(studio, project);
  const context = await browserWith(drawnPerformance('taegeuk-1:1'), 'en-GB');
  const page = await context.newPage();
  await toCamera(page, studio, project, false);
  await page.getByTestId(`class-${label}`).click();
  await page.getByRole('combobox', { name: 'Pictures a second', exact: true }).selectOption('10');
  const hold = page.getByRole('button', { name: 'Hold to record' });
  await expect(hold).toBeEnabled();

  const box = (await hold.boundingBox())!;
  await page.mouse.move(box.x + box.width / 2, box.y + box.height / 2);
  await page.mouse.down();
  await page.waitForTimeout(1500);
  await page.mouse.up();
  await expect(page.getByTestId('strip')).toBeVisible();
  await page.waitForTimeout(500);
  const byPointer = (await samples(studio, project, `class=${label}`)).total;
  expect(byPointer).toBeGreaterThan(3);
  await page.waitForTimeout(1000);
  expect((await samples(studio, project, `class=${label}`)).total, 'nothing is taken after the release').toBe(byPointer);

  // The space bar works wherever the focus is on nothing of its own.
  await page.getByRole('heading', { name: 'Collect' }).click();
  await page.keyboard.down(' ');
  await page.waitForTimeout(1500);
  await page.keyboard.up(' ');
  await page.waitForTimeout(500);
  const bySpace = (await samples(studio, project, `class=${label}`)).total;
  expect(bySpace).toBeGreaterThan(byPointer + 3);
  await page.waitForTimeout(700);
  expect((await samples(studio, project, `class=${label}`)).total).toBe(bySpace);
  await context.close();
});

test('pictures without anybody are marked at once, and set aside with one press', async ({ studio }) => {
  const project = await newProject(studio, 'bad', 'basics-1');
  const label = await classOf(studio, project);
  const context = await browserWith(emptyRoom(), 'en-GB');
  const page = await context.newPage();
  await toCamera(page, studio, project, false);
  await page.getByTestId(`class-${label}`).click();
  await expect(page.getByText('Nobody is in the picture')).toBeVisible();
  await page.getByRole('combobox', { name: 'Countdown', exact: true }).selectOption('0');
  await page.getByRole('combobox', { name: 'Pictures', exact: true }).selectOption('10');
  await page.getByRole('button', { name: 'Take 10 pictures' }).click();
  const strip = page.getByTestId('strip');
  await expect(strip.getByText('10 of them are bad')).toBeVisible();
  await expect(strip.getByText('Nobody found').first()).toBeVisible();
  await strip.getByRole('button', { name: 'Set the 10 bad ones aside' }).click();
  await expect(page.getByTestId('grid')).toHaveAttribute('data-total', '0');
  const aside = await samples(studio, project, `class=${label}&standing=set_aside`);
  expect(aside.samples.map((sample) => sample.reasons[0]?.kind)).toEqual(Array(10).fill('no_person'));
  await context.close();
});

test('the server killed in the middle of recording: what was taken before is there after', async ({ studio }) => {
  const project = await newProject(studio, 'kill', 'basics-1');
  const label = await classOf(studio, project);
  const context = await browserWith(drawnPerformance('taegeuk-1:1'), 'en-GB');
  const page = await context.newPage();
  await toCamera(page, studio, project, false);
  await page.getByTestId(`class-${label}`).click();
  await page.getByRole('combobox', { name: 'Countdown', exact: true }).selectOption('0');
  await page.getByRole('combobox', { name: 'Pictures', exact: true }).selectOption('200');
  await page.getByRole('combobox', { name: 'Pictures a second', exact: true }).selectOption('10');
  await page.getByRole('button', { name: 'Take 200 pictures' }).click();
  const count = page.getByTestId(`class-${label}`).getByTestId('count');
  await expect.poll(async () => Number.parseInt((await count.textContent()) ?? '', 10)).toBeGreaterThan(8);
  await studio.stop('SIGKILL');
  // What the page was told of is what must be there.
  const told = Number.parseInt((await count.textContent()) ?? '', 10);
  await expect(page.getByText('The connection to the studio broke off')).toBeVisible();
  await studio.start();
  const found = await samples(studio, project, `class=${label}`);
  expect(found.total).toBeGreaterThanOrEqual(told);
  const folder = join(studio.projects, project, label);
  const files = readdirSync(folder);
  expect(files.length, 'every record has its picture, and every picture its record').toBe(found.total);
  expect(files.every((file) => statSync(join(folder, file)).size > 0)).toBe(true);
  expect(existsSync(join(studio.projects, project, '.incoming'))).toBe(false);

  // The page comes back by itself, says what happened, and goes on recording.
  await expect(page.getByText('The recording was interrupted')).toBeVisible();
  await page.getByRole('combobox', { name: 'Pictures', exact: true }).selectOption('10');
  await page.getByRole('button', { name: 'Take 10 pictures' }).click();
  await expect.poll(async () => (await samples(studio, project, `class=${label}`)).total).toBe(found.total + 10);
  await context.close();
});

test('real clips before the camera are recorded with somebody in them', async ({ studio }) => {
  const clips = realClips(realNames());
  test.skip(clips === null, 'shared/data is not there');
  const project = await newProject(studio, 'real', 'basics-1');
  const label = await classOf(studio, project);
  const context = await browserWith(clips!, 'ko-KR');
  const page = await context.newPage();
  await toCamera(page, studio, project, true);
  await page.getByTestId(`class-${label}`).click();
  await page.getByRole('combobox', { name: '준비 시간', exact: true }).selectOption('0');
  await page.getByRole('combobox', { name: '사진 수', exact: true }).selectOption('30');
  await page.getByRole('button', { name: '사진 30장 찍기' }).click();
  await expect.poll(async () => (await samples(studio, project, `class=${label}`)).total).toBe(30);
  await expect(page.getByTestId('strip').getByRole('listitem')).toHaveCount(30);
  const marked = await page.getByTestId('strip').getByText('사람 없음').count();
  expect(marked, 'people of real clips are found').toBeLessThan(10);
  await context.close();
});

test('ten thousand samples in a class stay smooth', async ({ studio }) => {
  test.setTimeout(300_000);
  const project = await newProject(studio, 'many', 'empty');
  const tree = tenThousand();
  execFileSync(process.env['KIHAP_BIN'] ?? (await import('./support/studio')).kihap, ['import', tree, '--into', join(studio.projects, project)], { stdio: 'ignore' });
  const context = await browserWith(null, 'en-GB');
  const page = await context.newPage();
  const start = Date.now();
  await page.goto(`${studio.url}#/project/${encodeURIComponent(project)}/collect?class=many`);
  const grid = page.getByTestId('grid');
  await expect(grid).toHaveAttribute('data-total', '10000');
  await expect(grid.locator('img').first()).toBeVisible();
  const shown = Date.now() - start;

  // Scrolls from top to bottom and measures the frames.
  const frames = await grid.evaluate(async (box) => {
    const gaps: number[] = [];
    let before = performance.now();
    for (let step = 0; step < 120; step++) {
      box.scrollTop = (box.scrollHeight * step) / 120;
      await new Promise(requestAnimationFrame);
      const now = performance.now();
      gaps.push(now - before);
      before = now;
    }
    gaps.sort((a, b) => a - b);
    return { median: gaps[60]!, worst: gaps.at(-1)! };
  });
  await grid.evaluate((box) => (box.scrollTop = box.scrollHeight));
  const scrolled = Date.now();
  await expect(grid.locator('[aria-posinset="10000"] img')).toBeVisible();
  const landed = Date.now() - scrolled;
  const nodes = await page.evaluate(() => document.querySelectorAll('*').length);
  console.log(`10 000 samples: shown in ${shown} ms; scrolling ${frames.median.toFixed(1)} ms a frame, at worst ${frames.worst.toFixed(0)} ms; last picture ${landed} ms after the jump; ${nodes} nodes`);
  expect(shown).toBeLessThan(5000);
  expect(frames.median).toBeLessThan(50);
  expect(nodes).toBeLessThan(2000);
  await context.close();
});

test('dropped files and folders become samples of the class, and what is no picture is told', async ({ studio }) => {
  const project = await newProject(studio, 'drop', 'basics-1');
  const label = await classOf(studio, project);
  const context = await browserWith(null, 'ko-KR');
  const page = await context.newPage();
  await page.goto(`${studio.url}#/project/drop/collect`);
  await page.getByTestId(`class-${label}`).click();
  const folder = mkdtempSync(join(tmpdir(), 'kihap-drop-'));
  mkdirSync(join(folder, '사진'));
  pictures(join(folder, '사진'), 5);
  writeFileSync(join(folder, '사진', 'notes.txt'), 'no picture');
  writeFileSync(join(folder, '사진', 'broken.jpg'), 'no picture either');
  await page.getByTestId('folder').setInputFiles(join(folder, '사진'));
  const summary = page.getByTestId('import-summary');
  await expect(summary).toContainText('표본 5장을 담았습니다');
  await expect(summary).toContainText('파일 2개는 담지 못했습니다');
  await summary.getByText('파일 2개는 담지 못했습니다').click();
  await expect(summary.getByRole('listitem').filter({ hasText: 'notes.txt' })).toContainText('.txt 파일은 사진(JPEG, PNG, WebP)도 동영상도 CSV 표도 아닙니다.');
  await expect(summary.getByRole('listitem').filter({ hasText: 'broken.jpg' })).toContainText('이름과 달리 JPEG, PNG, WebP 사진이 아닙니다.');
  await page.getByTestId('language').selectOption('en');
  await expect(summary.getByRole('listitem').filter({ hasText: 'broken.jpg' })).toContainText('This is not a JPEG, PNG or WebP picture, whatever its name says.');
  await expect(page.getByTestId('grid')).toHaveAttribute('data-total', '5');
  expect(existsSync(join(studio.projects, project, '.studio/uploads')), 'the upload is gone').toBe(false);
  await context.close();
});

test('the page can be used by everybody, in the light and in the dark, large and small', async ({ studio }) => {
  const project = await newProject(studio, 'axe', 'basics-1');
  const context = await browserWith(drawnPerformance('taegeuk-1:1'), 'ko-KR');
  const page = await context.newPage();
  await toCamera(page, studio, project, true);
  for (const theme of ['light', 'dark'] as const) {
    await page.emulateMedia({ colorScheme: theme });
    expect(await seriousIssues(page)).toEqual([]);
  }
  await page.setViewportSize({ width: 390, height: 844 });
  expect(await page.evaluate(() => document.documentElement.scrollWidth), 'nothing sticks out to the side').toBeLessThanOrEqual(390);
  await context.close();
});

/** A room with nobody in it, as a video. */
function emptyRoom(): string {
  const out = join(tmpdir(), 'kihap-camera-room-420.mjpeg');
  if (!existsSync(out)) {
    const room = 'gradients=s=640x480:c0=gray:c1=white:duration=4:rate=30:speed=0.02';
    // Chromium's fake camera shows frames with any other chroma as one plain green, each the same as the one before.
    execFileSync(process.env['KIHAP_FFMPEG'] ?? 'ffmpeg', ['-v', 'error', '-y', '-f', 'lavfi', '-i', room, '-vf', 'noise=alls=12:allf=t,format=yuvj420p', '-c:v', 'mjpeg', '-q:v', '3', '-f', 'mjpeg', out]);
  }
  return out;
}

/** Small pictures that all differ. */
function pictures(folder: string, count: number): void {
  execFileSync(process.env['KIHAP_FFMPEG'] ?? 'ffmpeg', ['-v', 'error', '-f', 'lavfi', '-i', `testsrc2=s=160x120:rate=30:duration=${count / 30 + 1}`, '-frames:v', String(count), join(folder, '%05d.jpg')]);
}

function tenThousand(): string {
  const tree = join(tmpdir(), 'kihap-ten-thousand');
  const folder = join(tree, 'many');
  if (!existsSync(folder) || readdirSync(folder).length < 10_000) {
    mkdirSync(folder, { recursive: true });
    pictures(folder, 10_000);
  }
  return tree;
}

function realNames(): string[] {
  const shared = process.env['KIHAP_SHARED_DATA'] ?? join(import.meta.dirname, '../../../shared/data');
  const folder = join(shared, 'taekwondo/clips/A');
  return existsSync(folder) ? readdirSync(folder).filter((name) => /\.(mp4|webm|mov)$/i.test(name)).sort().slice(0, 2).map((name) => `A/${name}`) : ['missing.mp4'];
}
