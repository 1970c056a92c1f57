import type {
  Generation,
  History,
  LedgerEntry,
  LoggedRecord,
  Operation,
  Outcome,
  PartitionRange,
  ReplicaEvent,
  StepRecord,
} from '../checks/history.ts';

/** A numbered record of a planned run: who sends it, where it goes, what the driver is told. */
export interface PlannedOperation {
  readonly producer: string;
  /** Its partition is this number modulo the partitions. */
  readonly keyNumber: number;
  readonly outcome: Outcome['kind'];
  /** Whether a record without a clear answer reached the log. */
  readonly isStored: boolean;
  /** Offsets that somebody else's records take before this one. */
  readonly othersBefore: number;
}

/** What a correct run is built from. */
export interface Plan {
  readonly partitions: number;
  readonly operations: readonly PlannedOperation[];
  /** Offsets per receipt. */
  readonly receiptLength: number;
  /** Every how many receipts the last one is written again; 0 for never. */
  readonly redeliverEvery: number;
}

/** The run that is judged. */
export const RUN_ID = 'run-1';
/** The topic it writes to. */
const TOPIC = 'app';
/** The first offset of the run in every partition, of its log and of its ledger. */
export const FIRST_OFFSET = 10;
/** When everything in the history happens, unless it is told otherwise. */
export const NOW = Date.parse('2026-11-22T12:00:00Z');
/** The session timeout of every member. */
export const SESSION_MS = 10_000;

/** Acknowledged records in turn over the keys, by one producer. */
export function planOperations(count: number, changes: Partial<PlannedOperation> = {}): PlannedOperation[] {
  return Array.from({ length: count }, (_, index) => ({
    producer: 'producer-a',
    keyNumber: index % 4,
    outcome: 'ok',
    isStored: true,
    othersBefore: 0,
    ...changes,
  }));
}

/** A correct history: 24 acknowledged records on 2 partitions, 3 per receipt, unless planned otherwise. */
export function buildHistory(changes: Partial<Plan> = {}): History {
  const plan: Plan = {
    partitions: 2,
    operations: planOperations(24),
    receiptLength: 3,
    redeliverEvery: 0,
    ...changes,
  };
  const partitions = [...Array(plan.partitions).keys()];
  const { operations, log, ends } = store(plan);
  const receipts = partitions.flatMap((partition) => writeReceipts(plan, partition, ends[partition] ?? FIRST_OFFSET));
  const lastGeneration = receipts.reduce((last, { generation = 0 }) => Math.max(last, generation), 0);
  return {
    runId: RUN_ID,
    topic: TOPIC,
    partitions: plan.partitions,
    cleanupPolicy: 'delete',
    operations,
    log,
    logRange: partitions.map((partition) => buildRange(partition, ends[partition] ?? FIRST_OFFSET)),
    receipts,
    ledgerRange: partitions.map((partition) =>
      buildRange(partition, FIRST_OFFSET + receipts.filter((receipt) => receipt.partition === partition).length),
    ),
    committed: partitions.map((partition) => ({
      partition,
      committedOffset: ends[partition] ?? null,
      readAt: NOW,
    })),
    assignments: [1, plan.partitions, plan.partitions + 1].map((replicas, index) => ({
      generation: index + 1,
      at: NOW,
      replicas,
      members: Array.from({ length: replicas }, (_, member) => ({
        member: `consumer-${String(member)}`,
        memberId: `consumer-${String(member)}-id`,
        partitions: partitions.filter((partition) => partition % replicas === member),
      })),
    })),
    generations: planGenerations(plan.partitions, Math.max(3, lastGeneration)),
    commits: partitions.flatMap((partition) => {
      const offset = ends[partition];
      return offset === undefined ? [] : [{ partition, offset, at: NOW }];
    }),
    groupReading: 'whole',
    commitSamples: undefined,
    leftRecords: 0,
    steps: [
      buildStep({ index: 0, kind: 'scale', text: 'scale consumer to 3' }),
      buildStep({ index: 1, kind: 'wait-balanced', text: 'wait until the group is balanced', balanceMs: 2500 }),
    ],
    faults: [],
    replicaEvents: [],
    replication: { at: NOW, underReplicated: 0, brokers: 3, expectedBrokers: 3 },
    poisons: [],
    deadLetters: [],
    limits: {},
  };
}

