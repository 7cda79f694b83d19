// Files of the user's on their way into a project: gathered, sent one by one, imported by a job of the server.

import { ApiError, get, part, post, type Told } from './api';
import { jobs, type Job } from './jobs.svelte';

/** A file, and what it is called within what was dropped or chosen. */
export interface Piece {
  path: string;
  file: File;
}

/** How an upload is taken in. */
export interface ImportWish {
  /** The class of everything. */
  class?: string;
  /** The class of files that lie in no folder. */
  loose?: string;
  person?: string;
  session?: string;
  /** Pictures a second taken from videos. */
  fps?: number;
}

/** Why something was not taken in: a code, what it says of the file, and the command line's sentence. */
export type SkipReason = { code: string; text?: string; problem?: string | SkipReason } & Record<string, unknown>;

export interface ImportResult {
  added: number;
  already_there: number;
  per_class: Record<string, { added: number; already_there: number }>;
  skipped_count: number;
  skipped: { path: string; reason: SkipReason }[];
  conflicts_count: number;
  conflicts: { path: string; class: string; also_in: string }[];
  cancelled: boolean;
}

/** Files that systems and archivers leave behind. */
const ignored = (path: string): boolean =>
  path.split('/').some((name) => name.startsWith('.') || name === '__MACOSX' || name === '@eaDir') || /(^|\/)(Thumbs\.db|desktop\.ini)$/.test(path);

/** What a file field holds; of a folder with the folder's own name first. */
export function chosen(files: Iterable<File>): Piece[] {
  const all = [...files].map((file) => ({ path: file.webkitRelativePath || file.name, file }));
  return all.filter((piece) => !ignored(piece.path));
}

/** What was dropped, folders with all that is in them. Call it before anything is awaited: the browser forgets. */
export async function dropped(data: DataTransfer): Promise<Piece[]> {
  const entries = [...data.items].map((item) => item.webkitGetAsEntry()).filter((entry) => entry !== null);
  const pieces: Piece[] = [];
  for (const entry of entries) await gather(entry, '', pieces);
  return pieces.filter((piece) => !ignored(piece.path));
}

async function gather(entry: FileSystemEntry, above: string, into: Piece[]): Promise<void> {
  const path = `${above}${entry.name}`;
  if (entry.isFile) {
    const file = await new Promise<File>((done, failed) => (entry as FileSystemFileEntry).file(done, failed));
    into.push({ path, file });
    return;
  }
  const reader = (entry as FileSystemDirectoryEntry).createReader();
  for (;;) {
    // A reader gives some at a time, and nothing at the end.
    const some = await new Promise<FileSystemEntry[]>((done, failed) => reader.readEntries(done, failed));
    if (some.length === 0) return;
    for (const inner of some) await gather(inner, `${path}/`, into);
  }
}

/** Whether some files lie in no folder and are no archives: their class has to be asked for. */
export const hasLoose = (pieces: Piece[]): boolean => pieces.some(({ path }) => !path.includes('/') && !/\.(tm|zip|csv)$/i.test(path));

/** Files sent at the same time; a browser opens six connections to a server, and the page needs some itself. */
const LANES = 3;

/** One upload at a time: sending, then importing. */
export class Upload {
  phase: 'idle' | 'sending' | 'importing' | 'done' | 'failed' = $state('idle');
  sent = $state(0);
  total = $state(0);
  /** Files that could not be sent, and why. */
  failures: { path: string; error: ApiError }[] = $state.raw([]);
  error: unknown = $state.raw(null);
  job: Job | null = $state.raw(null);
  #stop: AbortController | null = null;

  get busy(): boolean {
    return this.phase === 'sending' || this.phase === 'importing';
  }

  get result(): ImportResult | null {
    return (this.job?.result as ImportResult | null | undefined) ?? null;
  }

  /** Sends and imports; resolves when all is done, and never rejects. */
  async run(project: string, pieces: Piece[], wish: ImportWish): Promise<void> {
    this.phase = 'sending';
    [this.sent, this.total, this.failures, this.error, this.job] = [0, pieces.length, [], null, null];
    const stop = new AbortController();
    this.#stop = stop;
    const base = `/projects/${part(project)}/uploads`;
    try {
      const { upload } = await post<{ upload: number }>(base);
      try {
        await this.#send(`${base}/${upload}/file`, pieces, stop.signal);
        this.phase = 'importing';
        this.job = await begin(`${base}/${upload}/import`, project, wish, stop.signal);
      } catch (error) {
        await fetch(`/api${base}/${upload}`, { method: 'DELETE' }).catch(() => undefined);
        throw error;
      }
      this.job = await finished(this.job);
      if (this.job.error !== null) throw new ApiError(this.job.error);
      this.phase = 'done';
    } catch (error) {
      if (stop.signal.aborted) this.phase = 'idle';
      else [this.phase, this.error] = ['failed', error];
    }
  }

  /** Stops sending, or the import, which keeps what it has. */
  async stop(): Promise<void> {
    if (this.phase === 'importing' && this.job !== null) await jobs.stop(this.job.id);
    else this.#stop?.abort();
  }

  async #send(address: string, pieces: Piece[], signal: AbortSignal): Promise<void> {
    const waiting = pieces.values();
    const lane = async (): Promise<void> => {
      for (const { path, file } of waiting) {
        try {
          await put(`${address}?path=${encodeURIComponent(path)}`, file, signal);
        } catch (error) {
          // Without the server, or without room, the next file will not do better.
          if (!(error instanceof ApiError) || ['unreachable', 'too_large', 'not_found'].includes(error.code) || error.cause?.code === 'disk_full' || signal.aborted) throw error;
          this.failures = [...this.failures, { path, error }];
        }
        this.sent += 1;
      }
    };
    await Promise.all(Array.from({ length: LANES }, lane));
  }
}

async function put(address: string, file: File, signal: AbortSignal): Promise<void> {
  let response: Response;
  try {
    response = await fetch(`/api${address}`, { method: 'PUT', body: file, signal });
  } catch {
    throw new ApiError({ code: 'unreachable', message: '' });
  }
  if (response.ok) return;
  const body = (await response.json().catch(() => null)) as { error?: Told } | null;
  throw new ApiError(body?.error ?? { code: 'internal', message: response.statusText });
}

/** Starts the import; while another one works on the project, it waits for that. */
async function begin(address: string, project: string, wish: ImportWish, signal: AbortSignal): Promise<Job> {
  for (;;) {
    try {
      return await post<Job>(address, wish);
    } catch (error) {
      const other = jobs.of(project, 'import');
      if (!(error instanceof ApiError) || error.code !== 'conflict' || signal.aborted) throw error;
      if (other?.phase === 'running') await finished(other);
      else await pause();
    }
  }
}

const pause = (): Promise<void> => new Promise((done) => setTimeout(done, 300));

/** Waits until a job has ended. */
export async function finished(job: Job): Promise<Job> {
  let state = job;
  while (state.phase === 'running') {
    await pause();
    state = jobs.list.find((known) => known.id === job.id && known.phase !== 'running') ?? (await get<Job>(`/jobs/${job.id}`));
  }
  return state;
}
