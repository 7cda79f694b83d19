// What the curation found, as the server gives it.

import { get, part, post } from './api';
import type { Job } from './jobs.svelte';
import type { Changed, Samples } from './samples';

export interface Curation {
  /** Whether there was a curation. */
  made: boolean;
  /** Samples it looked at. */
  samples: number;
  /** Samples in use now. */
  in_use: number;
  /** Flagged samples that are still in use, by reason. */
  open: Record<string, number>;
  flagged: number;
  /** Those that it advises to set aside. */
  suggested: number;
  /** Near-duplicates in different parts of a given split. */
  leaks: number;
  set_aside: number;
}

/** Flagged samples, with the class that each looks like where it is an outlier. */
export interface Flagged extends Samples {
  looks_like: (string | null)[];
}

const base = (project: string): string => `/projects/${part(project)}/curation`;

export const getCuration = (project: string): Promise<Curation> => get(base(project));

export const startCuration = (project: string): Promise<Job> => post(base(project));

export function getFlagged(project: string, reason: string | null, offset: number, limit: number): Promise<Flagged> {
  const query = new URLSearchParams({ offset: String(offset), limit: String(limit) });
  if (reason !== null) query.set('reason', reason);
  return get(`${base(project)}/flagged?${query}`);
}

/** Sets aside what is advised, of one reason or of all. */
export const applyAdvice = (project: string, reason: string | null): Promise<Changed> => post(`${base(project)}/apply`, { reason });
