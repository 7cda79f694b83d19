// What goes wrong is said in the page's language, with the mend; the server's English stands behind it.

import { mkdtempSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import type { Page } from '@playwright/test';

import { api, trained } from './support/api';
import { drawnProject } from './support/project';
import { browserWith, expect as plain, Studio, test as base } from './support/studio';

const expect = plain.configure({ timeout: 60_000 });
base.describe.configure({ timeout: 300_000 });

/** A studio on a machine that lacks things, and its page in Korean. */
const test = base.extend<{ lacking: (environment: Record<string, string>) => Promise<[Studio, Page]> }>({
  lacking: async ({ studio }, use) => {
    const ends: (() => Promise<unknown>)[] = [];
    await use(async (environment) => {
      const other = new Studio(studio.projects, environment);
      await other.start();
      const context = await browserWith(null, 'ko-KR');
      ends.push(() => context.close(), () => other.stop());
      return [other, await context.newPage()];
    });
    for (const end of ends) await end();
  },
});

test('a job that fails says why in both languages', async ({ studio, lacking }) => {
  drawnProject(studio.projects, 'dojang');
  const [other, page] = await lacking({ KIHAP_CACHE: mkdtempSync(join(tmpdir(), 'kihap-bare-')) });
  await page.goto(`${other.url}#/project/dojang/curate`);
  await page.getByRole('button', { name: '표본 모두 살펴보기' }).click();
  const alert = page.getByRole('alert');
  await expect(alert.locator('p')).toHaveText('사진을 보는 신경망이 아직 설치되지 않았습니다. 터미널에서 “kihap setup”을 실행한 뒤 다시 하세요.');
  const english = alert.locator('[lang=en]');
  await expect(english).toBeHidden();
  await alert.getByText('자세히').click();
  await expect(english).toContainText('is not installed');
  await page.getByTestId('language').selectOption('en');
  await expect(alert.locator('p')).toHaveText('The networks that look at pictures are not installed yet. Run “kihap setup” in a terminal, then try again.');
});

test('a damaged model and a damaged project are named by their file', async ({ studio, lacking }) => {
  const folder = drawnProject(studio.projects, 'dojang');
  await trained(studio, 'dojang', { network: 'landmark-softmax', epochs: 1, name: 'm' });
  truncateSync(join(folder, 'models/m/weights.safetensors'), 100);
  const job = await api<{ id: number }>(studio, '/projects/dojang/exports', { model: 'm', format: 'onnx', verify: 0 });
  const ended = (): Promise<object> => api(studio, `/jobs/${job.id}`);
  await expect.poll(ended).toMatchObject({ phase: 'failed', error: { cause: { code: 'model_damaged', file: 'weights.safetensors' } } });
  const [other, page] = await lacking({});
  await page.goto(`${studio.url}#/project/dojang/export`);
  await expect(page.getByTestId('exporting').getByRole('alert').locator('p')).toHaveText('모델이 손상되었거나 다른 버전의 것입니다(weights.safetensors). 다시 학습하거나 다시 복사하세요.');

  writeFileSync(join(folder, 'kihap.toml'), 'name =');
  await page.goto(`${other.url}#/`);
  await expect(page.getByText('프로젝트의 kihap.toml 파일이 손상되었거나 다른 프로그램이 바꾸었습니다.')).toBeVisible();
});

test('a video without ffmpeg is skipped with the mend', async ({ studio, lacking }) => {
  drawnProject(studio.projects, 'dojang');
  const [other, page] = await lacking({ KIHAP_FFMPEG: join(tmpdir(), 'no-such-ffmpeg') });
  await page.goto(`${other.url}#/project/dojang/collect?class=kick`);
  // Nothing reads it: there is no ffmpeg.
  await page.getByTestId('files').setInputFiles({ name: 'kick.mp4', mimeType: 'video/mp4', buffer: Buffer.from('film') });
  await expect(page.getByTestId('import-summary').getByRole('listitem')).toContainText('동영상을 읽으려면 ffmpeg가 있어야 하는데 설치되어 있지 않습니다.');
});

test('an error without words of its own is told in English, marked as such', async ({ lacking }) => {
  const [other, page] = await lacking({});
  await page.goto(`${other.url}#/`);
  await page.getByLabel('이름', { exact: true }).fill('...');
  await page.getByRole('button', { name: '프로젝트 만들기' }).click();
  const alert = page.getByRole('alert');
  await expect(alert.locator('p')).toHaveText('이렇게는 할 수 없습니다.');
  await expect(alert.locator('span[lang=en]')).toContainText('name');
});
