import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { api, samples } from './support/api';
import { seriousIssues } from './support/axe';
import { browserWith, expect as plain, foreignRequests, test } from './support/studio';

// Networks, a browser and a build may share two cores.
const expect = plain.configure({ timeout: 60_000 });
test.describe.configure({ timeout: 300_000 });

const ffmpeg = process.env['KIHAP_FFMPEG'] ?? 'ffmpeg';

/** Pictures that all differ, in a folder that is made. */
function pictures(folder: string, count: number, hue: number): void {
  mkdirSync(folder, { recursive: true });
  const source = `testsrc2=s=160x120:rate=10:duration=${count / 10 + 1}`;
  execFileSync(ffmpeg, ['-v', 'error', '-f', 'lavfi', '-i', source, '-vf', `hue=h=${hue}`, '-frames:v', String(count), join(folder, '%03d.jpg')]);
}

for (const [locale, words] of [
  ['ko-KR', { name: '이름', course: '무엇을 알아보게 할까요?', make: '프로젝트 만들기', collect: '모으기' }],
  ['en-GB', { name: 'Name', course: 'What it is to recognise', make: 'Make the project', collect: 'Collect' }],
] as const) {
  test(`a project is made from a section of a poomsae (${locale})`, async ({ studio }) => {
    const context = await browserWith(null, locale);
    const page = await context.newPage();
    const foreign = foreignRequests(page, studio);
    await page.goto(studio.url);
    await page.getByLabel(words.name, { exact: true }).fill('우리 도장');
    await page.getByRole('combobox', { name: words.course }).selectOption('taegeuk-1-1');
    await page.getByRole('button', { name: words.make }).click();
    await expect(page.getByRole('heading', { name: words.collect, exact: true })).toBeVisible();
    await expect(page).toHaveURL(/project\/.*\/collect$/);
    const made = await api<{ course: string; classes: { name: string; title: { ko: string; en: string } }[] }>(studio, `/projects/${encodeURIComponent('우리 도장')}`);
    expect(made.course).toBe('taegeuk-1-1');
    expect(made.classes[0]?.name).toBe('nobody');
    const last = made.classes.at(-1)!;
    await expect(page.getByTestId(`class-${last.name}`)).toContainText(locale === 'ko-KR' ? last.title.ko : last.title.en);

    await page.getByRole('link', { name: locale === 'ko-KR' ? '프로젝트' : 'Projects', exact: true }).click();
    await expect(page.getByRole('link', { name: '우리 도장' })).toBeVisible();
    expect(foreign).toEqual([]);
    await context.close();
  });
}

test('two projects of one name are told apart by their folders', async ({ studio }) => {
  for (let n = 0; n < 2; n += 1) await api(studio, '/projects', { name: '우리 도장', course: 'empty' });
  const context = await browserWith(null, 'ko-KR');
  const page = await context.newPage();
  await page.goto(studio.url);
  const cards = page.getByRole('list', { name: '내 프로젝트' }).getByRole('listitem');
  await expect(cards).toHaveCount(2);
  await expect(cards.filter({ hasText: '“우리 도장 2” 폴더' })).toHaveCount(1);
  await context.close();
});

test('a folder tree becomes a project: folders are classes, and what is no sample is told', async ({ studio }) => {
  const tree = join(mkdtempSync(join(tmpdir(), 'kihap-tree-')), '우리 동작');
  pictures(join(tree, '앞차기'), 6, 0);
  pictures(join(tree, '아래막기'), 4, 90);
  writeFileSync(join(tree, '앞차기', 'broken.png'), 'not a picture');
  const context = await browserWith(null, 'en-GB');
  const page = await context.newPage();
  await page.goto(studio.url);
  await page.getByTestId('folder').setInputFiles(tree);
  await expect(page.getByText('11 files in 2 folders')).toBeVisible();
  await page.getByRole('button', { name: 'Make the project' }).last().click();
  const summary = page.getByTestId('import-summary');
  await expect(summary).toContainText('10 samples added');
  await expect(summary).toContainText('1 file was not taken in');
  await expect(summary).toContainText('우리 동작/앞차기/broken.png');
  await page.getByRole('link', { name: 'To the project' }).click();
  await expect(page.getByTestId('class-앞차기')).toContainText('6 samples');
  await expect(page.getByTestId('class-아래막기')).toContainText('4 samples');
  // What a sample records of its origin is what the user called it, not where the upload lay.
  const { samples: found } = await samples(studio, '우리 동작', 'class=앞차기');
  expect((found[0] as unknown as { source: string }).source).toMatch(/^우리 동작\/앞차기\/\d+\.jpg$/);
  expect(readdirSync(join(studio.projects, '우리 동작')).sort()).not.toContain('.incoming');
  await context.close();
});

