// A project of drawn people, made in seconds and without a camera.

import { execFileSync } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, mkdtempSync, readdirSync, renameSync, rmSync } from 'node:fs';
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

/** Pictures of one class by people whom {@link drawnProject} does not have. */
export function strangers(motion: string, count: number): string[] {
  const folder = join(tmpdir(), 'kihap-drawn-strangers');
  if (!existsSync(folder)) {
    const draft = mkdtempSync(`${folder}-`);
    run('synth', '--course', 'sparring', '--render', '--per-class', '8', '--seed', '77', '--out', join(draft, 'project'));
    renameSync(join(draft, 'project'), folder);
    rmSync(draft, { recursive: true });
  }
  return readdirSync(join(folder, motion)).sort().slice(0, count).map((name) => join(folder, motion, name));
}

/** Two motions as short films, which sequence networks learn from: a step's block and punch walked to the side and to the front. */
export function drawnClips(projects: string, id: string): string {
  const place = join(tmpdir(), 'kihap-drawn-clips-3');
  if (!existsSync(place)) {
    const draft = mkdtempSync(`${place}-`);
    for (const [motion, form] of [['first', 'taegeuk-1:1'], ['fourth', 'taegeuk-1:4']] as const) {
      mkdirSync(join(draft, 'films', motion), { recursive: true });
      for (let seed = 11; seed < 14; seed++) {
        const film = join(draft, `${motion}-${seed}.mp4`);
        run('synth', '--course', form, '--front', '--seed', String(seed), '--out', film);
        // Two seconds each, after the ready stance.
        execFileSync(process.env['KIHAP_FFMPEG'] ?? 'ffmpeg', ['-v', 'error', '-ss', '2', '-i', film, '-f', 'segment', '-segment_time', '2', '-force_key_frames', 'expr:gte(t,n_forced*2)', '-reset_timestamps', '1', join(draft, 'films', motion, `${seed}-%d.mp4`)]);
      }
    }
    run('import', join(draft, 'films'), '--into', join(draft, 'project'), '--fps', '10');
    run('train', join(draft, 'project'), '--model', 'gru', '--epochs', '5', '--no-report', '--out', join(draft, 'model'));
    renameSync(join(draft, 'project'), place);
    rmSync(draft, { recursive: true });
  }
  const folder = join(projects, id);
  cpSync(place, folder, { recursive: true });
  return folder;
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
