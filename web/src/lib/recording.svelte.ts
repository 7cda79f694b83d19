// What was recorded with the camera since the page was opened, burst by burst, with undo.

import { restore, setAside, type Sample } from './samples';

/** The answer of the mode `record` to a frame. */
export interface RecordAnswer {
  taken: { sample: Sample; new: boolean } | null;
  /** Pictures still to be taken; null when none is being taken. */
  left: number | null;
  /** What is wrong with the picture now. */
  now: string[];
}

export interface Burst {
  samples: Sample[];
  /** Pictures that were there already. */
  again: number;
  /** Set aside as a whole. */
  undone: boolean;
}

/** Why recorded samples are set aside by undoing. */
const UNDONE = 'undone';

export class Recording {
  bursts: Burst[] = $state.raw([]);

  constructor(private readonly project: string) {}

  get last(): Burst | undefined {
    return this.bursts.at(-1);
  }

  begin(): void {
    // A burst of which nothing came is forgotten.
    const kept = this.bursts.filter((burst) => burst.samples.length > 0);
    this.bursts = [...kept, { samples: [], again: 0, undone: false }];
  }

  take(sample: Sample, isNew: boolean): void {
    const last = this.last;
    if (last === undefined) return;
    const grown = isNew ? { ...last, samples: [...last.samples, sample] } : { ...last, again: last.again + 1 };
    this.bursts = [...this.bursts.slice(0, -1), grown];
  }

  /** The burst that undoing would set aside. */
  get undoable(): Burst | undefined {
    return this.bursts.findLast((burst) => !burst.undone && burst.samples.length > 0);
  }

  /** The burst that was undone last, unless others were recorded since. */
  get redoable(): Burst | undefined {
    const from = this.bursts.findLastIndex((burst) => !burst.undone && burst.samples.length > 0);
    return this.bursts[from + 1]?.undone === true ? this.bursts[from + 1] : undefined;
  }

  async undo(): Promise<number> {
    const burst = this.undoable;
    if (burst === undefined) return 0;
    // What was set aside as bad keeps its own reason.
    const ids = burst.samples.filter((sample) => !sample.set_aside).map((sample) => sample.id);
    await setAside(this.project, ids, UNDONE);
    this.#replace(burst, { ...burst, undone: true });
    return ids.length;
  }

  async redo(): Promise<number> {
    const burst = this.redoable;
    if (burst === undefined) return 0;
    const ids = burst.samples.filter((sample) => !sample.set_aside).map((sample) => sample.id);
    await restore(this.project, ids);
    this.#replace(burst, { ...burst, undone: false });
    return ids.length;
  }

  /** Sets single samples of the last burst aside, or takes them back. */
  async mark(ids: number[], aside: boolean): Promise<void> {
    const last = this.last;
    if (last === undefined) return;
    const reasons = new Map(last.samples.map((sample) => [sample.id, sample.reasons[0]?.kind]));
    for (const id of aside ? ids : []) await setAside(this.project, [id], reasons.get(id));
    if (!aside) await restore(this.project, ids);
    const samples = last.samples.map((sample) => (ids.includes(sample.id) ? { ...sample, set_aside: aside } : sample));
    this.#replace(last, { ...last, samples });
  }

  #replace(old: Burst, burst: Burst): void {
    this.bursts = this.bursts.map((known) => (known === old ? burst : known));
  }
}
