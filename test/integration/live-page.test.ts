/**
 * The live page of a real lab in a real browser: what somebody sees who scales, kills, and loses the connection.
 * With LAB_WRITE_IMAGES naming a folder, each state is written there as a picture.
 */
import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import type { Browser, Page } from 'playwright-core';
import { launchBrowser } from '../launch-browser.ts';
import { serveLivePage, type ServedPage } from '../../lab/serve-live-page.ts';
import { createSilentLogger } from '../../lib/log/create-logger.ts';
import { connectLocalPlatform } from '../../platforms/local/connect-local-platform.ts';
import { waitUntil } from '../../platforms/wait-until.ts';
import { TypedCommand } from '../typed-command.ts';

jest.setTimeout(180_000);

const AXE = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
const SLOW = { timeout: 60_000 };

/* What runs in the page, as text: nothing here is compiled for a browser. */
const COUNT_CHIPS = `[...document.querySelectorAll('[data-pod]')]
  .map((card) => card.querySelectorAll('[data-partition]').length)
  .sort((a, b) => b - a)`;
const FIND_OWNERS = `Object.fromEntries([...document.querySelectorAll('[data-pod] [data-partition]')]
  .map((chip) => [chip.dataset.partition, chip.closest('[data-pod]').dataset.pod]))`;
const FIND_OVERFLOW = 'Math.max(0, document.documentElement.scrollWidth - window.innerWidth)';
const RUN_AXE = 'axe.run(document).then(({ violations }) => violations)';

interface Violation {
  readonly id: string;
  readonly impact: string;
  readonly nodes: readonly { readonly html: string }[];
}