function buildRange(partition: number, logEnd: number): PartitionRange {
  return { partition, logStart: FIRST_OFFSET, logEnd, endBeforeRun: FIRST_OFFSET };
}

function store(plan: Plan): { operations: Operation[]; log: LoggedRecord[]; ends: number[] } {
  const ends = Array<number>(plan.partitions).fill(FIRST_OFFSET);
  const sequences = new Map<string, number>();
  const log: LoggedRecord[] = [];
  const operations = plan.operations.map(({ producer, keyNumber, outcome, isStored, othersBefore }): Operation => {
    const sequence = sequences.get(producer) ?? 0;
    sequences.set(producer, sequence + 1);
    const key = `key-${String(keyNumber)}`;
    const partition = keyNumber % plan.partitions;
    for (let other = 0; other < othersBefore; other += 1) {
      const identity = { runId: 'another-run', producer, sequence };
      log.push({ partition, offset: takeOffset(ends, partition), key, ...(other % 2 === 0 ? { identity } : {}) });
    }
    const operation = { producer, sequence, key, invokedAt: NOW };
    if (outcome === 'fail') return { ...operation, outcome: { kind: 'fail', code: 'broker-unavailable' } };
    if (outcome !== 'ok' && !isStored) return { ...operation, outcome: buildUnanswered(outcome) };
    const offset = takeOffset(ends, partition);
    log.push({ partition, offset, key, identity: { runId: RUN_ID, producer, sequence } });
    return {
      ...operation,
      outcome: outcome === 'ok' ? { kind: 'ok', partition, offset } : buildUnanswered(outcome),
    };
  });
  return { operations, log, ends };
}

function takeOffset(ends: number[], partition: number): number {
  const offset = ends[partition] ?? FIRST_OFFSET;
  ends[partition] = offset + 1;
  return offset;
}

function buildUnanswered(kind: 'unknown' | 'pending'): Outcome {
  return kind === 'unknown' ? { kind, code: 'outcome-unknown' } : { kind };
}

/**
 * One member has everything at first; later each partition has a member of its own, and the last is idle. Everybody lost
 * its membership in between: nothing is handed over in order.
 */
function planGenerations(partitions: number, count: number): Generation[] {
  return Array.from({ length: count }, (_, index) => {
    const replicas = [1, partitions][index] ?? partitions + 1;
    const shares = [...Array(replicas).keys()].map((member) =>
      [...Array(partitions).keys()].filter((partition) => partition % replicas === member),
    );
    const { members, ...generation } = buildGeneration(index + 1, shares);
    const rejoined = members.map((member) => ({ ...member, memberId: `${member.memberId}-${String(index)}` }));
    return { ...generation, members: rejoined };
  });
}

/** A generation of `consumer-0`, `consumer-1` and so on, each with its share of the partitions. */
export function buildGeneration(
  generation: number,
  shares: readonly (readonly number[])[],
  changes: Partial<Generation> = {},
): Generation {
  const members = shares.map((partitions, index) => {
    const member = `consumer-${String(index)}`;
    return { member, memberId: `${member}-id`, sessionTimeoutMs: SESSION_MS, partitions };
  });
  return { generation, at: NOW, members, ...changes };
}

