import type { Receipt } from '../../contracts/receipt.ts';

/** Offsets of one partition that were processed and are not committed yet, as one run; without records, none was. */
interface Run {
  from: number;
  to: number;
  records: number;
  startedAtMs: number;
  finishedAtMs: number;
  /** The offset to commit: beyond the run, if what follows it holds no record. */
  next: number;
}

/** One partition's run, taken out of the ledger to be accounted for. */
export interface TakenRun {
  readonly partition: number;
  readonly records: number;
  readonly commitOffset: number;
  /** None when there was nothing to process: offsets that hold no record are passed without one. */
  readonly receipt: Receipt | undefined;
}

export interface LedgerOptions {
  readonly topic: string;
  readonly member: string;
  readonly generation: number;
}

/**
 * What one member has processed in one generation and not accounted for: at most one run a partition.
 * Pure bookkeeping; the `Membership` writes receipts and commits.
 */
export interface Ledger {
  readonly generation: number;
  /** Notes a processed record. Offsets of a partition come in rising order. */
  add(partition: number, offset: number, startedAtMs: number, finishedAtMs: number): void;
  /** Notes where a partition goes on: nothing between what was processed and this offset is a record. */
  pass(partition: number, next: number): void;
  /** Records of a partition that are processed and not accounted for, those being settled included. */
  countOpen(partition: number): number;
  /** Partitions with a run that can be taken. */
  readonly openPartitions: readonly number[];
  /** Takes a partition's run, to be settled. */
  takeRun(partition: number): TakenRun | undefined;
  /** Tells that a taken run is settled, or given up. */
  close(run: TakenRun): void;
}

export function createLedger({ topic, member, generation }: LedgerOptions): Ledger {
  const runs = new Map<number, Run>();
  const settling = new Map<number, number>();
  /** The offset of each partition that was taken last to be committed. */
  const takenUpTo = new Map<number, number>();
  const toTaken = (partition: number, run: Run): TakenRun => ({
    partition,
    records: run.records,
    commitOffset: run.next,
    receipt: run.records === 0 ? undefined : toReceipt(partition, run),
  });
  const toReceipt = (partition: number, run: Run): Receipt => ({
    topic,
    partition,
    from: run.from,
    to: run.to,
    member,
    generation,
    startedAt: new Date(run.startedAtMs).toISOString(),
    finishedAt: new Date(run.finishedAtMs).toISOString(),
  });
  return {
    generation,
    add(partition, offset, startedAtMs, finishedAtMs) {
      const run = runs.get(partition);
      if (run === undefined || run.records === 0) {
        runs.set(partition, { from: offset, to: offset, records: 1, startedAtMs, finishedAtMs, next: offset + 1 });
        return;
      }
      run.to = offset;
      run.next = offset + 1;
      run.records += 1;
      run.finishedAtMs = finishedAtMs;
    },
    pass(partition, next) {
      const run = runs.get(partition);
      if (run === undefined && takenUpTo.get(partition) === next) return;
      if (run === undefined)
        runs.set(partition, { from: next, to: next, records: 0, startedAtMs: 0, finishedAtMs: 0, next });
      else run.next = next;
    },
    countOpen: (partition) => (runs.get(partition)?.records ?? 0) + (settling.get(partition) ?? 0),
    get openPartitions() {
      return [...runs.keys()];
    },
    takeRun(partition) {
      const run = runs.get(partition);
      if (run === undefined) return undefined;
      runs.delete(partition);
      takenUpTo.set(partition, run.next);
      settling.set(partition, (settling.get(partition) ?? 0) + run.records);
      return toTaken(partition, run);
    },
    close({ partition, records }) {
      settling.set(partition, (settling.get(partition) ?? 0) - records);
    },
  };
}
