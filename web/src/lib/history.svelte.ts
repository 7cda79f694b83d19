// Changes of samples that can be undone and done again.

import { relabel, restore, setAside, type Changed } from './samples';

/** A change that was made: what undoes it, and what does it again. */
interface Step {
  undo(): Promise<unknown>;
  redo(): Promise<unknown>;
}

/** A sample before it was changed. */
interface Before {
  id: number;
  class: string;
}

/** Changes of one project, newest last. */
export class History {
  #done: Step[] = $state.raw([]);
  #undone: Step[] = $state.raw([]);

  constructor(private readonly project: string) {}

  get canUndo(): boolean {
    return this.#done.length > 0;
  }

  get canRedo(): boolean {
    return this.#undone.length > 0;
  }

  /** Notes that these samples were set aside, by whatever did it. */
  noteAside(ids: number[], reason?: string): void {
    this.#note({ undo: () => restore(this.project, ids), redo: () => setAside(this.project, ids, reason) });
  }

  async aside(ids: number[], reason?: string): Promise<Changed> {
    const changed = await setAside(this.project, ids, reason);
    if (changed.changed.length > 0) this.noteAside(changed.changed, reason);
    return changed;
  }

  async restore(ids: number[]): Promise<Changed> {
    const changed = await restore(this.project, ids);
    const back = changed.changed;
    if (back.length > 0) this.#note({ undo: () => setAside(this.project, back), redo: () => restore(this.project, back) });
    return changed;
  }

  async relabel(samples: Before[], name: string): Promise<Changed> {
    const changed = await relabel(this.project, samples.map((sample) => sample.id), name);
    const moved = samples.filter((sample) => changed.changed.includes(sample.id) && sample.class !== name);
    if (moved.length === 0) return changed;
    const ids = moved.map((sample) => sample.id);
    const undo = async (): Promise<void> => {
      for (const old of new Set(moved.map((sample) => sample.class))) {
        await relabel(this.project, moved.filter((sample) => sample.class === old).map((sample) => sample.id), old);
      }
    };
    this.#note({ undo, redo: () => relabel(this.project, ids, name) });
    return changed;
  }

  #note(step: Step): void {
    this.#done = [...this.#done, step];
    this.#undone = [];
  }

  async undo(): Promise<void> {
    const step = this.#done.at(-1);
    if (step === undefined) return;
    await step.undo();
    this.#done = this.#done.slice(0, -1);
    this.#undone = [...this.#undone, step];
  }

  async redo(): Promise<void> {
    const step = this.#undone.at(-1);
    if (step === undefined) return;
    await step.redo();
    this.#undone = this.#undone.slice(0, -1);
    this.#done = [...this.#done, step];
  }
}
