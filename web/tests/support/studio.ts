// A real studio on a free port with a folder of its own, and a Chromium whose camera shows a real video.

import { spawn, type ChildProcess } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';

import { test as base, chromium, type BrowserContext, type Page } from '@playwright/test';

const root = resolve(import.meta.dirname, '../../..');
const target = process.env['CARGO_TARGET_DIR'] ?? join(root, 'target');
/** The program under test. */
export const kihap = process.env['KIHAP_BIN'] ?? join(target, 'release/kihap');

export class Studio {
  url = '';
  #process: ChildProcess | null = null;

  /** `environment`: what differs from the test's own. */
  constructor(
    readonly projects: string,
    private readonly environment: Record<string, string> = {},
  ) {}

  /** Starts it; on the same port as before where it ran already. */
  async start(): Promise<void> {
    const port = this.url === '' ? '0' : new URL(this.url).port;
    const child = spawn(kihap, ['studio', '--port', port, '--projects', this.projects, '--json'], {
      stdio: ['ignore', 'pipe', 'inherit'],
      env: { ...process.env, ...this.environment },
    });
    this.#process = child;
    this.url = await new Promise<string>((done, failed) => {
      let text = '';
      child.once('exit', (code) => failed(new Error(`kihap studio ended with ${code}`)));
      child.once('error', failed);
      child.stdout.on('data', (chunk: Buffer) => {
        text += chunk.toString();
        try {
          done((JSON.parse(text) as { url: string }).url);
        } catch {
          // The document is not complete yet.
        }
      });
    });
  }

  /** Ends it: politely, or as a power cut would. */
  async stop(signal: 'SIGINT' | 'SIGKILL' = 'SIGINT'): Promise<void> {
    const child = this.#process;
    this.#process = null;
    if (child === null || child.exitCode !== null) return;
    const gone = new Promise((done) => child.once('exit', done));
    child.kill(signal);
    await gone;
  }

  get pid(): number | undefined {
    return this.#process?.pid;
  }
}

/** Starts Chromium with `video` (a .y4m or .mjpeg file) as its camera; without one it has none. `allow`: whoever asks may use it. */
export async function browserWith(video: string | null, locale: 'ko-KR' | 'en-GB', allow = true): Promise<BrowserContext> {
  const camera =
    video === null
      ? []
      : ['--use-fake-device-for-media-stream', ...(allow ? ['--use-fake-ui-for-media-stream'] : []), `--use-file-for-fake-video-capture=${video}`];
  const browser = await chromium.launch({
    executablePath: process.env['KIHAP_CHROMIUM'] ?? '/usr/bin/chromium',
    args: ['--no-sandbox', '--disable-gpu', '--disable-background-networking', '--disable-component-update', '--disable-sync', '--no-first-run', ...camera],
  });
  const context = await browser.newContext({ locale, viewport: { width: 1280, height: 900 } });
  context.on('close', () => void browser.close());
  return context;
}

/** Every address outside of the studio that a page asked for. */
export function foreignRequests(page: Page, studio: Studio): string[] {
  const foreign: string[] = [];
  page.on('request', (request) => {
    const url = request.url();
    if (!url.startsWith(studio.url) && !/^(data|blob):/.test(url)) foreign.push(url);
  });
  return foreign;
}

export const test = base.extend<{ studio: Studio }>({
  studio: async ({}, use) => {
    const projects = mkdtempSync(join(tmpdir(), 'kihap-studio-'));
    const studio = new Studio(projects);
    await studio.start();
    await use(studio);
    await studio.stop();
    rmSync(projects, { recursive: true, force: true });
  },
});

export { expect } from '@playwright/test';
