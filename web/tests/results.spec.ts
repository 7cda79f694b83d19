import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';

import { trained } from './support/api';
import { looks } from './support/looks';
import { drawnProject } from './support/project';
import { browserWith, expect, foreignRequests, test } from './support/studio';

test.describe.configure({ timeout: 300_000 });

test('from the numbers to the pictures behind them, and to a better model', async ({ studio }) => {
  drawnProject(studio.projects, 'dojo');
  const context = await browserWith(null, 'en-GB');
  const page = await context.newPage();
  const foreign = foreignRequests(page, studio);
  await trained(studio, 'dojo', { network: 'landmark-mlp', epochs: 30 });
  await trained(studio, 'dojo', { network: 'landmark-softmax', epochs: 30, folds: 3, name: '가장 작은 것' });
  await page.goto(`${studio.url}#/project/dojo/results?model=landmark-mlp`);
  const model = page.getByTestId('model');
  await expect(model.getByText(/of \d+ samples were recognised. With other samples like these/)).toBeVisible();
  await expect(model.getByText('People it had not seen before were held back for the test.')).toBeVisible();
  await expect(model.getByRole('img', { name: /^Accuracy.*validation \d/ })).toBeVisible();
  await looks(page, 'results-en');

  const report = await page.request.get(`${studio.url}api/projects/dojo/models/landmark-mlp/report`);
  expect(report.status()).toBe(200);
  expect(report.headers()['content-security-policy']).toContain('sandbox');
  for (const outside of ['..%2F..', '%2E%2E', 'landmark-mlp%2Freport', '%2Fetc']) {
    expect((await page.request.get(`${studio.url}api/projects/dojo/models/${outside}/report`)).status(), outside).toBe(404);
  }

  const cell = model.getByRole('button', { name: /of Kick, recognised/ });
  const count = Number((await cell.textContent())?.trim());
  await cell.click();
  const dialog = page.getByRole('dialog', { name: 'Kick, recognised' });
  await expect(dialog.getByRole('checkbox')).toHaveCount(count);
  await expect(dialog.getByRole('img').first()).toHaveJSProperty('complete', true);
  expect(await dialog.getByRole('img').first().evaluate((image: HTMLImageElement) => image.naturalWidth)).toBeGreaterThan(0);
  await looks(page, 'results-cell-en');
  await dialog.getByRole('checkbox').first().check();
  await dialog.getByRole('button', { name: 'Set aside' }).click();
  await expect(dialog.getByTestId('said')).toContainText('1 set aside');
  await expect(dialog.getByText('set aside', { exact: true })).toBeVisible();
  await dialog.getByRole('checkbox').last().check();
  await dialog.getByLabel('It shows …').selectOption({ label: 'Punch' });
  await dialog.getByRole('button', { name: 'Change' }).click();
  await expect(dialog.getByText('now Punch')).toBeVisible();
  await page.keyboard.press('Escape');
  await expect(dialog).toHaveCount(0);

  await model.getByRole('button', { name: 'Train again with the same settings' }).click();
  const list = page.getByRole('region', { name: 'Models' });
  await expect(list.getByRole('link', { name: 'landmark-mlp 2' })).toBeVisible({ timeout: 90_000 });
  const models = (await (await page.request.get(`${studio.url}api/projects/dojo/models`)).json()) as { name: string; training: number; samples: number; part: string }[];
  const total = (name: string): number => models.filter((one) => one.name === name).reduce((all, one) => all + one.training, 0);
  expect(total('landmark-mlp 2')).toBeLessThanOrEqual(total('landmark-mlp'));
  expect(models.find((one) => one.name === '가장 작은 것')?.part).toBe('3 folds');

  await list.getByRole('checkbox', { name: 'Compare landmark-mlp', exact: true }).check();
  await list.getByRole('checkbox', { name: 'Compare 가장 작은 것' }).check();
  const compared = page.getByRole('img', { name: /^Validation loss/ });
  await expect(compared).toHaveAccessibleName(/landmark-mlp \d/);
  await expect(compared).toHaveAccessibleName(/가장 작은 것 \d/);
  await page.getByTestId('language').selectOption('ko');
  await expect(page.getByText('본 적 없는 사람들을 남겨 두고 시험했습니다.')).toBeVisible();
  await looks(page, 'results-compared-ko');
  expect(foreign).toEqual([]);
  await context.close();
});

