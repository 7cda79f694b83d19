// Jobs on the server, kept up to date by its stream of events.

import { get, post, type Told } from './api';

export interface Job {
  id: number;
  kind: string;
  project: string | null;
  title: string;
  phase: 'running' | 'done' | 'stopped' | 'failed';
  stage: string | null;
  done: number;
  total: number;
  records: unknown[];
  result: unknown;
  /** Why it failed. */
  error: Told | null;
  /** When it last changed; the later one of two states counts. */
  changed: number;
}

class Jobs {
  list = $state.raw<Job[]>([]);
  #source: EventSource | null = null;

  /** Starts listening; called once by the page. */
  listen(): void {
    if (this.#source !== null) return;
    const source = new EventSource('/api/jobs/events');
    source.addEventListener('open', () => void this.#read());
    source.addEventListener('job', (event) => this.put(JSON.parse((event as MessageEvent<string>).data) as Job));
    this.#source = source;
  }

  /** Reads all anew: what happened while nobody listened, or another server that knows nothing of the old jobs. */
  async #read(): Promise<void> {
    const before = this.list;
    let read: Job[];
    try {
      read = await get<Job[]>('/jobs');
    } catch {
      // The stream opens again when the server is back, and that reads again.
      return;
    }
    const heard = this.list.filter((job) => !before.includes(job));
    this.list = [];
    for (const job of [...read, ...heard]) this.put(job);
  }

  /** Takes in a job's new state, unless a newer one is known: answers and events may overtake each other. */
  put(job: Job): void {
    const known = this.list.find((one) => one.id === job.id);
    if (known !== undefined && known.changed > job.changed) return;
    const others = this.list.filter((one) => one.id !== job.id);
    this.list = [...others, job].sort((a, b) => a.id - b.id);
  }

  /** The newest job of a kind on a project. */
  of(project: string, kind: string): Job | undefined {
    return this.list.findLast((job) => job.project === project && job.kind === kind);
  }

  async stop(id: number): Promise<void> {
    this.put(await post<Job>(`/jobs/${id}/stop`));
  }
}

export const jobs = new Jobs();
