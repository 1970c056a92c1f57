/*
 * Opens the page of a run of half an hour with 60 partitions in a headless Chromium, zooms and moves it and moves the
 * pointer over it all the time, and tells how long frames took and how long a change took to be drawn:
 *   make page && node test/run-page/measure-frames.ts [BROWSER]
 */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { chromium, type Page } from 'playwright-core';
import { buildRunPage, readRunPageTemplate } from '../../lab/report/build-run-page.ts';
import { buildLongRun } from './sample-pages.ts';

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

async function measure(page: Page, name: string, act: (index: number) => Promise<void>): Promise<void> {
  await page.evaluate('window.frames_ = []');
  for (let index = 0; index < 120; index += 1) await act(index);
  const frames = (await page.evaluate<number[]>('window.frames_')).slice(1).sort((a, b) => a - b);
  const at = (share: number): string => (frames[Math.floor((frames.length - 1) * share)] ?? 0).toFixed(1);
  const late = frames.filter((ms) => ms > 33.4).length;
  console.log(`| ${name} | ${frames.length} | ${at(0.5)} | ${at(0.95)} | ${at(0.99)} | ${at(1)} | ${late} |`);
}

const run = buildLongRun();
const folder = mkdtempSync(path.join(tmpdir(), 'kafka-lab-frames-'));
const file = path.join(folder, 'run.html');
writeFileSync(file, buildRunPage(await readRunPageTemplate(), [run]));
const browser = await chromium.launch({
  executablePath: process.argv[2] ?? '/usr/bin/chromium',
  args: ['--no-sandbox'],
});
try {
  const page = await browser.newPage({ viewport: { width: 1600, height: 1000 } });
  const opened = performance.now();
  await page.goto(`file://${file}`);
  await page.waitForSelector('[data-testid="timeline"] canvas');
  console.log(
    `${run.samples.length} samples, ${run.partitions} partitions, ${run.rebalances.length} generations, ${run.ownership.length} bars; drawn ${Math.round(performance.now() - opened)} ms after it was opened\n`,
  );
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
} finally {
  await browser.close();
  rmSync(folder, { recursive: true });
}
