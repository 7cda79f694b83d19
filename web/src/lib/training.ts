// Training, as the server gives and takes it.

import { get, part, post } from './api';
import type { Job } from './jobs.svelte';

/** A name in both languages. */
export interface Title {
  ko: string;
  en: string;
}

export type NetworkObstacle = { why: 'not_installed'; missing: string[] } | { why: 'no_pictures' } | { why: 'no_clips' };

export interface Network {
  name: string;
  input: 'landmarks' | 'photo' | 'fusion' | 'picture' | 'joints' | 'sequence' | 'joint-sequence';
  obstacle: NetworkObstacle | null;
  epochs: number;
  batch_size: number;
  learning_rate: number;
  patience: number;
  split: SplitStrategy;
  varies_pictures: boolean;
}

export type SplitStrategy = 'grouped' | 'random' | 'folders';
export type Variation = 'default' | 'mirror' | 'none';

/** One epoch: `[training, validation]` of loss and accuracy. */
export interface Epoch {
  fold: number | null;
  member: number;
  epoch: number;
  loss: [number, number | null];
  accuracy: [number, number | null];
  best: boolean;
}

export interface Unfinished {
  name: string;
  network: string;
  started: number;
  records: Epoch[];
  epochs: number;
  kept: boolean;
}

export interface Overview {
  classes: { name: string; title: Title; samples: number }[];
  people: string[];
  networks: Network[];
  starts: { name: string; network: string }[];
  unfinished: Unfinished[];
}

/** What to train. */
export interface Order {
  network: string;
  name: string | null;
  language: 'ko' | 'en';
  epochs: number;
  batch_size: number;
  learning_rate: number;
  patience: number;
  members: number;
  folds: number | null;
  validation: number;
  test: number;
  split: SplitStrategy;
  test_persons: string[];
  variation: Variation;
  from: string | null;
  upper_body: boolean;
  seed: number;
}

/** A warning in words. */
export interface Told {
  code: string;
  en: string;
  ko: string;
}

export type Obstacle =
  | { why: 'no_samples' }
  | { why: 'one_class'; class: string }
  | { why: 'untaught'; classes: string[] }
  | { why: 'network'; obstacle: NetworkObstacle };

export interface Outlook {
  totals: [number, number, number];
  per_class: [string, [number, number, number]][];
  warnings: Told[];
  obstacles: Obstacle[];
}

const base = (project: string): string => `/projects/${part(project)}/training`;

export const getTraining = (project: string): Promise<Overview> => get(base(project));

export const foresee = (project: string, order: Order): Promise<Outlook> => post(`${base(project)}/outlook`, order);

export const startTraining = (project: string, order: Order): Promise<Job> => post(base(project), order);

export const resumeTraining = (project: string, name: string, anew: boolean): Promise<Job> =>
  post(`${base(project)}/unfinished/${part(name)}/resume`, { anew });

export const discardTraining = (project: string, name: string): Promise<unknown> =>
  post(`${base(project)}/unfinished/${part(name)}/discard`);

/** How networks are put together for people who choose one; the order is the order on the page. */
export const GROUPS = ['skeleton', 'photo', 'both', 'movement', 'scratch', 'teachable'] as const;
export type Group = (typeof GROUPS)[number];

export function groupOf(network: Network): Group {
  if (network.name.startsWith('teachable-machine')) return 'teachable';
  if (network.input === 'landmarks' || network.input === 'joints') return 'skeleton';
  if (network.input === 'photo') return 'photo';
  if (network.input === 'fusion') return 'both';
  return network.input === 'picture' ? 'scratch' : 'movement';
}

/** The network a group begins with. */
export const FIRST: Record<Group, string> = {
  skeleton: 'landmark-mlp',
  photo: 'photo-mlp',
  both: 'fusion-mlp',
  movement: 'tcn',
  scratch: 'mobilenet-v2',
  teachable: 'teachable-machine-pose',
};

/** The epochs of the network at work now: the last one that told something. */
export function current(records: Epoch[]): Epoch[] {
  const last = records.at(-1);
  return last === undefined ? [] : records.filter((r) => r.fold === last.fold && r.member === last.member);
}
