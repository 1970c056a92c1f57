import { appendFileSync, mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { beforeEach, describe, expect, it } from '@jest/globals';
import { buildFacts } from './build-facts.ts';
import type { Operation } from '../checks/history.ts';
import type { Operations } from '../checks/operations.ts';
import { openJournal, type JournalLine } from './journal.ts';
import { readJournal } from './read-journal.ts';

const RUN: JournalLine = {
  kind: 'run',
  format: 2,
  runId: 'run-1',
  scenario: { name: 'scale', description: 'd', seed: 1 },
  limits: { pauseMs: 5 },
  platform: 'local',
  clusterId: 'c',
  groupId: 'app',
  topic: 'app',
  receiptsTopic: 'app.receipts',
  partitions: 2,
  startedAt: 1000,
  start: { log: [], ledger: [], deadLetters: [], group: 0 },
  settings: {},
  versions: {},
  machine: {},
};
const STEPS: readonly JournalLine[] = [
  { kind: 'step-begins', at: 1001, index: 0, step: 'scale', text: 'scale consumer to 3' },
  { kind: 'invoke', at: 1002, producer: 'driver', sequence: 0, keys: ['a'] },
  { kind: 'invoke', at: 1003, producer: 'driver', sequence: 1, keys: ['b', 'b'] },
  { kind: 'ok', at: 1004, producer: 'driver', sequence: 0, partitions: [1], offsets: [7] },
  { kind: 'unknown', at: 1005, producer: 'driver', sequence: 1, count: 1, code: 'no-answer' },
  { kind: 'step-ends', at: 1006, index: 0, outcome: 'done', detail: null },
  { kind: 'step-begins', at: 1007, index: 1, step: 'wait-balanced', text: 'wait until balanced' },
];

const list = (operations: Operations): readonly Operation[] => [...operations.rows()].map((row) => operations.at(row));

describe('the journal of a run', () => {
  let file: string;
  const write = (lines: readonly JournalLine[]): void => {
    const journal = openJournal(file);
    lines.forEach((line) => journal.write(line));
    journal.close();
  };
  beforeEach(() => {
    file = path.join(mkdtempSync(path.join(tmpdir(), 'journal-')), 'history.jsonl');
  });

  it('gives back what was written, with the outcome of each record', async () => {
    write([RUN, ...STEPS]);
    const { operations, acknowledgements, steps, header } = await readJournal(file);
    expect(header.runId).toBe('run-1');
    expect(acknowledgements.measurePercentiles()).toMatchObject({ count: 1, max: 2 });
    expect(list(operations).map(({ key, outcome }) => [key, outcome])).toEqual([
      ['a', { kind: 'ok', partition: 1, offset: 7 }],
      ['b', { kind: 'unknown', code: 'no-answer' }],
      ['b', { kind: 'pending' }],
    ]);
    expect(steps.map(({ text, outcome, endedAt }) => [text, outcome, endedAt])).toEqual([
      ['scale consumer to 3', 'done', 1006],
      ['wait until balanced', 'pending', null],
    ]);
  });

  it('forgets no line before a last one that was cut', async () => {
    write([RUN, ...STEPS]);
    appendFileSync(file, '{"kind":"ok","at":1009,"producer":"driv');
    const { operations } = await readJournal(file);
    expect(operations).toHaveLength(3);
  });

  it('refuses a journal that is damaged in its middle, is none, or is not there', async () => {
    writeFileSync(file, `${JSON.stringify(RUN)}\n{"kind":\n${JSON.stringify(STEPS[0])}\n`);
    await expect(readJournal(file)).rejects.toThrow(/line 2 is damaged/);
    writeFileSync(file, '{"kind":"over","at":1,"isComplete":true,"reason":"x"}\n');
    await expect(readJournal(file)).rejects.toThrow(/does not begin as a run's journal/);
    writeFileSync(file, '');
    await expect(readJournal(file)).rejects.toThrow(/is no run's journal/);
    await expect(readJournal(`${file}.not`)).rejects.toThrow(/cannot be read/);
  });

  it.each([
    { what: 'a shape that no line has', line: { kind: 'ok', at: 1009 }, reason: /line 9 is damaged: producer: / },
    {
      what: 'lists that do not fit',
      line: { kind: 'ok', at: 1009, producer: 'driver', sequence: 0, partitions: [1, 1], offsets: [8] },
      reason: /line 9 is damaged: its lists are not of the same length/,
    },
  ])('tells a last line that was cut from one with $what', async ({ line, reason }) => {
    write([RUN, ...STEPS]);
    appendFileSync(file, JSON.stringify(line));
    await expect(readJournal(file)).rejects.toThrow(reason);
  });

  it('holds every line to its schema, and refuses a format that it does not know', async () => {
    const over = { kind: 'over', at: 'late', isComplete: true, reason: 'x' };
    writeFileSync(file, `${JSON.stringify(RUN)}\n${JSON.stringify(over)}\n${JSON.stringify(STEPS[0])}\n`);
    await expect(readJournal(file)).rejects.toThrow(/line 2 is damaged: at: /);
    writeFileSync(file, `${JSON.stringify({ ...RUN, format: 3 })}\n`);
    await expect(readJournal(file)).rejects.toThrow(/line 1 is damaged: format: it was recorded by another version/);
  });

  it('takes characters that end lines elsewhere for what they are', async () => {
    const key = 'a\u2028b\u2029c\u0085d\re';
    write([RUN, { kind: 'invoke', at: 1002, producer: 'driver', sequence: 0, keys: [key] }]);
    const { operations } = await readJournal(file);
    expect(list(operations).map((operation) => operation.key)).toEqual([key]);
  });

  it.each([
    { what: 'of another kind', line: '{"kind":"toString"}', why: 'kind: ' },
    { what: 'without what it tells', line: '{"kind":"commit-sample"}', why: 'sample: ' },
    { what: 'with other types', line: '{"kind":"ok","at":1002,"producer":1}', why: 'producer: ' },
    {
      what: 'whose lists differ',
      line: '{"kind":"ok","at":1002,"producer":"p","sequence":0,"partitions":[],"offsets":[1]}',
      why: 'not of the same length',
    },
    { what: 'that is no object', line: 'null', why: 'line 2 is damaged: ' },
    { what: 'of no time', line: '{"kind":"over","at":8.6e15,"isComplete":true,"reason":""}', why: '12 days' },
    { what: 'that is another run’s', line: JSON.stringify(RUN), why: 'another run begins' },
    {
      what: 'with far too many partitions',
      line: '{"kind":"end","at":1,"leftRecords":0,"log":[[1e12,1]]}',
      why: 'log.0.0',
    },
  ])('says where a line is $what', async ({ line, why }) => {
    writeFileSync(file, `${JSON.stringify(RUN)}\n${line}\n`);
    await expect(readJournal(file)).rejects.toThrow(/history\.jsonl: line 2 is damaged: /);
    await expect(readJournal(file)).rejects.toThrow(why);
    await expect(readJournal(file)).rejects.toMatchObject({ code: 'data-mismatch' });
  });

  it('writes nothing after it was closed', async () => {
    write([RUN]);
    const journal = openJournal(file);
    journal.close();
    journal.write(RUN);
    await expect(readJournal(file)).resolves.toMatchObject({ steps: [] });
  });

  it.each([
    { name: 'a verifier that died within a step', lines: STEPS, last: ['wait-balanced', 'pending'] },
    { name: 'a verifier that died between steps', lines: STEPS.slice(0, -1), last: ['rest', 'pending'] },
    {
      name: 'an interrupted run',
      lines: [...STEPS.slice(0, -1), { kind: 'over', at: 1009, isComplete: false, reason: 'interrupted' } as const],
      last: ['rest', 'pending'],
    },
    {
      name: 'a run that was done',
      lines: [...STEPS.slice(0, -1), { kind: 'over', at: 1009, isComplete: true, reason: 'done' } as const],
      last: ['scale', 'done'],
    },
  ])('tells what was left out: $name', async ({ lines, last }) => {
    write([RUN, ...lines]);
    const step = buildFacts(await readJournal(file), undefined).steps.at(-1);
    expect([step?.kind, step?.outcome]).toEqual(last);
  });

  it('tells what the platform saw of replicas, also that they are gone', async () => {
    const replica = {
      name: 'consumer-1',
      workload: 'consumer',
      uid: 'u',
      ordinal: undefined,
      node: 'n',
      zone: undefined,
      phase: 'failed',
      startedAt: undefined,
      restarts: 2,
      url: undefined,
    } as const;
    const events = [
      { at: 1001, kind: 'scaled', workload: 'consumer', from: 1, to: 2 },
      { at: 1002, kind: 'phase', replica, from: 'ready', reason: 'exit 3' },
      { at: 1003, kind: 'removed', replica, reason: 'scaled down' },
    ] as const;
    write([RUN, ...events.map((event) => ({ kind: 'platform', event }) as const)]);
    expect(buildFacts(await readJournal(file), undefined).replicaEvents).toEqual([
      { at: 1002, replica: 'consumer-1', workload: 'consumer', phase: 'failed', restarts: 2, reason: 'exit 3' },
      { at: 1003, replica: 'consumer-1', workload: 'consumer', phase: 'removed', restarts: 2, reason: 'scaled down' },
    ]);
  });

  it('knows nothing of Kafka without evidence', async () => {
    write([RUN, ...STEPS]);
    const history = buildFacts(await readJournal(file), undefined);
    expect(history).toMatchObject({ logRange: [], ledgerRange: [], groupReading: 'unread', limits: { pauseMs: 5 } });
  });
});