/** Each redelivery follows a handover of the partition. */
function writeReceipts(plan: Plan, partition: number, end: number): LedgerEntry[] {
  const receipts: LedgerEntry[] = [];
  let generation = 1;
  const write = (from: number, to: number): void => {
    const member = `consumer-${String(generation === 1 ? 0 : partition)}`;
    const place = { partition, from, to, ledgerOffset: FIRST_OFFSET + receipts.length };
    receipts.push(buildReceipt(place, { generation, member }));
  };
  for (let from = FIRST_OFFSET, number = 1; from < end; from += plan.receiptLength, number += 1) {
    const to = Math.min(end, from + plan.receiptLength) - 1;
    write(from, to);
    if (plan.redeliverEvery > 0 && number % plan.redeliverEvery === 0) {
      generation += 1;
      write(from, to);
    }
  }
  return receipts;
}

/** A receipt of the run's topic; what is not given is of no interest to any check. */
export function buildReceipt(
  place: Pick<LedgerEntry, 'partition' | 'from' | 'to' | 'ledgerOffset'>,
  changes: Partial<LedgerEntry> = {},
): LedgerEntry {
  const time = new Date(NOW).toISOString();
  // Each offset has its record.
  const records = place.to - place.from + 1;
  return {
    topic: TOPIC,
    member: 'consumer-0',
    generation: 1,
    records,
    startedAt: time,
    finishedAt: time,
    ...place,
    ...changes,
  };
}

/** A receipt as it was written before receipts said how many records they are of. */
export function withoutCount(receipt: LedgerEntry): LedgerEntry {
  const older = { ...receipt };
  delete older.records;
  return older;
}

/** A step that was done; what is not given is of no interest to any check. */
export function buildStep(place: Pick<StepRecord, 'index' | 'kind' | 'text'> & Partial<StepRecord>): StepRecord {
  return { startedAt: NOW, endedAt: NOW, outcome: 'done', detail: null, ...place };
}

/** The receipts as if one offset had been skipped: those over it are split or gone, in the same order. */
export function skipOffset(receipts: readonly LedgerEntry[], partition: number, offset: number): LedgerEntry[] {
  return receipts
    .flatMap((receipt) => {
      const isOver = receipt.partition === partition && receipt.from <= offset && offset <= receipt.to;
      if (!isOver) return [receipt];
      const parts = [
        { ...receipt, to: offset - 1 },
        { ...receipt, from: offset + 1 },
      ];
      return parts.filter(({ from, to }) => from <= to).map((part) => ({ ...part, records: part.to - part.from + 1 }));
    })
    .map((receipt, index) => ({ ...receipt, ledgerOffset: FIRST_OFFSET + index }));
}

/** The history after retention has cut the log off below an offset. */
export function cutLog(history: History, partition: number, logStart: number): History {
  return {
    ...history,
    log: history.log.filter((record) => record.partition !== partition || record.offset >= logStart),
    logRange: history.logRange.map((range) => (range.partition === partition ? { ...range, logStart } : range)),
  };
}

/** The history after retention has cut the ledger off below one of its offsets. */
export function cutLedger(history: History, partition: number, logStart: number): History {
  return {
    ...history,
    receipts: history.receipts.filter((receipt) => receipt.partition !== partition || receipt.ledgerOffset >= logStart),
    ledgerRange: history.ledgerRange.map((range) => (range.partition === partition ? { ...range, logStart } : range)),
  };
}

/** The history of a driver that died: the last answers, and what came after them, are missing. */
export function forgetAnswers(history: History, count: number): History {
  const lastKnown = history.operations.length - count;
  return {
    ...history,
    operations: history.operations.map((operation, index) =>
      index < lastKnown ? operation : { ...operation, outcome: { kind: 'pending' } },
    ),
  };
}

/** Something that the platform saw of a consumer, so many milliseconds after `NOW`. */
export function buildEvent(
  afterMs: number,
  replica: string,
  phase: string,
  changes: Partial<ReplicaEvent> = {},
): ReplicaEvent {
  return { at: NOW + afterMs, replica, workload: 'consumer', phase, restarts: 0, ...changes };
}
