import type { Receipt } from '../../lib/contracts/receipt.ts';
import { digestValue, EMPTY_DIGEST, extendDigest, formatDigest } from '../../lib/contracts/receipt-digest.ts';
import type { LogRecord } from '../records/log-record.ts';

/** Records that were processed one after the other in one generation, nothing between them being left out. */
interface Run {
  readonly from: number;
  to: number;
  records: number;
  digest: number;
  readonly generation: number;
  readonly startedAtMs: number;
  finishedAtMs: number;
}

/** All that was open, taken out of the ledger to be accounted for. */
export interface TakenRuns {
  readonly records: number;
  readonly commitOffset: number;
  /** In their order; none when there was nothing to process: offsets that hold no record are passed without one. */
  readonly receipts: readonly Receipt[];
}

interface LedgerOptions {
  readonly topic: string;
  readonly partition: number;
  readonly member: string;
}

/** A record that was processed, and when. */
export interface ProcessedRecord extends Pick<LogRecord, 'offset' | 'value'> {
  /**
   * The offset from which on, up to this one, the log was seen to hold no other record: a run goes on only if it ended
   * there.
   */
  readonly follows: number;
  /** The generation in which its processing began. */
  readonly generation: number;
  readonly startedAtMs: number;
  readonly finishedAtMs: number;
}

/** What one member has processed of a partition and not accounted for. Pure bookkeeping. */
export interface Ledger {
  /** Notes a processed record. Offsets come in rising order. */
  add(record: ProcessedRecord): void;
  /** Notes where the partition goes on: nothing between what was processed and this offset is a record. */
  pass(next: number): void;
  /** Notes where the partition goes on, though there may have been records before that nobody has seen. */
  leap(next: number): void;
  /** Records that are processed and not accounted for, those being settled included. */
  readonly openRecords: number;
  /** Takes what is open, to be settled; undefined when nothing is. */
  take(): TakenRuns | undefined;
  /** What was taken is settled, or given up. */
  close(taken: TakenRuns): void;
}

/** An empty ledger: a member begins one with every partition that it gains. */
export function createLedger(options: LedgerOptions): Ledger {
  let open: { readonly runs: Run[]; last: Run | undefined; records: number; next: number } | undefined;
  let settling = 0;
  /** The offset that was taken last to be committed. */
  let takenUpTo: number | undefined;
  const openAt = (next: number) => (open ??= { runs: [], last: undefined, records: 0, next });
  return {
    add({ offset, value, follows, generation, startedAtMs, finishedAtMs }) {
      const found = openAt(follows);
      let run = found.next === follows && found.last?.generation === generation ? found.last : undefined;
      if (run === undefined) {
        run = { from: offset, to: offset, records: 0, digest: EMPTY_DIGEST, generation, startedAtMs, finishedAtMs };
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
    pass(next) {
      if (open !== undefined || takenUpTo !== next) openAt(next).next = next;
    },
    leap(next) {
      const found = openAt(next);
      found.next = next;
      found.last = undefined;
    },
    get openRecords() {
      return (open?.records ?? 0) + settling;
    },
    take() {
      if (open === undefined) return undefined;
      const { runs, records, next } = open;
      open = undefined;
      takenUpTo = next;
      settling += records;
      return { records, commitOffset: next, receipts: runs.map((run) => toReceipt(options, run)) };
    },
    close({ records }) {
      settling -= records;
    },
  };
}

function toReceipt({ topic, partition, member }: LedgerOptions, run: Run): Receipt {
  return {
    topic,
    partition,
    from: run.from,
    to: run.to,
    member,
    generation: run.generation,
    records: run.records,
    digest: formatDigest(run.digest),
    startedAt: new Date(run.startedAtMs).toISOString(),
    finishedAt: new Date(run.finishedAtMs).toISOString(),
  };
}
