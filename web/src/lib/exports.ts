// Exports of models, as the server gives and takes them.

import type { ObstacleCode } from '../i18n/codes';
import { get, part, post } from './api';
import type { Job } from './jobs.svelte';

export interface Verification {
  samples: number;
  part: string;
  runtime: string;
  given: string;
  largest_difference: number;
  at: string;
  changed: { sample: string; kihap: string; export: string }[];
}

export interface Export {
  id: string;
  /** The model's name. */
  of: string | null;
  format: string;
  files: { name: string; bytes: number }[];
  warnings: { code: string; text: string; text_ko: string }[];
  verification: Verification | null;
  card: { en: string; ko: string };
}

/** Why a model cannot be had in a format, with what it says of the model. */
export type Obstacle = { code: ObstacleCode } & Record<string, unknown>;

/** What stands between a model and each format; null where nothing does. */
export type Fits = Record<string, Obstacle | null>;

export interface Exports {
  formats: string[];
  exports: Export[];
}

const base = (project: string): string => `/projects/${part(project)}/exports`;

export const getExports = (project: string): Promise<Exports> => get(base(project));

export const getFits = (project: string, model: string): Promise<Fits> => get(`/projects/${part(project)}/models/${part(model)}/formats`);

export const startExport = (project: string, model: string, format: string, verify: number): Promise<Job> =>
  post(base(project), { model, format, verify });

export const zipUrl = (project: string, id: string): string => `/api${base(project)}/${part(id)}/zip`;
