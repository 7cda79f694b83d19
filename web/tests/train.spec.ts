import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';

import type { Page } from '@playwright/test';

import { looks } from './support/looks';
import { drawnProject, emptyProject } from './support/project';
import { browserWith, expect, foreignRequests, test } from './support/studio';

interface Job {
  id: number;
  phase: string;
  records: { epoch: number; loss: [number, number] }[];
}

/** The newest training, as the server has it. */
async function job(page: Page): Promise<Job> {
  const all = (await (await page.request.get(new URL('/api/jobs', page.url()).href)).json()) as Job[];
  const last = all.at(-1);
  if (last === undefined) throw new Error('there is no job');
  return last;
}

test.describe.configure({ timeout: 300_000 });

const epochs = async (page: Page): Promise<number> => (await job(page)).records.length;

/** Every network of the zoo is offered under a name for people, or said why it is not. */
async function everyNetworkHasAName(page: Page): Promise<void> {
  const { networks } = (await (await page.request.get(new URL('/api/projects/dojo/training', page.url()).href)).json()) as { networks: { name: string }[] };
  let seen = 0;
  for (const group of await page.getByRole('radio').all()) {
    if (await group.isDisabled()) {
      await expect(group.locator('..').locator('.warn')).not.toBeEmpty();
      continue;
    }
    await group.check();
    for (const option of await page.getByRole('combobox', { name: '신경망', exact: true }).getByRole('option').all()) {
      expect(await option.textContent()).not.toBe(await option.getAttribute('value'));
      seen += 1;
    }
  }
  expect(seen).toBeGreaterThan(15);
  expect(seen).toBeLessThanOrEqual(networks.length);
  await page.getByRole('radio', { name: /^뼈대 빠르고/ }).check();
}

test('a model is trained with live curves, and goes on when the page is closed', async ({ studio }) => {
  const folder = drawnProject(studio.projects, 'dojo');
  const context = await browserWith(null, 'ko-KR');
  const page = await context.newPage();
  const foreign = foreignRequests(page, studio);
  await page.goto(`${studio.url}#/project/dojo/train`);
  await expect(page.getByRole('radio', { name: /^뼈대 빠르고/ })).toBeChecked();
  await expect(page.getByText(/표본 \d+개로 배우고/)).toBeVisible();
  await everyNetworkHasAName(page);
  await looks(page, 'train-ko');
  await page.getByLabel('에폭', { exact: true }).fill('400');
  await page.getByText('더 많은 설정').click();
  await page.getByLabel(/나아지지 않으면/).fill('0');
  await page.getByRole('button', { name: '학습 시작' }).click();

  const training = page.getByTestId('training');
  await expect(training).toHaveAttribute('data-phase', 'running');
  await expect.poll(() => epochs(page), { timeout: 60_000 }).toBeGreaterThan(2);
  await expect(training.getByRole('img', { name: /^손실.*검증 \d/ })).toBeVisible();
  await page.close();

  const again = await context.newPage();
  await again.goto(`${studio.url}#/project/dojo/train`);
  await again.getByTestId('language').selectOption('en');
  const reopened = again.getByTestId('training');
  await expect(reopened).toHaveAttribute('data-phase', 'done', { timeout: 90_000 });
  await expect(reopened.getByText(/of \d+ samples were recognised; with other samples/)).toBeVisible();
  expect((await job(again)).records).toHaveLength(400);
  await looks(again, 'train-done-en');
  const model = join(folder, 'models', 'landmark-mlp');
  for (const file of ['model.toml', 'predictions.csv', 'request.json', 'split.csv', 'report/report.html']) {
    expect(existsSync(join(model, file)), file).toBe(true);
  }
  expect(readFileSync(join(model, 'report/report.html'), 'utf8')).toContain('lang="ko"');
  expect(readdirSync(join(folder, 'models'))).toEqual(['landmark-mlp']);
  await reopened.getByRole('link', { name: 'See the results' }).click();
  await expect(again.getByTestId('model').getByRole('heading', { name: 'landmark-mlp' })).toBeVisible();
  expect(foreign).toEqual([]);
  await context.close();
});