test('a model is exported to every format that can hold it, checked and downloaded', async ({ studio }) => {
  const folder = drawnProject(studio.projects, 'dojo');
  const context = await browserWith(null, 'ko-KR');
  const page = await context.newPage();
  const foreign = foreignRequests(page, studio);
  await trained(studio, 'dojo', { network: 'landmark-mlp', epochs: 20, name: '겨루기' });
  await trained(studio, 'dojo', { network: 'teachable-machine-pose', epochs: 3, name: 'tm' });
  await page.goto(`${studio.url}#/project/dojo/export?model=${encodeURIComponent('겨루기')}`);
  await page.getByLabel('확인에 쓸 표본 수').fill('10');
  const format = (name: string) => page.getByRole('radio', { name: new RegExp(`^${name}`) });

  /** Exports as the page stands; returns the card of it and the names in the zip. */
  async function exported(id: string, differs: RegExp): Promise<string> {
    await page.getByRole('button', { name: '내보내기', exact: true }).click();
    const made = page.getByTestId('export').filter({ has: page.getByRole('link', { name: new RegExp(`^${id}을`) }) });
    await expect(made, id).toBeVisible({ timeout: 120_000 });
    await expect(page.getByTestId('exporting')).toHaveAttribute('data-phase', 'done');
    await expect(made).toContainText('표본 10개를');
    await expect(made).toContainText('기합과 다른 답이 없습니다');
    await expect(made).toContainText(differs);
    const [download] = await Promise.all([page.waitForEvent('download'), made.getByRole('link', { name: /내려받기/ }).click()]);
    expect(download.suggestedFilename()).toBe(`${id}.zip`);
    const zip = (await download.path())!;
    execFileSync('python3', ['-m', 'zipfile', '-t', zip]);
    expect(existsSync(join(folder, `exports/${id}/kihap-export.json`))).toBe(true);
    return execFileSync('python3', ['-m', 'zipfile', '-l', zip]).toString();
  }
  const small = /확률의 가장 큰 차이: (0|\d[.]\de-\d)/;

  // What cannot be had says why, in both languages.
  await expect(format('티처블 머신')).toBeDisabled();
  await expect(page.getByText('이 모델은 안 됩니다: 티처블 머신 앱이 주는 것을 읽지 않습니다.')).toBeVisible();
  await page.getByTestId('language').selectOption('en');
  await expect(page.getByText('Not for this model: it does not read what Teachable Machine’s apps give.')).toBeVisible();
  await page.getByTestId('language').selectOption('ko');

  await expect(format('웹 페이지')).toBeChecked();
  const web = await exported('겨루기.web', small);
  for (const name of ['index.html', 'model.onnx', 'blazepose-full.onnx', 'ort/ort-wasm-simd-threaded.wasm', 'MODEL_CARD.ko.md']) expect(web).toContain(name);
  await format('ONNX').check();
  expect(await exported('겨루기.onnx', small)).toContain('model.onnx');
  await format('TensorFlow.js').check();
  expect(await exported('겨루기.tfjs', small)).toMatch(/model[.]json[^]*weights[.]bin/);

  await page.getByRole('combobox', { name: '모델', exact: true }).selectOption('tm');
  await expect(format('티처블 머신')).toBeEnabled();
  await format('티처블 머신').check();
  expect(await exported('tm.teachable-machine', small)).toMatch(/metadata[.]json[^]*weights[.]bin/);
  await expect(page.getByTestId('export')).toHaveCount(4);

  const made = page.getByTestId('export').first();
  await made.getByText('모델 카드', { exact: true }).click();
  await looks(page, 'export-ko');
  expect((await page.request.get(`${studio.url}api/projects/dojo/exports/..%2Fmodels/zip`)).status()).toBe(404);
  expect((await page.request.get(`${studio.url}api/projects/dojo/models/..%2Fmodels/formats`)).status()).toBe(404);
  await page.getByTestId('language').selectOption('en');
  await expect(made).toContainText('Largest difference of a probability');
  await looks(page, 'export-en');
  expect(foreign).toEqual([]);
  await context.close();
});
