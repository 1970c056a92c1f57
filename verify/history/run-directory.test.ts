import { appendFileSync, mkdtempSync, readFileSync, rmSync, statSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { zstdDecompressSync } from 'node:zlib';
import { beforeEach, describe, expect, it } from '@jest/globals';
import type { AcceptedCommit, LedgerEntry, LoggedRecord } from '../checks/history.ts';
import { Names } from '../checks/names.ts';
import type { Evidence, EvidenceSink } from './evidence.ts';
import { openEvidence, openRunDirectory, writeEvidence, type RunDirectory } from './run-directory.ts';

const FOREIGN = 'a\u2028b\u2029c\u0085d\re\ud800';
const TIME = '2026-11-22T16:00:10.349Z';
const EVIDENCE: Evidence = {
  partitions: 2,
  logRange: [{ partition: 0, logStart: 0, logEnd: 2, endBeforeRun: 0 }],
  ledgerRange: [{ partition: 0, logStart: 0, logEnd: 1, endBeforeRun: 0 }],
  committed: [{ partition: 0, committedOffset: 2 ** 63, readAt: 1 }],
  generations: [
    {
      generation: 1,
      at: 1,
      members: [{ member: FOREIGN, memberId: FOREIGN, partitions: [0], sessionTimeoutMs: 1000 }],
    },
  ],
  groupReading: 'whole',
  deadLetters: [{ partition: 0, offset: 3 }],
};
const LOG: readonly LoggedRecord[] = [
  { partition: 0, offset: 0, key: FOREIGN, storedAt: 1_764_452_000_000_000_000, valueCrc: 0xff_ff_ff_ff },
  { partition: 0, offset: 1, key: null, storedAt: 5, identity: { runId: 'r', producer: 'p', sequence: 10 ** 14 } },
  ...Array.from({ length: 2500 }, (_, index) => ({
    partition: 1,
    offset: index * 3,
    key: `key-${String(index % 7)}`,
    storedAt: 1_764_452_000_000 + index,
    valueCrc: index,
    identity: { runId: 'r', producer: index % 2 === 0 ? 'p' : 'q', sequence: index },
  })),
];
const RECEIPTS: readonly LedgerEntry[] = [0, 1].map((partition) => ({
  topic: 'app',
  partition,
  from: 0,
  to: 1,
  member: FOREIGN,
  startedAt: TIME,
  finishedAt: TIME,
  ledgerOffset: partition,
}));
const COMMITS: readonly AcceptedCommit[] = [{ partition: 0, offset: 2 ** 63, at: 1 }];

describe('what Kafka held of a run, in its directory', () => {
  let run: RunDirectory;

  function hand(sink: EvidenceSink): Promise<Evidence> {
    for (const receipt of RECEIPTS) sink.receipt(receipt);
    for (const record of LOG) sink.record(record);
    for (const commit of COMMITS) sink.commit(commit);
    return Promise.resolve(EVIDENCE);
  }
  /** All of it, read as it is judged. */
  async function readAll() {
    const saved = await openEvidence(run);
    if (saved === undefined) return undefined;
    // The records of a partition are gone when the next one is loaded.
    const contents = [0, 1].map((partition) => {
      const { logged, ...lists } = saved.load(partition, new Names());
      return { ...lists, logged: [...logged] };
    });
    return { saved, contents, receipts: [...saved.receipts()] };
  }

  beforeEach(async () => {
    run = openRunDirectory(mkdtempSync(path.join(tmpdir(), 'run-')));
    await writeEvidence(run, hand);
  });

  it('comes back as it was written, whatever other clients had put there', async () => {
    const read = await readAll();
    expect(read?.saved.facts).toEqual(EVIDENCE);
    expect(read?.saved).toMatchObject({ partitions: [0, 1], commits: 1 });
    expect(read?.receipts).toEqual(RECEIPTS);
    for (const [partition, { logged, receipts, commits }] of (read?.contents ?? []).entries()) {
      expect(logged).toEqual(LOG.filter((record) => record.partition === partition));
      expect(receipts).toEqual(RECEIPTS.filter((receipt) => receipt.partition === partition));
      expect(commits).toEqual(COMMITS.filter((commit) => commit.partition === partition));
    }
  });

  it('is compressed, in frames that are lines of JSON behind one another', () => {
    const log = readFileSync(run.file('log.jsonl.zst'));
    const { parts } = JSON.parse(readFileSync(run.file('evidence.json'), 'utf8')) as {
      parts: { log: { lines: number; entries: number; frames: number[] }[] };
    };
    expect(parts.log).toMatchObject([
      { partition: 0, lines: 1, entries: 2 },
      { partition: 1, lines: 3, entries: 2500 },
    ]);
    expect(log).toHaveLength(parts.log.flatMap(({ frames }) => frames).reduce((sum, length) => sum + length, 0));
    const [first = 0] = parts.log[0]?.frames ?? [];
    const lines = zstdDecompressSync(log.subarray(0, first)).toString('utf8');
    expect(JSON.parse(lines)).toMatchObject({ offsets: [0, 1], senders: [['r', 'p']] });
  });

  it('is not there before all of it is', async () => {
    rmSync(run.file('evidence.json'));
    expect(await openEvidence(run)).toBeUndefined();
  });

  it('is not there when reading it has failed', async () => {
    const other = openRunDirectory(mkdtempSync(path.join(tmpdir(), 'run-')));
    const failing = (sink: EvidenceSink): Promise<Evidence> => {
      for (const record of LOG) sink.record(record);
      return Promise.reject(new Error('the broker is gone'));
    };
    await expect(writeEvidence(other, failing)).rejects.toThrow('the broker is gone');
    expect(await openEvidence(other)).toBeUndefined();
  });

  it.each(['log.jsonl.zst', 'receipts.jsonl.zst', 'commits.jsonl.zst'])(
    'is refused in a sentence when %s is cut off, longer, damaged, or not there',
    async (name) => {
      const file = run.file(name);
      const whole = readFileSync(file);
      const refusal = expect.objectContaining({ code: 'data-mismatch' }) as unknown;
      truncateSync(file, statSync(file).size - 1);
      await expect(readAll()).rejects.toEqual(refusal);
      await expect(readAll()).rejects.toThrow(`${name} is cut off, or something was added to it`);
      writeFileSync(file, whole);
      appendFileSync(file, 'x');
      await expect(readAll()).rejects.toThrow(`${name} is cut off, or something was added to it`);
      writeFileSync(file, Buffer.alloc(whole.length));
      await expect(readAll()).rejects.toThrow(`${name} is damaged at byte 0`);
      await expect(readAll()).rejects.toEqual(refusal);
      rmSync(file);
      await expect(readAll()).rejects.toThrow(`${name} cannot be read`);
    },
  );

  it.each([
    {
      what: 'without a time',
      file: 'generations.jsonl',
      content: '{"generation":1,"members":[]}',
      why: /line 1 .*at: /,
    },
    { what: 'cut between two lines', file: 'generations.jsonl', content: '', why: /has 0 lines, and 1 were written/ },
    { what: 'no JSON', file: 'evidence.json', content: '{', why: /evidence\.json is damaged, or of another version/ },
    { what: 'half', file: 'evidence.json', content: '{"partitions":1}', why: /evidence\.json is damaged.*logRange: / },
  ])('is refused in a sentence when a file is $what', async ({ file, content, why }) => {
    writeFileSync(run.file(file), content);
    await expect(openEvidence(run)).rejects.toThrow(why);
    await expect(openEvidence(run)).rejects.toMatchObject({ code: 'data-mismatch' });
  });

  it('is refused when a line is of another shape', async () => {
    const made = openRunDirectory(mkdtempSync(path.join(tmpdir(), 'run-')));
    await writeEvidence(made, async (sink) => {
      sink.receipt({ partition: 0, from: 1 } as LedgerEntry);
      return hand(sink);
    });
    const saved = await openEvidence(made);
    expect(() => [...(saved?.receipts() ?? [])]).toThrow(/receipts\.jsonl\.zst is damaged: topic: /);
  });
});
