import {
  appendFileSync,
  copyFileSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  statSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import type { History } from '../checks/history.ts';
import { judge } from '../checks/judge.ts';
import { openRunDirectory } from '../history/run-directory.ts';
import { HealthyGroup } from '../testing/healthy-run-fixture.ts';
import { NOW } from '../testing/history-fixture.ts';
import { saveRun } from '../testing/saved-run-fixture.ts';
import { judgeRun, readHistory } from './judge-run.ts';

/** A group that keeps the contract while its members come and go. */
function playGroup(): History {
  const group = new HealthyGroup();
  const calm = { turn: 1, open: 0, whileLosing: 0 };
  for (const kind of ['join', 'leave'] as const) group.play({ kind, ...calm });
  const history = group.finish();
  return { ...history, log: history.log.map((record) => ({ ...record, storedAt: NOW - 1000 })) };
}

const HISTORY = playGroup();

describe('a run in its directory', () => {
  let dir: string;
  const file = (name: string): string => path.join(dir, name);
  const read = (name: string): string => readFileSync(file(name), 'utf8');
  const judgeSaved = () => judgeRun(openRunDirectory(dir));

  beforeEach(() => {
    dir = mkdtempSync(path.join(tmpdir(), 'judge-run-'));
  });
  afterEach(() => rmSync(dir, { recursive: true }));

  it('is judged as it is in memory, check by check', async () => {
    await saveRun(dir, HISTORY);
    const { judgement, journal, run } = await judgeSaved();
    expect(judgement.verdict).toBe('pass');
    expect(judgement).toEqual(judge(HISTORY));
    expect(journal.header.scenario.name).toBe('made-up');
    expect([...run.readings.keys()]).toEqual([0, 1, 2]);
  });

  it('fails on what a check sees in memory', async () => {
    const lost = HISTORY.log.find(({ partition, offset }) => partition === 1 && offset === 20);
    const history = { ...HISTORY, log: HISTORY.log.filter((record) => record !== lost) };
    await saveRun(dir, history);
    const { judgement } = await judgeSaved();
    expect(judgement.verdict).toBe('fail');
    expect(judgement).toEqual(judge(history));
  });

  it('comes back whole, but for receipts of another topic', async () => {
    const [first] = HISTORY.receipts;
    if (first === undefined) throw new Error('the group has written no receipt');
    const foreign = { ...first, topic: 'another', ledgerOffset: 1_000_000 };
    const { partition } = first;
    await saveRun(dir, { ...HISTORY, receipts: [...HISTORY.receipts, foreign] });
    const history = await readHistory(openRunDirectory(dir));
    const of = <Entry extends { readonly partition: number }>(entries: readonly Entry[]) =>
      entries.filter((entry) => entry.partition === partition);
    expect(of(history.receipts)).toEqual(of(HISTORY.receipts));
    expect(of(history.log)).toEqual(of(HISTORY.log));
    expect(of(history.commits)).toEqual(of(HISTORY.commits));
    expect(history.operations).toEqual(HISTORY.operations);
    expect(judge(history).verdict).toBe('pass');
  });

  describe('that is not whole', () => {
    beforeEach(() => saveRun(dir, HISTORY));
    const verdictOf = async () => (await judgeSaved()).judgement.verdict;

    it('is unknown without what Kafka held', async () => {
      rmSync(file('evidence.json'));
      await expect(verdictOf()).resolves.toBe('unknown');
    });

    it('is unknown when the verifier died in the middle of a line', async () => {
      const journal = read('history.jsonl');
      writeFileSync(file('history.jsonl'), journal.slice(0, journal.indexOf('{"kind":"over"') + 8));
      const { judgement } = await judgeSaved();
      expect(judgement.verdict).toBe('unknown');
      expect(judgement.checks.find(({ verdict }) => verdict === 'unknown')?.summary).toMatch(/the verifier ended/);
    });

    it.each(['log.jsonl.zst', 'receipts.jsonl.zst', 'commits.jsonl.zst', 'generations.jsonl', 'evidence.json'])(
      'is refused when its %s is cut off',
      async (name) => {
        truncateSync(file(name), statSync(file(name)).size - 10);
        await expect(verdictOf()).rejects.toMatchObject({ code: 'data-mismatch' });
        await expect(verdictOf()).rejects.toThrow(name);
      },
    );

    it.each(['log.jsonl.zst', 'receipts.jsonl.zst', 'commits.jsonl.zst', 'generations.jsonl', 'history.jsonl'])(
      'is refused when its %s is not there',
      async (name) => {
        rmSync(file(name));
        await expect(verdictOf()).rejects.toMatchObject({ code: 'not-found' });
      },
    );
  });

  describe('that is none', () => {
    it.each([
      { what: 'empty', text: '', reason: /is no run's journal/ },
      { what: 'the page of a run', text: '<!doctype html>\n', reason: /line 1 is damaged/ },
      { what: 'another list of JSON', text: '{"level":"info"}\n', reason: /line 1 is damaged: kind/ },
      { what: 'bytes of any kind', text: '\u0000\u0001\ufffd'.repeat(100), reason: /journal/ },
    ])('is refused when its journal is $what', async ({ text, reason }) => {
      writeFileSync(file('history.jsonl'), text);
      await expect(judgeSaved()).rejects.toMatchObject({ code: 'data-mismatch' });
      await expect(judgeSaved()).rejects.toThrow(reason);
    });

    it('is refused when a directory stands for a file', async () => {
      mkdirSync(file('history.jsonl'));
      await expect(judgeSaved()).rejects.toMatchObject({ code: 'not-found' });
    });

    it.each([
      { what: 'no JSON', text: 'x' },
      { what: 'a list', text: '[]' },
      { what: 'one of a million partitions too many', text: JSON.stringify({ partitions: 1e12 }) },
    ])('is refused when its evidence is $what', async ({ text }) => {
      await saveRun(dir, HISTORY);
      writeFileSync(file('evidence.json'), text);
      await expect(judgeSaved()).rejects.toMatchObject({ code: 'data-mismatch' });
      await expect(judgeSaved()).rejects.toThrow(/evidence\.json is damaged, or of another version/);
    });

    it('is refused with the evidence of a run that had other files', async () => {
      await saveRun(dir, HISTORY);
      await saveRun(file('other'), { ...HISTORY, log: HISTORY.log.slice(0, 3) });
      copyFileSync(file('other/evidence.json'), file('evidence.json'));
      await expect(judgeSaved()).rejects.toMatchObject({ code: 'data-mismatch' });
      await expect(judgeSaved()).rejects.toThrow('log.jsonl.zst');
    });
  });

  describe('that is far too large', () => {
    beforeEach(() => saveRun(dir, HISTORY));

    it('is refused for a line of the journal that no verifier writes', async () => {
      appendFileSync(file('history.jsonl'), `{"kind":"invoke","producer":"${'x'.repeat(17 * 1024 * 1024)}"}\n`);
      await expect(judgeSaved()).rejects.toThrow(
        /history\.jsonl: line \d+ is damaged: it is longer than 16777216 bytes/,
      );
    });

    it.each([
      { name: 'evidence.json', most: 64 * 1024 * 1024 },
      { name: 'generations.jsonl', most: 16 * 1024 * 1024 },
    ])('is refused for a file of holes as $name, which may have $most bytes', async ({ name, most }) => {
      truncateSync(file(name), 2 ** 27);
      await expect(judgeSaved()).rejects.toThrow(new RegExp(`is longer than .*${String(most)} bytes`));
    });
  });
});
