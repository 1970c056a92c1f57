import { digestValue, EMPTY_DIGEST, extendDigest, formatDigest } from '../../lib/contracts/receipt-digest.ts';
import type { CommitSample, LedgerEntry } from '../../verify/checks/history.ts';
import { JOURNAL_FILE, openJournal, type RunHeader } from '../../verify/history/journal.ts';
import type { Evidence } from '../../verify/history/evidence.ts';
import { makeRunDirectory, writeEvidence, type RunDirectory } from '../../verify/history/run-directory.ts';

/** What a made-up run is like. */
export interface LongRun {
  readonly records: number;
  readonly partitions: number;
  readonly keys: number;
  /** Records of a request of the driver. */
  readonly batch: number;
  /** Records of a receipt, after which the group commits. */
  readonly receiptRecords: number;
  readonly ratePerSecond: number;
}

const RUN_ID = 'long-run';
const TOPIC = 'app';
const START = Date.parse('2026-11-22T12:00:00Z');
const MEMBERS = 3;
const CRC = digestValue(Buffer.from('{"name":"made up"}'));

/** Writes the directory of a run that went well: everything was stored, processed in order, accounted for, committed. */
export async function writeLongRun(dir: string, run: LongRun): Promise<RunDirectory> {
  const directory = await makeRunDirectory(dir);
  writeJournal(directory, run);
  await writeEvidence(directory, (sink) => {
    for (let partition = 0; partition < run.partitions; partition += 1) {
      for (const receipt of listReceipts(run, partition)) sink.receipt(receipt);
    }
    for (let partition = 0; partition < run.partitions; partition += 1) {
      for (let offset = 0; offset < countIn(run, partition); offset += 1) {
        const sequence = offset * run.partitions + partition;
        const identity = { runId: RUN_ID, producer: 'driver', sequence };
        sink.record({
          partition,
          offset,
          key: nameKey(run, sequence),
          storedAt: timeOf(run, sequence) + 2,
          valueCrc: CRC,
          identity,
        });
      }
    }
    for (let partition = 0; partition < run.partitions; partition += 1) {
      for (const { to, finishedAt } of listReceipts(run, partition)) {
        sink.commit({ partition, offset: to + 1, at: Date.parse(finishedAt) + 2 });
      }
    }
    return Promise.resolve(buildEvidence(run));
  });
  return directory;
}

function timeOf({ ratePerSecond }: LongRun, sequence: number): number {
  return START + Math.floor((sequence * 1000) / ratePerSecond);
}

/** Keys lie on the partition of their number. */
function nameKey({ keys, partitions }: LongRun, sequence: number): string {
  const step = Math.floor(sequence / partitions) % Math.max(1, Math.floor(keys / partitions));
  return `key-${String(step * partitions + (sequence % partitions))}`;
}

function countIn({ records, partitions }: LongRun, partition: number): number {
  return Math.ceil((records - partition) / partitions);
}

function* listReceipts(run: LongRun, partition: number): Generator<LedgerEntry> {
  const count = countIn(run, partition);
  let ledgerOffset = 0;
  for (let from = 0; from < count; from += run.receiptRecords) {
    const to = Math.min(count, from + run.receiptRecords) - 1;
    const storedAt = timeOf(run, to * run.partitions + partition) + 2;
    let digest = EMPTY_DIGEST;
    for (let offset = from; offset <= to; offset += 1) digest = extendDigest(digest, offset, CRC);
    yield {
      topic: TOPIC,
      partition,
      from,
      to,
      member: `consumer-${String(partition % MEMBERS)}`,
      generation: 1,
      records: to - from + 1,
      digest: formatDigest(digest),
      startedAt: new Date(storedAt + 1).toISOString(),
      finishedAt: new Date(storedAt + 3).toISOString(),
      ledgerOffset: ledgerOffset++,
      appendedAt: storedAt + 4,
    };
  }
}

