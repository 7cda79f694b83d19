// Videos for Chromium's fake camera, made once a run by ffmpeg.

import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';

import { kihap } from './studio';

const made = join(tmpdir(), 'kihap-camera');
const shared = process.env['KIHAP_SHARED_DATA'] ?? resolve(import.meta.dirname, '../../../../shared/data');

/** A film for the camera (with the one chroma that Chromium shows) from films, or pictures with `options` how long; `before`: a filter for each. */
function convert(sources: string[], name: string, { before = '', options = [] as string[] } = {}): string {
  mkdirSync(made, { recursive: true });
  const out = join(made, `${name}.mjpeg`);
  if (existsSync(out)) return out;
  const inputs = sources.flatMap((source) => [...options, '-i', source]);
  const fit = (i: number) => `[${i}:v]${before}scale=640:480:force_original_aspect_ratio=decrease,pad=640:480:-1:-1,fps=30,setsar=1,format=yuvj420p[v${i}]`;
  const chain = `${sources.map((_, i) => fit(i)).join(';')};${sources.map((_, i) => `[v${i}]`).join('')}concat=n=${sources.length}:v=1:a=0[out]`;
  execFileSync(process.env['KIHAP_FFMPEG'] ?? 'ffmpeg', ['-v', 'error', '-y', ...inputs, '-filter_complex', chain, '-map', '[out]', '-c:v', 'mjpeg', '-q:v', '3', '-f', 'mjpeg', `${out}.tmp`]);
  execFileSync('mv', [`${out}.tmp`, out]);
  return out;
}

/** The syllabus's drawn figure performing a form (or `taegeuk-1:1`, a section), from the front. */
export function drawnPerformance(form: string): string {
  return convert([drawn(form)], form.replace(':', '-'));
}

/** The same, pressed flat: all stances are too wide for their height, which is a fault. */
export function faultyPerformance(form: string): string {
  return convert([drawn(form)], `${form.replace(':', '-')}-flat`, { before: 'scale=iw:ih*0.7,' });
}

/** From one second to another of the performances of six others, one after the other; no two frames are equal, as a camera's grain has it. */
export function partOf(form: string, from: number, to: number): string {
  const films = [31, 32, 33, 34, 35, 36].map((seed) => drawn(form, seed));
  return convert(films, `${form.replace(':', '-')}-${from}-${to}-grain`, { before: 'noise=alls=4:allf=t,', options: ['-ss', String(from), '-t', String(to - from)] });
}

function drawn(form: string, seed = 2): string {
  mkdirSync(made, { recursive: true });
  const film = join(made, `${form.replace(':', '-')}${seed === 2 ? '' : `-${seed}`}.mp4`);
  if (!existsSync(film)) execFileSync(kihap, ['synth', '--course', form, '--front', '--seed', String(seed), '--out', film]);
  return film;
}

/** Pictures held for `seconds` each, one after the other, as a film. */
export function slides(pictures: string[], seconds: number, name: string): string {
  return convert(pictures, name, { options: ['-loop', '1', '-framerate', '30', '-t', String(seconds)] });
}

/** Real clips of `shared/data/taekwondo`, one after the other; null where that folder is not there. */
export function realClips(names: string[]): string | null {
  const files = names.map((name) => join(shared, 'taekwondo/clips', name));
  return files.every((file) => existsSync(file)) ? convert(files, names.join('-').replaceAll(/[^A-Za-z0-9]+/g, '-')) : null;
}
