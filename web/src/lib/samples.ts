// Projects and their samples, as the server gives them.

import { get, part, post } from './api';

/** A name in both languages. */
export interface Title {
  ko: string;
  en: string;
}

export interface ProjectClass {
  name: string;
  title: Title;
  mirror: string | null;
  /** Samples in use. */
  samples: number;
  set_aside: number;
  /** Whether it is the class of pictures with nobody in view. */
  nobody: boolean;
}

export interface Project {
  id: string;
  name: string;
  course: string | null;
  classes: ProjectClass[];
  people: string[];
  sessions: string[];
}

/** Why a sample is flagged or set aside. */
export interface Reason {
  /** A key of `i18n/reasons.ts`, or the user's own words. */
  kind: string;
  /** The sample it duplicates. */
  of?: number;
}

export interface Sample {
  id: number;
  class: string;
  person: string | null;
  session: string | null;
  split: 'train' | 'validation' | 'test' | null;
  set_aside: boolean;
  reasons: Reason[];
  width: number;
  height: number;
  source: string | null;
  hash: string;
  /** False for landmarks only; their picture is a drawn skeleton. */
  picture: boolean;
}

export interface Samples {
  total: number;
  samples: Sample[];
}

/** What became of a change: the samples changed, and those that stayed as they were, with the reason. */
export interface Changed {
  changed: number[];
  problems: { id: number; message: string }[];
}

export interface Wanted {
  class?: string;
  standing?: 'in_use' | 'set_aside' | 'all';
  offset?: number;
  limit?: number;
  order?: 'oldest' | 'newest';
}

/** The most samples that one answer holds. */
export const PAGE = 500;

const base = (project: string): string => `/projects/${part(project)}`;

export const getProject = (project: string): Promise<Project> => get(base(project));

export const addClass = (project: string, name: string): Promise<Project> => post(`${base(project)}/classes`, { name });

export function getSamples(project: string, wanted: Wanted): Promise<Samples> {
  const query = new URLSearchParams(Object.entries(wanted).map(([key, value]) => [key, String(value)]));
  return get(`${base(project)}/samples?${query}`);
}

/** Samples by their numbers, in this order; those that are not there are left out. */
export async function getSamplesById(project: string, ids: number[]): Promise<Sample[]> {
  const found: Sample[] = [];
  for (let from = 0; from < ids.length; from += PAGE) {
    const some = ids.slice(from, from + PAGE).join(',');
    found.push(...(await get<Samples>(`${base(project)}/samples?ids=${some}`)).samples);
  }
  return found;
}

/** Sets samples aside: they stay where they are and take no part. Without a reason, the curation's are taken. */
export const setAside = (project: string, ids: number[], reason?: string): Promise<Changed> =>
  post(`${base(project)}/samples/aside`, { ids, reason });

export const restore = (project: string, ids: number[]): Promise<Changed> => post(`${base(project)}/samples/restore`, { ids });

export const relabel = (project: string, ids: number[], name: string): Promise<Changed> =>
  post(`${base(project)}/samples/relabel`, { ids, class: name });

export const pictureUrl = (project: string, id: number): string => `/api${base(project)}/samples/${id}/picture`;

/** At most 240 pixels on the longer side. */
export const thumbnailUrl = (project: string, id: number): string => `/api${base(project)}/samples/${id}/thumbnail`;
