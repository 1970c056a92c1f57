/**
 * The page of a saved run in a real browser, from a file and with nothing else: what somebody sees who was sent one.
 * No lab runs for it. With LAB_WRITE_IMAGES naming a folder, each kind of page is written there as a picture.
 */
import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import type { Browser, Page } from 'playwright-core';
import { launchBrowser } from '../launch-browser.ts';
import { savedRunSchema } from '../../lib/contracts/saved-run.ts';
import { readRecordedRun } from '../run-page/recorded-runs.ts';
import { buildSamplePages } from '../run-page/sample-pages.ts';

jest.setTimeout(120_000);

const AXE = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
const SLOW = { timeout: 30_000 };

/* What runs in the page, as text: nothing here is compiled for a browser. */
const FIND_OVERFLOW = 'Math.max(0, document.documentElement.scrollWidth - window.innerWidth)';
const RUN_AXE = 'axe.run(document).then(({ violations }) => violations)';
const READ_VIEWS = `[...document.querySelectorAll('[data-testid="timeline"] canvas')]
  .map(({ dataset }) => dataset.from + ' ' + dataset.to)`;
const COUNT_COLOURS = `(() => {
  const canvas = document.querySelector('[data-testid="timeline"] canvas');
  const { data } = canvas.getContext('2d').getImageData(0, 0, canvas.width, canvas.height);
  const colours = new Set();
  for (let at = 0; at < data.length; at += 4) if (data[at + 3] === 255) colours.add(data.slice(at, at + 3).join());
  return colours.size;
})()`;

interface Violation {
  readonly id: string;
  readonly impact: string;
  readonly nodes: readonly { readonly html: string }[];
}

interface PageOptions {
  readonly width?: number;
  readonly scheme?: 'dark' | 'light';
}

