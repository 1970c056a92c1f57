import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { beforeEach, describe, expect, it } from '@jest/globals';
import type { Evidence } from './lab-observer.ts';
import { openRunDirectory, readEvidence, writeEvidence, type RunDirectory } from './run-directory.ts';

const FOREIGN = 'a\u2028b\u2029c\u0085d\re\ud800';
const TIME = '2026-11-22T16:00:10.349Z';
const EVIDENCE: Evidence = {
  partitions: 1,
  log: [
    { partition: 0, offset: 0, key: FOREIGN, storedAt: 1_764_452_000_000_000_000 },
    { partition: 0, offset: 1, key: null, storedAt: 5, identity: { runId: 'r', producer: 'p', sequence: 0 } },
  ],
  logRange: [{ partition: 0, logStart: 0, logEnd: 2, endBeforeRun: 0 }],
  receipts: [
    { topic: 'app', partition: 0, from: 0, to: 1, member: FOREIGN, startedAt: TIME, finishedAt: TIME, ledgerOffset: 0 },
  ],
  ledgerRange: [{ partition: 0, logStart: 0, logEnd: 1, endBeforeRun: 0 }],
  committed: [{ partition: 0, committedOffset: 2 ** 63, readAt: 1 }],
  generations: [
    {
      generation: 1,
      at: 1,
      members: [{ member: FOREIGN, memberId: FOREIGN, partitions: [0], sessionTimeoutMs: 1000 }],
    },
  ],
  commits: [{ partition: 0, offset: 2 ** 63, at: 1 }],
  groupReading: 'whole',
  deadLetters: [{ partition: 0, offset: 3 }],
};

describe('what Kafka held of a run, in its directory', () => {
  let run: RunDirectory;
  beforeEach(async () => {
    run = openRunDirectory(mkdtempSync(path.join(tmpdir(), 'run-')));
    await writeEvidence(run, EVIDENCE);
  });

  it('comes back as it was written, whatever other clients had put there', async () => {
    expect(await readEvidence(run)).toEqual(EVIDENCE);
  });

  it('is not there before all of it is', async () => {
    rmSync(run.file('evidence.json'));
    expect(await readEvidence(run)).toBeUndefined();
  });

  it.each([
    { what: 'cut off', file: 'log.jsonl', content: '{"partition":0,"off', why: /log\.jsonl: line 1 is damaged/ },
    {
      what: 'of another shape',
      file: 'receipts.jsonl',
      content: '{"from":1}\n',
      why: /receipts\.jsonl: line 1 .*topic/,
    },
    { what: 'something else', file: 'commits.jsonl', content: '\u0000\u0001', why: /commits\.jsonl: line 1/ },
    {
      what: 'without a time',
      file: 'generations.jsonl',
      content: '{"generation":1,"members":[]}',
      why: /line 1 .*at: /,
    },
    { what: 'no JSON', file: 'evidence.json', content: '{', why: /evidence\.json is damaged, or of another version/ },
    { what: 'half', file: 'evidence.json', content: '{"partitions":1}', why: /evidence\.json is damaged.*logRange: / },
  ])('is refused in a sentence when a file is $what', async ({ file, content, why }) => {
    writeFileSync(run.file(file), content);
    await expect(readEvidence(run)).rejects.toThrow(why);
    await expect(readEvidence(run)).rejects.toMatchObject({ code: 'data-mismatch' });
  });

  it('is refused when a list is not there', async () => {
    rmSync(run.file('commits.jsonl'));
    await expect(readEvidence(run)).rejects.toThrow(/commits\.jsonl cannot be read/);
    expect(readFileSync(run.file('evidence.json'), 'utf8')).toContain('"groupReading"');
  });
});
