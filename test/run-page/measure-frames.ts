/*
 * Opens the pages of long runs in a headless Chromium, zooms and moves them and moves the pointer over them all the time,
 * and tells how long they took to be drawn, and how long frames took:
 *   make page && node test/run-page/measure-frames.ts [BROWSER]
 */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { chromium, type Browser, type Page } from 'playwright-core';
import { condenseRun } from '../../verify/report/condense-run.ts';
import { buildRunPage, readRunPageTemplate } from '../../verify/report/build-run-page.ts';
import type { SavedRun } from '../../lib/contracts/saved-run.ts';
import { buildBusyEightHours, buildLongRun, buildQuietEightHours } from './long-runs.ts';

/** Runs in the page, as text: nothing here is compiled for a browser. */
const WATCH_FRAMES = `(() => {
  window.frames_ = [];
  let last = performance.now();
  const look = (now) => {
    window.frames_.push(now - last);
    last = now;
    requestAnimationFrame(look);
  };
  requestAnimationFrame(look);
})()`;

/** Once what the page shows first is on the screen, in milliseconds since it was opened. */
const READ_DRAWN = `new Promise((resolve) => {
  requestAnimationFrame(() => requestAnimationFrame(() => resolve(performance.now())));
})`;
const OPENINGS = 5;
const VIEWPORT = { width: 1600, height: 1000 };

async function measure(page: Page, name: string, act: (index: number) => Promise<void>): Promise<void> {
  await page.evaluate('window.frames_ = []');
  for (let index = 0; index < 120; index += 1) await act(index);
  const frames = (await page.evaluate<number[]>('window.frames_')).slice(1).sort((a, b) => a - b);
  const at = (share: number): string => (frames[Math.floor((frames.length - 1) * share)] ?? 0).toFixed(1);
  const late = frames.filter((ms) => ms > 33.4).length;
  console.log(`| ${name} | ${frames.length} | ${at(0.5)} | ${at(0.95)} | ${at(0.99)} | ${at(1)} | ${late} |`);
}

const RUNS: Readonly<Record<string, () => SavedRun>> = {
  'half an hour, 60 partitions': () => condenseRun(buildLongRun()),
  'eight hours, quiet': () => condenseRun(buildQuietEightHours()),
  'eight hours, busy': () => condenseRun(buildBusyEightHours()),
};

async function open(browser: Browser, file: string): Promise<{ page: Page; drawnMs: number }> {
  const page = await browser.newPage({ viewport: VIEWPORT });
  await page.goto(`file://${file}`);
  await page.waitForSelector('[data-testid="timeline"] canvas');
  return { page, drawnMs: await page.evaluate<number>(READ_DRAWN) };
}

async function measureOpening(browser: Browser, file: string): Promise<number> {
  const times: number[] = [];
  for (let index = 0; index < OPENINGS; index += 1) {
    const { page, drawnMs } = await open(browser, file);
    times.push(drawnMs);
    await page.close();
  }
  return times.sort((a, b) => a - b)[Math.floor(OPENINGS / 2)] ?? 0;
}

async function measureFrames(page: Page): Promise<void> {
  const surface = page.locator('.timeline-surface');
  await surface.scrollIntoViewIfNeeded();
  const box = await surface.boundingBox();
  if (box === null) throw new Error('there is no timeline');
  const y = Math.max(box.y, 0) + 200;
  await page.evaluate(WATCH_FRAMES);
  console.log('| while | frames | median, ms | p95, ms | p99, ms | longest, ms | over 33 ms |');
  console.log('| --- | ---: | ---: | ---: | ---: | ---: | ---: |');
  await measure(page, 'the pointer moves', (index) => page.mouse.move(box.x + 120 + index * 10, y + (index % 40) * 8));
  await page.mouse.move(box.x + box.width / 2, y);
  await page.keyboard.down('Control');
  await measure(page, 'the wheel zooms in and out', (index) => page.mouse.wheel(0, index % 60 < 30 ? -60 : 60));
  await page.keyboard.up('Control');
  await surface.focus();
  await measure(page, 'keys move the line', () => page.keyboard.press('ArrowRight'));
  await page.keyboard.press('+');
  await measure(page, 'keys move what is seen', (index) =>
    page.keyboard.press(index % 20 < 10 ? 'Shift+ArrowRight' : 'Shift+ArrowLeft'),
  );
}

const folder = mkdtempSync(path.join(tmpdir(), 'kafka-lab-frames-'));
const template = await readRunPageTemplate();
const browser = await chromium.launch({
  executablePath: process.argv[2] ?? '/usr/bin/chromium',
  args: ['--no-sandbox'],
});
try {
  for (const [name, build] of Object.entries(RUNS)) {
    const run = build();
    const html = buildRunPage(template, [run]);
    const file = path.join(folder, 'run.html');
    writeFileSync(file, html);
    const drawnMs = await measureOpening(browser, file);
    console.log(
      `\n${name}: ${run.samples.length} samples, ${run.partitions} partitions, ${run.rebalances.length} generations, ${run.ownership.length} bars; ${Math.round(Buffer.byteLength(html) / 1024)} KiB; drawn ${Math.round(drawnMs)} ms after it was opened, the median of ${OPENINGS}\n`,
    );
    const { page } = await open(browser, file);
    await measureFrames(page);
    await page.close();
  }
} finally {
  await browser.close();
  rmSync(folder, { recursive: true });
}