function writeJournal(directory: RunDirectory, run: LongRun): void {
  const journal = openJournal(directory.file(JOURNAL_FILE));
  const end = timeOf(run, run.records) + 1000;
  journal.write({ kind: 'run', ...buildHeader(run) });
  journal.write({ kind: 'step-begins', at: START, index: 0, step: 'hold', text: 'hold' });
  for (let sequence = 0; sequence < run.records; sequence += run.batch) {
    const sequences = Array.from(
      { length: Math.min(run.batch, run.records - sequence) },
      (_, index) => sequence + index,
    );
    const at = timeOf(run, sequence);
    const asked = { at, producer: 'driver' };
    journal.write({ kind: 'invoke', ...asked, sequence, keys: sequences.map((each) => nameKey(run, each)) });
    journal.write({
      kind: 'ok',
      ...asked,
      sequence,
      at: at + 5,
      partitions: sequences.map((each) => each % run.partitions),
      offsets: sequences.map((each) => Math.floor(each / run.partitions)),
    });
  }
  for (let at = START; at <= end; at += 1000) journal.write({ kind: 'commit-sample', sample: sampleCommits(run, at) });
  journal.write({ kind: 'step-ends', at: end, index: 0, outcome: 'done', detail: null });
  journal.write({
    kind: 'assignment',
    assignment: { generation: 1, at: START, replicas: MEMBERS, members: listMembers(run) },
  });
  journal.write({
    kind: 'replication',
    replication: { at: end, underReplicated: 0, brokers: 3, expectedBrokers: 3 },
  });
  journal.write({ kind: 'over', at: end, isComplete: true, reason: 'done' });
  journal.write({ kind: 'end', at: end, log: [], leftRecords: 0 });
  journal.close();
}

/** What had been accounted for and committed a moment before. */
function sampleCommits(run: LongRun, at: number): CommitSample {
  const stored = Math.min(run.records, Math.floor(((at - 50 - START) * run.ratePerSecond) / 1000));
  const partitions = [...Array(run.partitions).keys()].map((partition) => {
    const count = stored === run.records ? countIn(run, partition) : Math.floor(Math.max(0, stored) / run.partitions);
    const receipts = Math.floor(count / run.receiptRecords);
    return { partition, committedOffset: receipts * run.receiptRecords, ledgerEnd: receipts };
  });
  return { at, partitions };
}

function buildHeader(run: LongRun): RunHeader {
  return {
    format: 2,
    runId: RUN_ID,
    scenario: { name: 'long', description: 'made up', seed: 1 },
    limits: {},
    platform: 'local',
    clusterId: 'made-up',
    groupId: 'app',
    topic: TOPIC,
    receiptsTopic: 'app.receipts',
    partitions: run.partitions,
    startedAt: START,
    start: { log: [], ledger: [], deadLetters: [], group: 0 },
    settings: {},
    versions: {},
    machine: {},
  };
}

function buildEvidence(run: LongRun): Evidence {
  const partitions = [...Array(run.partitions).keys()];
  const members = listMembers(run).map((member) => ({ ...member, sessionTimeoutMs: 10_000 }));
  return {
    partitions: run.partitions,
    cleanupPolicy: 'delete',
    logRange: partitions.map((partition) => buildRange(partition, countIn(run, partition))),
    ledgerRange: partitions.map((partition) =>
      buildRange(partition, Math.ceil(countIn(run, partition) / run.receiptRecords)),
    ),
    committed: partitions.map((partition) => ({
      partition,
      committedOffset: countIn(run, partition),
      readAt: timeOf(run, run.records) + 1000,
    })),
    generations: [{ generation: 1, at: START - 1000, members }],
    groupReading: 'whole',
    deadLetters: [],
  };
}

function listMembers(run: LongRun) {
  const partitions = [...Array(run.partitions).keys()];
  return Array.from({ length: MEMBERS }, (_, member) => ({
    member: `consumer-${String(member)}`,
    memberId: `consumer-${String(member)}-id`,
    partitions: partitions.filter((partition) => partition % MEMBERS === member),
  }));
}

function buildRange(partition: number, logEnd: number) {
  return { partition, logStart: 0, logEnd, endBeforeRun: 0 };
}
