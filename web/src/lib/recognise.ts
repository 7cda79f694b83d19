// What the live modes say: classes, probabilities, answers.

import type { LivePose } from './live';

export interface Both {
  ko: string;
  en: string;
}

export interface LiveClass {
  name: string;
  title: Both;
  rest: boolean;
  ready: boolean;
  asked: boolean;
}

export interface About {
  classes: LiveClass[];
  threshold: number;
}

export type Withheld = { code: 'low_confidence'; confidence: number; threshold: number } | { code: 'nobody_seen' };

export interface Answer {
  class: string;
  title: Both;
  recognised: string | null;
  recognised_title: Both | null;
  certainty: number;
  wanted_certainty: number;
  stars: number;
  passed: boolean;
  skipped: boolean;
}

export type Asked =
  | { phase: 'ready'; held: number; needed: number }
  | { phase: 'watching'; left: number; certainty: number }
  | { phase: 'done'; answer: Answer };

export interface Shown {
  /** The most probable classes: index and probability. */
  top: [number, number][];
  withheld: Withheld | null;
  asked: Asked | null;
}

export interface Entry {
  id: string;
  at_ms: number;
  kind: 'verify' | 'basics' | 'form' | 'sparring';
  title: Both;
  result: Record<string, unknown>;
}

export interface KeptPicture {
  frame: number;
  width: number;
  height: number;
  points: LivePose['points'];
}

export interface Detail extends Entry {
  detail: unknown;
  pictures: KeptPicture[];
}

export interface SheetStep {
  number: number;
  title: Both;
  stance: Both;
  start: number | null;
  end: number | null;
  found: boolean;
  by_order: boolean;
  probability: number;
  frame: number | null;
}

export interface SheetDeduction {
  points: number;
  step: number | null;
  technique: Both;
  text: Both;
  measure: Both | null;
  value: Both | null;
  band: Both | null;
  frame: number | null;
  seconds: number | null;
}

export interface Sheet {
  title: Both;
  score: number | null;
  points: number;
  found: number;
  notes: Both[];
  steps: SheetStep[];
  deductions: SheetDeduction[];
  extra: Both[];
  withheld: Both[];
}

export interface SparAction {
  kind: 'punch' | 'kick' | 'defence';
  start: number;
  end: number;
  side: 'left' | 'right' | null;
  level: 'low' | 'trunk' | 'head' | null;
  turning: boolean;
  probability: number;
  points: number;
}

export interface SparSheet {
  actions: SparAction[];
  points: number;
}

export interface Catalogue {
  basics: { number: number; id: string; technique: string; title: Both; classes: { side: 'left' | 'right' | null; class: string }[] }[];
  forms: { id: string; title: Both; steps: number; sections: { number: number; first: number; last: number }[] }[];
  round_seconds: number;
}