test('a Teachable Machine project and a loose picture become samples', async ({ studio }) => {
  const folder = mkdtempSync(join(tmpdir(), 'kihap-tm-'));
  pictures(folder, 5, 30);
  const names = readdirSync(folder).sort();
  // Teachable Machine names the samples in its project files CLASS-!-NUMBER.jpg.
  execFileSync('python3', ['-c', zipped, join(folder, 'fight.tm'), ...names.slice(0, 4).flatMap((name, index) => [join(folder, name), `${index < 2 ? 'Kick' : 'Punch'}-!-${index}.jpg`])]);
  const context = await browserWith(null, 'en-GB');
  const page = await context.newPage();
  await page.goto(studio.url);
  await page.getByTestId('files').setInputFiles([join(folder, 'fight.tm'), join(folder, names[4]!)]);
  await page.getByLabel('Motion of the files that lie in no folder').fill('Ready');
  const form = page.locator('form').filter({ has: page.getByLabel('Motion of the files') });
  await form.getByLabel('Name').fill('fight');
  await form.getByRole('button', { name: 'Make the project' }).click();
  await expect(page.getByTestId('import-summary')).toContainText('5 samples added');
  const { classes } = await api<{ classes: { name: string; samples: number }[] }>(studio, '/projects/fight');
  expect(Object.fromEntries(classes.map((one) => [one.name, one.samples]))).toEqual({ Ready: 1, Kick: 2, Punch: 2 });
  await context.close();
});

/** Packs pairs of file and name into a zip file. */
const zipped = `
import sys, zipfile
out, *rest = sys.argv[1:]
with zipfile.ZipFile(out, "w") as archive:
    for file, name in zip(rest[::2], rest[1::2]):
        archive.write(file, name)
`;

test('names that would leave the folder of projects are refused, in the path and in an upload', async ({ studio }) => {
  const up = await fetch(`${studio.url}api/projects/${encodeURIComponent('../..')}`);
  expect(up.status).toBe(404);
  const { id } = await api<{ id: string }>(studio, '/projects', { name: 'safe', course: 'empty' });
  const { upload } = await api<{ upload: number }>(studio, `/projects/${id}/uploads`, {});
  const put = (path: string): Promise<Response> => fetch(`${studio.url}api/projects/${id}/uploads/${upload}/file?path=${encodeURIComponent(path)}`, { method: 'PUT', body: 'x' });
  for (const path of ['../../evil.jpg', 'a/../../evil.jpg', '..']) expect((await put(path)).status, path).toBe(400);
  expect((await put('a/fine.jpg')).status).toBe(200);
  expect(readdirSync(studio.projects)).toEqual(['safe']);
});

test('the page can be used by everybody, in the light and in the dark, large and small', async ({ studio }) => {
  await api(studio, '/projects', { name: 'one', course: 'basics' });
  const context = await browserWith(null, 'ko-KR');
  const page = await context.newPage();
  await page.goto(studio.url);
  await expect(page.getByRole('link', { name: 'one' })).toBeVisible();
  for (const theme of ['light', 'dark'] as const) {
    await page.emulateMedia({ colorScheme: theme });
    expect(await seriousIssues(page)).toEqual([]);
  }
  await page.setViewportSize({ width: 390, height: 844 });
  expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(390);
  await context.close();
});
