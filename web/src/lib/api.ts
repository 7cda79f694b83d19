// Talking to the studio's server.

import type { Cause } from '../i18n/causes';

/** An error as the server tells it. */
export interface Told {
  /** A word of `i18n/errors.ts`. */
  code: string;
  /** The sentence of the part that failed, in English. */
  message: string;
  /** What can be said of it in both languages. */
  cause?: Cause | null;
}

/** The server said no, or could not be reached. */
export class ApiError extends Error implements Told {
  readonly code: string;
  override readonly cause: Cause | null;

  constructor(told: Told) {
    super(told.message);
    this.code = told.code;
    this.cause = told.cause ?? null;
  }
}

async function ask<T>(path: string, init: RequestInit): Promise<T> {
  let response: Response;
  try {
    response = await fetch(`/api${path}`, init);
  } catch {
    throw new ApiError({ code: 'unreachable', message: '' });
  }
  const text = await response.text();
  let body: unknown;
  try {
    body = text === '' ? null : JSON.parse(text);
  } catch {
    body = null;
  }
  if (response.ok) return body as T;
  const error = (body as { error?: Told } | null)?.error;
  throw new ApiError(error ?? { code: 'internal', message: text.slice(0, 300) });
}

export const get = <T>(path: string): Promise<T> => ask(path, {});

export const post = <T>(path: string, body: unknown = {}): Promise<T> =>
  ask(path, { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) });

export const upload = <T>(path: string, form: FormData): Promise<T> => ask(path, { method: 'POST', body: form });

/** A part of a path. */
export const part = encodeURIComponent;
