// Trained models, as the server gives them.

import { get, part, post } from './api';
import type { Job } from './jobs.svelte';
import type { Epoch, Title, Told } from './training';

export interface Interval {
  low: number;
  high: number;
}

export interface Facts {
  network: string;
  input: string;
  members: number;
  parameters: number;
  classes: number;
  accuracy: number | null;
  interval: Interval | null;
  f1: number | null;
  loss: number | null;
  samples: number;
  part: string;
  training: number;
  split: string;
  seconds: number;
  stopped: 'finished' | 'early' | 'interrupted';
  made: number;
  warnings: Told[];
  can_retrain: boolean;
  report: boolean;
}

export type Listed = { name: string; damaged: string | null } & Partial<Facts>;

/** A model of the list that could be read. */
export type Whole = { name: string; damaged: null } & Facts;

export const isWhole = (model: Listed): model is Whole => model.damaged === null;

export interface Scores {
  precision: number;
  recall: number;
  f1: number;
  support: number;
  predicted: number;
  precision_interval: Interval;
  recall_interval: Interval;
}

export interface Detail {
  name: string;
  facts: Facts;
  classes: { name: string; title: Title; scores: Scores | null }[];
  matrix: number[][] | null;
  abstained: { count: number; coverage: number; accepted_accuracy: number | null; withheld_correct: number } | null;
  top2_error: number | null;
  calibration_error: number | null;
  parts: [number, number, number];
  training: { epochs: number; batch_size: number; learning_rate: number; seed: number };
  history: Epoch[];
  cells: boolean;
}

export interface Cell {
  samples: { id: number; confidence: number; abstained: boolean }[];
  gone: number;
}

const base = (project: string): string => `/projects/${part(project)}/models`;

export const getModels = (project: string): Promise<Listed[]> => get(base(project));

export const getModel = (project: string, model: string): Promise<Detail> => get(`${base(project)}/${part(model)}`);

export const getCell = (project: string, model: string, truth: string, predicted: string): Promise<Cell> =>
  get(`${base(project)}/${part(model)}/cell?${new URLSearchParams({ truth, predicted })}`);

export const retrain = (project: string, model: string, language: string): Promise<Job> =>
  post(`${base(project)}/${part(model)}/retrain`, { language });

export const reportUrl = (project: string, model: string): string => `/api${base(project)}/${part(model)}/report`;