describe('the page of a saved run', () => {
  let folder: string;
  let browser: Browser | undefined;
  const mistakes: string[] = [];
  const requested = new Set<string>();

  const openPage = async (name: string, { width = 1440, scheme = 'dark' }: PageOptions = {}): Promise<Page> => {
    if (browser === undefined) throw new Error('there is no browser');
    const page = await browser.newPage({ viewport: { width, height: 1000 }, colorScheme: scheme });
    page.on('pageerror', (error) => mistakes.push(error.message));
    page.on('console', (message) => {
      if (message.type() === 'error' || message.type() === 'warning') mistakes.push(message.text());
    });
    page.on('request', (request) => requested.add(request.url()));
    await page.goto(urlOf(name));
    await page.waitForSelector('[data-testid="timeline"] canvas', SLOW);
    return page;
  };
  const urlOf = (name: string): string => pathToFileURL(path.join(folder, `${name}.html`)).href;
  const picture = async (name: string, page: Page): Promise<void> => {
    const images = process.env['LAB_WRITE_IMAGES'];
    if (images) await page.screenshot({ path: path.join(images, `run-page-${name}.png`), fullPage: true });
  };
  const readRange = (page: Page): Promise<string | null> => page.locator('[data-testid="range"]').textContent(SLOW);
  const findViolations = async (page: Page): Promise<string[]> => {
    // The driver is not bound by the page's policy, as a script of the page would be.
    await page.evaluate(AXE);
    const violations = await page.evaluate<readonly Violation[]>(RUN_AXE);
    return violations
      .filter(({ impact }) => impact === 'serious' || impact === 'critical')
      .map(({ id, nodes }) => `${id}: ${nodes[0]?.html ?? ''}`);
  };

  beforeAll(async () => {
    folder = mkdtempSync(path.join(tmpdir(), 'kafka-lab-run-page-'));
    for (const [name, page] of await buildSamplePages()) writeFileSync(path.join(folder, `${name}.html`), page);
    browser = await launchBrowser();
  });
  afterAll(async () => {
    await browser?.close();
    rmSync(folder, { recursive: true, force: true });
  });

  it.each(['pass', 'fail', 'unknown'] as const)(
    'says first of all that a run came to %s, and opens what did not pass',
    async (verdict) => {
      const page = await openPage(verdict);
      expect(await page.locator('[data-testid="verdict"] .verdict').textContent(SLOW)).toBe(verdict);
      expect(await page.title()).toContain(`scale-and-kill ${verdict}`);
      const { checks } = readRecordedRun(verdict);
      expect(await page.locator('[data-check]').count()).toBe(checks.length);
      const opened = page.locator('[data-check] details[open]');
      const detailed = checks.filter(
        ({ measurements, evidence }) => Object.keys(measurements).length + evidence.length > 0,
      );
      expect(await opened.count()).toBe(detailed.filter((check) => check.verdict !== 'pass').length);
      const records = opened.locator('pre').filter({ hasText: '"partition":' });
      expect((await records.count()) > 0).toBe(verdict !== 'pass');
      await picture(verdict, page);
      await page.close();
    },
  );

  it('draws the timeline, and tells the owner of what is pointed at', async () => {
    const page = await openPage('pass');
    expect(await page.evaluate<number>(COUNT_COLOURS)).toBeGreaterThan(20);
    const surface = page.locator('[role="slider"]');
    await surface.scrollIntoViewIfNeeded(SLOW);
    const box = await surface.boundingBox(SLOW);
    if (box === null) throw new Error('there is no timeline');
    // Before the first scaling everything is owned by the first replica; afterwards partition 4 by the third.
    await page.mouse.move(box.x + 100, box.y + 150);
    const told = page.locator('[data-testid="moment-partition"]');
    expect(await told.textContent(SLOW)).toMatch(/^partition \d: consumer-1, for/);
    for (let y = 130; y < 330; y += 12) {
      await page.mouse.move(box.x + box.width * 0.35, box.y + y);
      if ((await told.count()) > 0 && (await told.textContent(SLOW))?.startsWith('partition 4')) break;
    }
    expect(await told.textContent(SLOW)).toMatch(/^partition 4: consumer-3, for/);
    const moment = await page.locator('[data-testid="moment"]').textContent(SLOW);
    for (const part of ['hold for 8 s', 'lag', 'produced', 'processed', 'members', 'generation']) {
      expect(moment).toContain(part);
    }
    await page.mouse.move(5, 5);
    await page.locator('[data-testid="moment"]').waitFor({ ...SLOW, state: 'detached' });
    await page.close();
  });

  it('zooms by keys, by dragging, by the wheel, by buttons and by steps, and shows the whole again', async () => {
    const page = await openPage('pass');
    const whole = await readRange(page);
    const surface = page.locator('[role="slider"]');
    const reset = async (): Promise<void> => {
      await page.locator('[data-testid="whole-run"]').click(SLOW);
      expect(await readRange(page)).toBe(whole);
    };

    await surface.focus(SLOW);
    await page.keyboard.press('PageDown');
    const words = await surface.getAttribute('aria-valuetext', SLOW);
    expect(words).toMatch(/since the start\. .*consumer-\d owns/);
    await page.keyboard.press('+');
    expect(await readRange(page)).not.toBe(whole);
    await page.keyboard.press('0');
    expect(await readRange(page)).toBe(whole);

    const box = await surface.boundingBox(SLOW);
    if (box === null) throw new Error('there is no timeline');
    await page.mouse.move(box.x + box.width * 0.4, box.y + 60);
    await page.mouse.down();
    await page.mouse.move(box.x + box.width * 0.6, box.y + 60, { steps: 4 });
    await page.mouse.up();
    expect(await readRange(page)).toMatch(/^0:2\d\.\d – 0:3\d\.\d$/);
    await reset();

    await page.mouse.move(box.x + box.width * 0.5, box.y + 60);
    await page.keyboard.down('Control');
    await page.mouse.wheel(0, -300);
    await page.keyboard.up('Control');
    await page
      .locator('[data-testid="range"]')
      .filter({ hasNotText: whole ?? '' })
      .waitFor(SLOW);
    await reset();

    await page.getByRole('button', { name: 'Zoom in' }).click(SLOW);
    expect(await readRange(page)).not.toBe(whole);
    await page.locator('[data-step="9"] button').click(SLOW);
    expect(await readRange(page)).toMatch(/^0:3\d\.\d – 0:4\d\.\d$/);
    await picture('zoomed', page);
    await page.close();
  });

  it('compares two runs: verdicts, what differs, how long it took, and both on one time', async () => {
    const page = await openPage('compared');
    expect(await page.locator('h1').textContent(SLOW)).toBe('scale-and-kill: A fail, B pass');
    expect(await page.locator('[data-testid="verdict"] .verdict').allTextContents()).toEqual(['fail', 'pass']);
    const differences = page.getByRole('table', { name: 'What differs' });
    expect(await differences.getByRole('row', { name: /SESSION_TIMEOUT_MS/ }).textContent(SLOW)).toContain('100006000');
    expect(await page.getByRole('table', { name: 'How long it took' }).textContent(SLOW)).toMatch(/0\.\d\d ×/);
    expect(await page.locator('[data-testid="timeline"] canvas').count()).toBe(2);
    await page.locator('[role="slider"]').first().focus(SLOW);
    await page.keyboard.press('PageDown');
    await page.keyboard.press('+');
    const views = await page.evaluate<string[]>(READ_VIEWS);
    expect(views).toHaveLength(2);
    expect(new Set(views).size).toBe(1);
    expect(await page.locator('[data-testid="moment"]').count()).toBe(2);
    await picture('compared', page);
    await page.close();
  });

  it('gives back the document, and the command that repeats the run', async () => {
    const page = await openPage('pass');
    const { runId } = readRecordedRun('pass');
    expect(await page.locator('[data-testid="command"]').textContent(SLOW)).toBe(
      'npm run lab -- verify test/run-page/scale-and-kill.yaml --seed 7 --platform local --consumer PROCESSING_DELAY_MS=5 --consumer SESSION_TIMEOUT_MS=6000',
    );
    const [download] = await Promise.all([
      page.waitForEvent('download', SLOW),
      page.click('[data-testid="save"]', SLOW),
    ]);
    expect(download.suggestedFilename()).toBe(`${runId}.json`);
    const saved: unknown = JSON.parse(readFileSync(await download.path(), 'utf8'));
    expect(savedRunSchema.parse(saved).runId).toBe(runId);
    await page.close();
  });

  it('shows what somebody wrote into a run as text, whatever it is', async () => {
    const page = await openPage('hostile');
    expect(await page.locator('h1').textContent(SLOW)).toContain('</script><script>window.isBroken');
    await page.locator('[role="slider"]').focus(SLOW);
    await page.keyboard.press('PageDown');
    expect(await page.evaluate('[window.isBroken, document.scripts.length, document.images.length]')).toEqual([
      undefined,
      2,
      0,
    ]);
    expect(await page.evaluate(FIND_OVERFLOW)).toBe(0);
    await page.close();
  });

  it('keeps up with half an hour and 60 partitions', async () => {
    const page = await openPage('long');
    await page.locator('[role="slider"]').focus(SLOW);
    for (const key of ['PageDown', '+', '+', 'Shift+ArrowRight', 'PageDown']) await page.keyboard.press(key);
    expect(await page.locator('[role="slider"]').getAttribute('aria-valuetext', SLOW)).toContain('owns');
    await picture('long', page);
    await page.close();
  });

  it.each([
    { name: 'busy', whole: '0:00 – 8:00:29' },
    { name: 'quiet', whole: '0:00 – 8:00:00' },
  ])('draws eight hours that were $name, zooms them, and tells of what means what', async ({ name, whole }) => {
    const page = await openPage(name);
    expect(await page.evaluate<number>(COUNT_COLOURS)).toBeGreaterThan(20);
    expect(await readRange(page)).toBe(whole);
    await page.locator('[role="slider"]').focus(SLOW);
    await page.keyboard.press('Home');
    for (const key of ['ArrowRight', 'ArrowRight', '+']) await page.keyboard.press(key);
    expect(await page.locator('[data-testid="moment"]').textContent(SLOW)).toMatch(/of \d+\.\d s: rates are means/);
    expect(await readRange(page)).not.toBe(whole);
    expect(await page.evaluate(FIND_OVERFLOW)).toBe(0);
    await picture(name, page);
    await page.close();
  });

  it('shows of a thousand steps the first, how many there are, and all when asked', async () => {
    const page = await openPage('busy');
    expect(await page.locator('[data-step]').count()).toBe(50);
    await page.getByRole('button', { name: 'Show all 1,491 steps' }).click(SLOW);
    expect(await page.locator('[data-step]').count()).toBe(1491);
    expect(await page.getByRole('button', { name: /^Show all [\d,]+ generations$/ }).count()).toBe(1);
    await page.close();
  });

  it('prints light, with everything open', async () => {
    const page = await openPage('pass');
    await page.evaluate("window.dispatchEvent(new Event('beforeprint'))");
    expect(await page.locator('details:not([open])').count()).toBe(0);
    expect(await page.evaluate('document.documentElement.dataset.theme')).toBe('light');
    await page.evaluate("window.dispatchEvent(new Event('afterprint'))");
    expect(await page.locator('[data-check] details[open]').count()).toBe(0);
    await page.close();
  });

  it.each([
    { name: 'dark', options: {} },
    { name: 'light', options: { scheme: 'light' } },
    { name: 'phone', options: { width: 360 } },
  ] as const)(
    'is usable by everybody, $name: axe finds nothing serious, and nothing is wider than the screen',
    async ({ name, options }) => {
      for (const kind of ['fail', 'unknown', 'compared']) {
        const page = await openPage(kind, options);
        expect([kind, await findViolations(page)]).toEqual([kind, []]);
        expect([kind, await page.evaluate(FIND_OVERFLOW)]).toEqual([kind, 0]);
        await picture(`${kind}-${name}`, page);
        await page.close();
      }
    },
  );

  it('has asked nobody for anything but the file itself, and made no mistakes', () => {
    const files = ['pass', 'fail', 'unknown', 'compared', 'hostile', 'long', 'busy', 'quiet'].map(urlOf);
    const others = [...requested].filter(
      (url) => !files.includes(url) && !url.startsWith('data:') && !url.startsWith('blob:'),
    );
    expect(others).toEqual([]);
    expect(mistakes).toEqual([]);
  });
});
