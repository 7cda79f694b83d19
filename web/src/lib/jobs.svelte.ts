// Jobs on the server, kept up to date by its stream of events.

import { get, post } from './api';

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
  error: string | null;
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

  async #read(): Promise<void> {
    this.list = await get<Job[]>('/jobs');
  }

  /** Takes in a job's new state. */
  put(job: Job): void {
    const others = this.list.filter((known) => known.id !== job.id);
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
