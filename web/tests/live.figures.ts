// The live loop in figures: frames a second, time from frame to answer, memory of the server and of the page over time.
// Both run on this machine, in the mode named; the camera shows a real person where shared data is there, else the drawn figure.

import { readFileSync } from 'node:fs';
import { loadavg } from 'node:os';

import { drawnPerformance, realClips } from './support/camera';
import { browserWith, expect, test } from './support/studio';

const MINUTES = Number(process.env['KIHAP_MINUTES'] ?? '1');
const EVERY_S = 10;
/** A form is practised for so long. */
const ROUND_S = 120;
/** The first seconds, in which everything is loaded, are left out. */
const WARM_UP_S = 10;

interface Recorder {
  times: number[];
  latencies: number[];
  work: number[];
}

/** Notes every answer as it comes over the socket, whatever the page does with it. */
function record(): void {
  const kept: Recorder = { times: [], latencies: [], work: [] };
  (globalThis as unknown as { kept: Recorder }).kept = kept;
  const Plain = WebSocket;
  globalThis.WebSocket = class extends Plain {
    constructor(url: string | URL) {
      super(url);
      this.addEventListener('message', (event: MessageEvent<string>) => {
        const answer = JSON.parse(event.data) as { clock_ms?: number; work_ms?: number };
        if (answer.clock_ms === undefined) return;
        const now = performance.now();
        kept.times.push(now);
        kept.latencies.push(now - answer.clock_ms);
        kept.work.push(answer.work_ms ?? 0);
      });
    }
  };
}

const quantile = (values: number[], share: number): number => [...values].sort((a, b) => a - b)[Math.floor(values.length * share)] ?? NaN;

for (const [name, hash] of [
  ['recognise, basics', '#/live'],
  ['practise, Taegeuk 1', '#/practise?what=form&form=taegeuk-1'],
] as const) {
  test(name, async ({ studio }) => {
    const context = await browserWith(realClips(['A/T1-1.mp4', 'A/T1-2.mp4', 'A/T1-3.mp4']) ?? drawnPerformance('taegeuk-1:1'), 'en-GB');
    const page = await context.newPage();
    await page.addInitScript(record);
    const session = await context.newCDPSession(page);
    await page.goto(`${studio.url}${hash}`);
    await page.getByRole('button', { name: 'Start the camera' }).click();
    await page.waitForTimeout(WARM_UP_S * 1000);
    const all: Recorder = { times: [], latencies: [], work: [] };
    const memory: [number, number][] = [];
    let rounds = 1;
    const take = () => page.evaluate(() => {
      const { kept } = globalThis as unknown as { kept: Recorder };
      return { times: kept.times.splice(0), latencies: kept.latencies.splice(0), work: kept.work.splice(0) };
    });
    await take();
    for (let second = 0; second < MINUTES * 60; second += EVERY_S) {
      await page.waitForTimeout(EVERY_S * 1000);
      // A form is ended after a while and practised again, as somebody would who practises for half an hour.
      const end = page.getByRole('button', { name: 'Finish' });
      if (second > 0 && second % ROUND_S === 0 && (await end.isVisible()) && (await end.isEnabled())) {
        await end.click();
        await page.getByRole('button', { name: 'Once more' }).waitFor();
      }
      const again = page.getByRole('button', { name: 'Once more' });
      if (await again.isVisible()) {
        await again.click();
        rounds += 1;
      }
      const some = await take();
      all.times.push(...some.times);
      all.latencies.push(...some.latencies);
      all.work.push(...some.work);
      const status = readFileSync(`/proc/${studio.pid ?? 0}/status`, 'utf8');
      const rss = Number(/VmRSS:\s+(\d+)/.exec(status)?.[1]) / 1024;
      await session.send('HeapProfiler.collectGarbage');
      const { usedSize } = await session.send('Runtime.getHeapUsage');
      memory.push([rss, usedSize / 2 ** 20]);
      const rate = ((some.times.length - 1) * 1000) / ((some.times.at(-1) ?? 0) - (some.times[0] ?? 0));
      console.log(
        `${String(second + EVERY_S).padStart(5)} s  ${rate.toFixed(1)} fps  median ${quantile(some.latencies, 0.5).toFixed(0)} ms  p95 ${quantile(some.latencies, 0.95).toFixed(0)} ms` +
          `  server ${rss.toFixed(0)} MiB  page ${(usedSize / 2 ** 20).toFixed(1)} MiB  load ${loadavg()[0]?.toFixed(1) ?? ''}`,
      );
    }
    const rate = ((all.times.length - 1) * 1000) / ((all.times.at(-1) ?? 0) - (all.times[0] ?? 0));
    const [first, last] = [memory[0], memory.at(-1)];
    console.log(
      `${name}: ${all.times.length} answers, ${rate.toFixed(1)} frames a second; frame to answer median ${quantile(all.latencies, 0.5).toFixed(0)} ms, ` +
        `p95 ${quantile(all.latencies, 0.95).toFixed(0)} ms; server's work median ${quantile(all.work, 0.5).toFixed(1)} ms; ` +
        `server ${first?.[0].toFixed(0) ?? ''} → ${last?.[0].toFixed(0) ?? ''} MiB, page ${first?.[1].toFixed(1) ?? ''} → ${last?.[1].toFixed(1) ?? ''} MiB; begun ${rounds} times`,
    );
    expect(all.times.length).toBeGreaterThan(0);
    await context.close();
  });
}
