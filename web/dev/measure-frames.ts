/*
 * Plays the recording of twenty replicas and sixty partitions to the built page in a headless Chromium, and tells how long
 * its frames took, all of them and those in which chips move:
 *   node web/dev/measure-frames.ts [--file run.jsonl] [--seconds 70] [--browser /usr/bin/chromium]
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { parseArgs } from 'node:util';
import { chromium } from 'playwright-core';

const { values } = parseArgs({
  options: {
    file: { type: 'string' },
    seconds: { type: 'string', default: '70' },
    browser: { type: 'string', default: '/usr/bin/chromium' },
  },
});

interface Frame {
  readonly ms: number;
  /** Chips that were on their way when it was drawn. */
  readonly flying: number;
}

/** Runs in the page, as text: nothing here is compiled for a browser. */
const WATCH_FRAMES = `(() => {
  window.frames_ = [];
  let last = performance.now();
  const look = (now) => {
    window.frames_.push({ ms: now - last, flying: document.querySelectorAll('.chip-flying').length });
    last = now;
    requestAnimationFrame(look);
  };
  requestAnimationFrame(look);
})()`;

const replay = spawn(
  process.execPath,
  [
    join(import.meta.dirname, 'replay.ts'),
    '--port',
    '8099',
    ...(values.file === undefined ? [] : ['--file', values.file]),
  ],
  { stdio: ['ignore', 'pipe', 'inherit'] },
);
await once(createInterface({ input: replay.stdout }), 'line');
const browser = await chromium.launch({ executablePath: values.browser, args: ['--no-sandbox'] });
try {
  const page = await browser.newPage({ viewport: { width: 1600, height: 1000 } });
  await page.goto('http://127.0.0.1:8099/');
  await page.waitForSelector('[data-pod]');
  await page.evaluate(WATCH_FRAMES);
  await page.waitForTimeout(Number(values.seconds) * 1000);
  const frames = await page.evaluate<Frame[]>('window.frames_');
  console.log('| frames | number | median, ms | p95, ms | p99, ms | longest, ms | over 33 ms, % |');
  console.log('| --- | --- | --- | --- | --- | --- | --- |');
  console.log(summarize('all', frames));
  console.log(
    summarize(
      'while chips move',
      frames.filter(({ flying }) => flying > 0),
    ),
  );
  console.log(`most chips on their way at once: ${String(Math.max(...frames.map(({ flying }) => flying)))}`);
} finally {
  await browser.close();
  replay.kill();
}

function summarize(name: string, frames: readonly Frame[]): string {
  const sorted = frames.map(({ ms }) => ms).sort((a, b) => a - b);
  const at = (share: number): string =>
    (sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? 0).toFixed(1);
  const slow = (sorted.filter((ms) => ms > 33.4).length / Math.max(1, sorted.length)) * 100;
  return `| ${[name, sorted.length, at(0.5), at(0.95), at(0.99), at(1), slow.toFixed(2)].join(' | ')} |`;
}
