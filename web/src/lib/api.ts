// Talking to the studio's server.

/** The server said no, or could not be reached. */
export class ApiError extends Error {
  constructor(
    /** A word of `i18n/errors.ts`. */
    readonly code: string,
    message: string,
  ) {
    super(message);
  }
}

async function ask<T>(path: string, init: RequestInit): Promise<T> {
  let response: Response;
  try {
    response = await fetch(`/api${path}`, init);
  } catch {
    throw new ApiError('unreachable', '');
  }
  const text = await response.text();
  let body: unknown;
  try {
    body = text === '' ? null : JSON.parse(text);
  } catch {
    body = null;
  }
  if (response.ok) return body as T;
  const error = (body as { error?: { code: string; message: string } } | null)?.error;
  throw new ApiError(error?.code ?? 'internal', error?.message ?? text.slice(0, 300));
}

export const get = <T>(path: string): Promise<T> => ask(path, {});

export const post = <T>(path: string, body: unknown = {}): Promise<T> =>
  ask(path, { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) });

export const upload = <T>(path: string, form: FormData): Promise<T> => ask(path, { method: 'POST', body: form });

/** A part of a path. */
export const part = encodeURIComponent;
