// The studio's API as a test asks it, beside the page.

import { expect } from '@playwright/test';

import type { Studio } from './studio';

export async function api<T>(studio: Studio, path: string, body?: unknown): Promise<T> {
  const init = body === undefined ? {} : { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) };
  const response = await fetch(new URL(`/api${path}`, studio.url), init);
  if (!response.ok) throw new Error(`${path}: ${response.status} ${await response.text()}`);
  return (await response.json()) as T;
}

interface Listed {
  total: number;
  samples: { id: number; class: string; person: string | null; session: string | null; set_aside: boolean; reasons: { kind: string }[] }[];
}

export const samples = (studio: Studio, project: string, query = ''): Promise<Listed> => api(studio, `/projects/${encodeURIComponent(project)}/samples?${query}`);

/** A project of a course; returns its id. */
export async function newProject(studio: Studio, name: string, course: string): Promise<string> {
  return (await api<{ id: string }>(studio, '/projects', { name, course })).id;
}

/** Trains a model without the page, and waits for it. */
export async function trained(studio: Studio, project: string, order: object): Promise<void> {
  const { id } = await api<{ id: number }>(studio, `/projects/${encodeURIComponent(project)}/training`, order);
  const job = (): Promise<{ phase: string; error: unknown }> => api(studio, `/jobs/${id}`);
  await expect.poll(async () => (await job()).phase, { timeout: 120_000 }).not.toBe('running');
  expect(await job()).toMatchObject({ phase: 'done', error: null });
}
