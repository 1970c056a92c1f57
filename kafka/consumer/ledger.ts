import type { Receipt } from '../../lib/contracts/receipt.ts';
import { digestValue, EMPTY_DIGEST, extendDigest, formatDigest } from '../../lib/contracts/receipt-digest.ts';
import type { LogRecord } from '../records/log-record.ts';

/** Records of one partition that were processed one after the other, nothing between them being left out. */
interface Run {
  readonly from: number;
  to: number;
  records: number;
  digest: number;
  readonly startedAtMs: number;
  finishedAtMs: number;
}

/** What is open of one partition. It is one run, unless records were left out between two. */
interface Open {
  readonly runs: Run[];
  /** The run that the next record may belong to. */
  last: Run | undefined;
  records: number;
  /** The offset to commit: beyond the last run, if what follows it holds no record. */
  next: number;
}

/** All that was open of one partition, taken out of the ledger to be accounted for. */
export interface TakenRuns {
  readonly partition: number;
  readonly records: number;
  readonly commitOffset: number;
  /** In their order; none when there was nothing to process: offsets that hold no record are passed without one. */
  readonly receipts: readonly Receipt[];
}

interface LedgerOptions {
  readonly topic: string;
  readonly member: string;
  readonly generation: number;
}

/** What a ledger must know of a record. */
export type LedgerRecord = Pick<LogRecord, 'partition' | 'offset' | 'value'>;

/**
 * What one member has processed in one generation and not accounted for. Pure bookkeeping; the `Membership` writes
 * receipts and commits.
 */
export interface Ledger {
  readonly generation: number;
  /**
   * Notes a processed record. Offsets of a partition come in rising order.
   *
   * @param follows the offset from which on, up to this one, the log was seen to hold no other record: a run goes on
   * only if it ended there
   */
  add(record: LedgerRecord, follows: number, startedAtMs: number, finishedAtMs: number): void;
  /** Notes where a partition goes on: nothing between what was processed and this offset is a record. */
  pass(partition: number, next: number): void;
  /** Notes where a partition goes on, though there may have been records before that nobody has seen. */
  leap(partition: number, next: number): void;
  /** Records of a partition that are processed and not accounted for, those being settled included. */
  countOpen(partition: number): number;
  /** Partitions of which something can be taken. */
  readonly openPartitions: readonly number[];
  /** Takes what is open of a partition, to be settled. */
  takeRuns(partition: number): TakenRuns | undefined;
  /** Tells that what was taken is settled, or given up. */
  close(taken: TakenRuns): void;
}

/** An empty ledger: a member begins one with every generation. */
export function createLedger({ topic, member, generation }: LedgerOptions): Ledger {
  const open = new Map<number, Open>();
  const settling = new Map<number, number>();
  /** The offset of each partition that was taken last to be committed. */
  const takenUpTo = new Map<number, number>();
  const openAt = (partition: number, next: number): Open => {
    const found = open.get(partition);
    if (found !== undefined) return found;
    const opened: Open = { runs: [], last: undefined, records: 0, next };
    open.set(partition, opened);
    return opened;
  };
  const toReceipt = (partition: number, run: Run): Receipt => ({
    topic,
    partition,
    from: run.from,
    to: run.to,
    member,
    generation,
    records: run.records,
    digest: formatDigest(run.digest),
    startedAt: new Date(run.startedAtMs).toISOString(),
    finishedAt: new Date(run.finishedAtMs).toISOString(),
  });
  return {
    generation,
    add({ partition, offset, value }, follows, startedAtMs, finishedAtMs) {
      const found = openAt(partition, follows);
      let run = found.next === follows ? found.last : undefined;
      if (run === undefined) {
        run = { from: offset, to: offset, records: 0, digest: EMPTY_DIGEST, startedAtMs, finishedAtMs };
        found.runs.push(run);
        found.last = run;
      }
      run.to = offset;
      run.records += 1;
      run.digest = extendDigest(run.digest, offset, digestValue(value));
      run.finishedAtMs = finishedAtMs;
      found.records += 1;
      found.next = offset + 1;
    },
    pass(partition, next) {
      if (!open.has(partition) && takenUpTo.get(partition) === next) return;
      openAt(partition, next).next = next;
    },
    leap(partition, next) {
      const found = openAt(partition, next);
      found.next = next;
      found.last = undefined;
    },
    countOpen: (partition) => (open.get(partition)?.records ?? 0) + (settling.get(partition) ?? 0),
    get openPartitions() {
      return [...open.keys()];
    },
    takeRuns(partition) {
      const found = open.get(partition);
      if (found === undefined) return undefined;
      open.delete(partition);
      takenUpTo.set(partition, found.next);
      settling.set(partition, (settling.get(partition) ?? 0) + found.records);
      const receipts = found.runs.map((run) => toReceipt(partition, run));
      return { partition, records: found.records, commitOffset: found.next, receipts };
    },
    close({ partition, records }) {
      settling.set(partition, (settling.get(partition) ?? 0) - records);
    },
  };
}