describe('the live page', () => {
  let data: string;
  let lab: TypedCommand;
  let browser: Browser | undefined;
  let page: Page;
  let url: string;
  const mistakes: string[] = [];
  const requested = new Set<string>();

  const requireBrowser = (): Browser => {
    if (browser === undefined) throw new Error('there is no browser');
    return browser;
  };
  const openPage = async (at: string, options: { width?: number; scheme?: 'dark' | 'light' } = {}): Promise<Page> => {
    const { width = 1600, scheme = 'dark' } = options;
    const opened = await requireBrowser().newPage({ viewport: { width, height: 1000 }, colorScheme: scheme });
    opened.on('pageerror', (error) => mistakes.push(error.message));
    opened.on('console', (message) => {
      // The browser tells of requests that fail, which some tests here want.
      if (message.type() === 'error' && !message.text().startsWith('Failed to load resource'))
        mistakes.push(message.text());
    });
    opened.on('request', (request) => requested.add(new URL(request.url()).host));
    await opened.goto(at);
    await opened.waitForSelector('[data-pod]', SLOW);
    return opened;
  };
  const picture = async (name: string, of: Page = page): Promise<void> => {
    const folder = process.env['LAB_WRITE_IMAGES'];
    if (!folder) return;
    await of.evaluate('window.scrollTo(0, 0)');
    await of.screenshot({ path: path.join(folder, `live-page-${name}.png`) });
  };
  /** Waits until the cards have so many chips, whichever has how many. */
  const waitShares = (shares: readonly number[]): Promise<unknown> =>
    waitUntil(
      async () => {
        const counted = await page.evaluate<number[]>(COUNT_CHIPS);
        if (isDeepStrictEqual(counted, shares)) return true;
        throw new Error(`the cards have ${counted.join(', ')}`);
      },
      { what: `cards with ${shares.join(', ')} chips`, timeoutMs: SLOW.timeout },
    );
  const findOwners = (): Promise<Readonly<Record<string, string>>> =>
    page.evaluate<Readonly<Record<string, string>>>(FIND_OWNERS);
  const click = (selector: string): Promise<void> => page.click(selector, SLOW);
  const findViolations = async (of: Page): Promise<string[]> => {
    await of.evaluate(AXE);
    const violations = await of.evaluate<readonly Violation[]>(RUN_AXE);
    return violations
      .filter(({ impact }) => impact === 'serious' || impact === 'critical')
      .map(({ id, nodes }) => `${id}: ${nodes[0]?.html ?? ''}`);
  };

  beforeAll(async () => {
    data = mkdtempSync(path.join(tmpdir(), 'kafka-lab-'));
    lab = new TypedCommand(`exec '${process.execPath}' lab/main.ts up --data ${data} --ports auto`);
    await lab.waitFor('the lab runs');
    await lab.waitFor(/live page +http\S+\n/);
    url = /live page +(http\S+)/.exec(lab.output)?.[1] ?? '';
    browser = await launchBrowser();
    page = await openPage(url);
  });
  afterAll(async () => {
    await browser?.close();
    await lab.interrupt();
    rmSync(data, { recursive: true, force: true });
  });

  it('moves chips to new cards when it is told to scale, and says why', async () => {
    await waitShares([6]);
    await click('[data-control="load"] button:has-text("200")');
    await click('[data-control="scale-consumer"] button[aria-label="one consumer more"]');
    await waitShares([3, 3]);
    const before = await findOwners();
    await click('[data-control="scale-consumer"] button[aria-label="one consumer more"]');
    await waitShares([2, 2, 2]);
    const moved = Object.entries(await findOwners()).filter(([partition, owner]) => owner !== before[partition]);
    expect(moved.map(([, owner]) => owner)).toEqual(['consumer-3', 'consumer-3']);
    const entry = page.locator('[data-cause="scaled"]').first();
    await entry.getByText('scaled from 2 to 3 replicas').waitFor(SLOW);
    await entry.getByText(/longest pause/).waitFor(SLOW);
    expect(await entry.textContent()).toContain('2 partitions moved');
    await page.locator('[data-rule="shares"]', { hasText: '3 members, 6 partitions: balanced, 2 each' }).waitFor(SLOW);
    await picture('balanced');
  });

  it('shows a member that is killed, the pause it costs, and the cause', async () => {
    await click('[data-pod="consumer-2"] [data-fault="kill"]');
    await page.waitForSelector('[data-pod="consumer-2"]:not([data-phase="ready"]), [data-ghost="consumer-2"]', SLOW);
    await picture('killed');
    const entry = page.locator('[data-cause="killed"]').first();
    await entry.getByText('consumer-2 was killed').waitFor(SLOW);
    const pause = await entry.getByText(/longest pause [\d.]+ s/).textContent(SLOW);
    // The session of ten seconds has to end first.
    expect(Number(/longest pause ([\d.]+) s/.exec(pause ?? '')?.[1])).toBeGreaterThan(5);
    await waitShares([2, 2, 2]);
    await picture('after-a-kill');
  });

  it('explains an idle member, and which one a scale-down takes', async () => {
    const field = page.locator('[data-control="scale-consumer"] input');
    await field.fill('7');
    await field.press('Enter');
    await waitShares([1, 1, 1, 1, 1, 1, 0]);
    // Whoever joined last found nothing left; which of the newcomers that is, nobody can say before.
    const idle = page.locator('[data-pod]:not(:has([data-partition]))');
    await idle.getByText(/idle: 7 members, 6 partitions/).waitFor(SLOW);
    const name = (await idle.getAttribute('data-pod', SLOW)) ?? '';
    await page
      .locator('[data-pod="consumer-7"]')
      .getByText(/goes next/)
      .waitFor(SLOW);
    await page.locator('[data-rule="shares"]', { hasText: `${name} is idle by design` }).waitFor(SLOW);
    expect(name).toMatch(/^consumer-[4-7]$/);
    await picture('idle');
  });

  it('has the offsets of every partition in a table that sorts', async () => {
    await click('[data-testid="partition-table"] summary');
    const readColumn = (): Promise<string[]> => page.locator('[data-row] th').allTextContents();
    await page.locator('[data-row]').first().waitFor(SLOW);
    expect((await readColumn()).map(Number)).toEqual([0, 1, 2, 3, 4, 5]);
    await click('[data-testid="partition-table"] button:has-text("Partition")');
    await waitUntil(async () => ((await readColumn())[0]?.trim() === '5' ? true : undefined), {
      what: 'the rows to turn round',
      timeoutMs: SLOW.timeout,
    });
    expect(await page.locator('[data-testid="partition-table"] [aria-sort="descending"]').textContent()).toContain(
      'Partition',
    );
    const owners = await page.locator('[data-row] td:nth-child(2)').allTextContents();
    expect(new Set(owners).size).toBe(6);
    expect(await findViolations(page)).toEqual([]);
  });

  it('shows the brokers, the controller, and the ensemble without its leader', async () => {
    await page.waitForSelector('[data-server^="kafka-"]', SLOW);
    const leader = page.locator('[data-server^="zookeeper-"]', { hasText: 'leader' });
    const name = await leader.first().getAttribute('data-server', SLOW);
    const kill = page.locator(`[data-server="${name ?? ''}"] [data-fault="kill"]`);
    await kill.click(SLOW);
    await kill.click(SLOW);
    const others = page.locator(`[data-server^="zookeeper-"]:not([data-server="${name ?? ''}"])`, {
      hasText: 'leader',
    });
    await others.first().waitFor(SLOW);
    expect(await page.locator('[data-testid="quorum"]').textContent()).toBeTruthy();
    await page.locator('[data-server^="kafka-"]', { hasText: 'controller' }).first().waitFor(SLOW);
  });

  it('says so when it hears nothing more, and is right again by itself', async () => {
    const { pid } = lab.child;
    if (pid === undefined) throw new Error('the lab has no process');
    process.kill(pid, 'SIGSTOP');
    try {
      await page.waitForSelector('[data-banner="stale"]', SLOW);
      await picture('stale');
    } finally {
      process.kill(pid, 'SIGCONT');
    }
    await page.waitForSelector('[data-banner="stale"]', { ...SLOW, state: 'detached' });
    expect(await page.locator('[data-testid="health"]').textContent(SLOW)).toContain('live');
  });

  it('changes nothing when it only shows', async () => {
    const platform = await connectLocalPlatform(data);
    let served: ServedPage | undefined;
    try {
      served = await serveLivePage(platform, { ports: 'auto', isReadOnly: true, logger: createSilentLogger() });
      const shown = await openPage(served.url);
      await shown.getByText('this page only shows').waitFor(SLOW);
      expect(await shown.locator('[data-control], [data-fault]').count()).toBe(0);
      await picture('read-only', shown);
      await shown.close();
      const response = await fetch(`${served.url}/api/replicas`, {
        method: 'PUT',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ workload: 'consumer', replicas: 0 }),
      });
      expect(response.status).toBe(403);
      expect(await response.json()).toMatchObject({ code: 'read-only' });
    } finally {
      await served?.stop();
    }
  });

  it('takes nothing from pages of other origins, and answers to no other name', async () => {
    const body = JSON.stringify({ workload: 'consumer', replicas: 0 });
    const headers = { 'content-type': 'application/json', origin: 'http://elsewhere.example' };
    const foreign = await fetch(`${url}/api/replicas`, { method: 'PUT', headers, body });
    expect(await foreign.json()).toMatchObject({ status: 403, code: 'forbidden-origin' });
    const port = new URL(url).port;
    const rebound = execFileSync('bash', [
      '-c',
      `exec 3<>/dev/tcp/127.0.0.1/${port}; printf 'GET /api/snapshot HTTP/1.1\\r\\nHost: evil.example\\r\\nConnection: close\\r\\n\\r\\n' >&3; head -1 <&3`,
    ]);
    expect(rebound.toString()).toContain(' 421 ');
    // What a page of another site can make a browser do.
    const elsewhere = await requireBrowser().newPage();
    await elsewhere.goto('data:text/html,<title>elsewhere</title>');
    const outcome = await elsewhere.evaluate(
      `fetch('${url}/api/load', { method: 'PUT', body: '{}' }).then(String, String)`,
    );
    expect(outcome).toMatch(/TypeError/);
    await elsewhere.close();
    expect((await findOwners())['0']).toBeDefined();
  });

  it('is usable by everybody: nothing serious is found by axe, dark, light, and on a phone', async () => {
    for (const [name, options] of [
      ['dark', {}],
      ['light', { scheme: 'light' }],
      ['phone', { width: 360 }],
    ] as const) {
      const opened = await openPage(url, options);
      await opened.waitForTimeout(1000);
      expect([name, await findViolations(opened)]).toEqual([name, []]);
      expect([name, await opened.evaluate(FIND_OVERFLOW)]).toEqual([name, 0]);
      await picture(name, opened);
      await opened.close();
    }
  });

  it('has asked nobody else for anything, and made no mistakes', () => {
    const ours = [...requested].filter((host) => host.startsWith('127.0.0.1:'));
    expect([...requested].sort()).toEqual(ours.sort());
    expect(mistakes).toEqual([]);
  });
});
