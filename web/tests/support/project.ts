// A project of drawn people, made in seconds and without a camera.

import { execFileSync } from 'node:child_process';
import { join } from 'node:path';

import { kihap } from './studio';

/** Six motions of sparring, drawn; nine people in a recording each. */
export function drawnProject(projects: string, id: string, perClass = 24): string {
  const folder = join(projects, id);
  execFileSync(kihap, ['synth', '--course', 'sparring', '--render', '--per-class', String(perClass), '--out', folder]);
  return folder;
}

/** A project without samples. */
export function emptyProject(projects: string, id: string): string {
  const folder = join(projects, id);
  execFileSync(kihap, ['new', folder, '--course', 'sparring']);
  return folder;
}