// Seen failing at its last stop: a resumed training does not end within a minute of being asked to.
test.fixme('stopping keeps the best; a killed studio keeps all there was and goes on where it was', async ({ studio }) => {
  const folder = drawnProject(studio.projects, 'dojo');
  const context = await browserWith(null, 'en-GB');
  const page = await context.newPage();
  await page.goto(`${studio.url}#/project/dojo/train`);

  const begin = async (name: string): Promise<void> => {
    await page.getByLabel('Epochs', { exact: true }).fill('5000');
    await page.getByLabel('Name of the model').fill(name);
    if (!(await page.getByLabel(/Epochs without progress/).isVisible())) await page.getByText('More settings').click();
    await page.getByLabel(/Epochs without progress/).fill('0');
    await page.getByRole('button', { name: 'Start training' }).click();
    await expect(page.getByTestId('training')).toHaveAttribute('data-phase', 'running');
    await expect.poll(() => epochs(page), { timeout: 60_000 }).toBeGreaterThan(5);
  };

  await begin('first');
  await page.getByRole('button', { name: 'Stop and keep the best' }).click();
  await expect(page.getByTestId('training')).toHaveAttribute('data-phase', 'stopped', { timeout: 60_000 });
  expect(existsSync(join(folder, 'models/first/weights.safetensors'))).toBe(true);
  const stopped = page.getByTestId('unfinished');
  await expect(stopped).toContainText('the model until then is kept');
  await stopped.getByRole('button', { name: 'Discard' }).click();
  await expect(stopped).toHaveCount(0);
  expect(existsSync(join(folder, 'models/first/weights.safetensors'))).toBe(true);

  const samples = async (): Promise<unknown> => (await page.request.get(`${studio.url}api/projects/dojo/samples?limit=500`)).json();
  const before = await samples();
  await begin('second');
  const reached = await epochs(page);
  await studio.stop('SIGKILL');
  await studio.start();
  await page.goto(`${studio.url}#/project/dojo/train`);
  await page.reload();
  expect(await samples()).toEqual(before);
  const interrupted = page.getByTestId('unfinished');
  await expect(interrupted).toContainText('second');
  await expect(interrupted).toContainText(/Interrupted after epoch \d+ of 5000/);
  await looks(page, 'train-interrupted-en');
  await interrupted.getByRole('button', { name: 'Go on' }).click();
  await expect.poll(() => epochs(page), { timeout: 60_000 }).toBeGreaterThan(reached + 5);
  const records = (await job(page)).records;
  expect(records.map((record) => record.epoch)).toEqual(records.map((_, i) => i + 1));
  await page.getByRole('button', { name: 'Stop and keep the best' }).click();
  await expect(page.getByTestId('training')).toHaveAttribute('data-phase', 'stopped', { timeout: 60_000 });
  const models = (await (await page.request.get(`${studio.url}api/projects/dojo/models`)).json()) as { name: string; damaged: null }[];
  expect(models.map((model) => [model.name, model.damaged]).sort()).toEqual([['first', null], ['second', null]]);
  await context.close();
});

test('what is missing is said before anything starts', async ({ studio }) => {
  emptyProject(studio.projects, 'empty');
  drawnProject(studio.projects, 'dojo');
  const context = await browserWith(null, 'en-GB');
  const page = await context.newPage();
  await page.goto(`${studio.url}#/project/empty/train`);
  await expect(page.getByTestId('obstacle')).toContainText('There are no samples yet');
  await expect(page.getByRole('button', { name: 'Start training' })).toBeDisabled();
  const refused = await page.request.post(`${studio.url}api/projects/empty/training`, { data: { network: 'landmark-mlp' } });
  expect(refused.status()).toBe(400);

  const { samples } = (await (await page.request.get(`${studio.url}api/projects/dojo/samples`)).json()) as { samples: { id: number; class: string }[] };
  const others = samples.filter((sample) => sample.class !== 'punch').map((sample) => sample.id);
  await page.request.post(`${studio.url}api/projects/dojo/samples/aside`, { data: { ids: others, reason: 'test' } });
  await page.goto(`${studio.url}#/project/dojo/train`);
  await expect(page.getByTestId('obstacle')).toContainText('Only “Punch” has samples');
  await page.getByTestId('language').selectOption('ko');
  await expect(page.getByTestId('obstacle')).toContainText('하나뿐입니다');
  await context.close();
});
