// A project of drawn people, made in seconds and without a camera.

import { execFileSync } from 'node:child_process';
import { cpSync, existsSync, mkdtempSync, renameSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { kihap } from './studio';

const run = (...words: string[]): unknown => execFileSync(kihap, words, { stdio: ['ignore', 'ignore', 'pipe'] });

/** Made once: drawing and looking for skeletons take longer than all trainings. */
function made(perClass: number): string {
  const place = join(tmpdir(), `kihap-drawn-sparring-${perClass}`);
  if (existsSync(place)) return place;
  const draft = mkdtempSync(`${place}-`);
  const folder = join(draft, 'project');
  run('synth', '--course', 'sparring', '--render', '--per-class', String(perClass), '--out', folder);
  // A first training leaves the skeletons in the dataset's cache.
  run('train', folder, '--model', 'landmark-softmax', '--epochs', '1', '--no-report', '--out', join(draft, 'model'));
  renameSync(folder, place);
  rmSync(draft, { recursive: true });
  return place;
}

/** Six motions of sparring, drawn; nine people in a recording each. */
export function drawnProject(projects: string, id: string, perClass = 12): string {
  const folder = join(projects, id);
  cpSync(made(perClass), folder, { recursive: true });
  return folder;
}

/** A project without samples. */
export function emptyProject(projects: string, id: string): string {
  const folder = join(projects, id);
  run('new', folder, '--course', 'sparring');
  return folder;
}
