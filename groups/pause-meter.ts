import type { Receipt } from '../lib/contracts/receipt.ts';

/** How long a partition was silent when its generation changed. */
export interface PartitionPause {
  readonly generation: number;
  readonly partition: number;
  readonly pauseMs: number;
}

/** Measures pauses by the receipts: they say when each run of records was begun and finished, and in which generation. */
export interface PauseMeter {
  /**
   * Takes receipts in the order of the ledger.
   *
   * @param isBusy whether records have arrived ever since then, often enough for a silence not to be the producers'
   * @returns the pauses that end with them
   */
  take(receipts: readonly Receipt[], isBusy: (partition: number, since: number) => boolean): readonly PartitionPause[];
  /** Begins anew: the group was deleted and made again, and its generations are counted from the first once more. */
  forget(): void;
}

interface LastRun {
  readonly generation: number;
  readonly to: number;
  readonly finishedAt: number;
}

/** A meter for one group. The first receipt of a partition only tells where its silence may begin. */
export function createPauseMeter(): PauseMeter {
  const last = new Map<number, LastRun>();
  return {
    take(receipts, isBusy) {
      const pauses: PartitionPause[] = [];
      for (const receipt of receipts) {
        const { partition } = receipt;
        const before = last.get(partition);
        const run = readRun(receipt);
        // A late receipt of an old generation does not turn time back.
        if (run === undefined || (before !== undefined && run.generation < before.generation)) continue;
        if (before?.generation === run.generation) {
          last.set(partition, { ...run, finishedAt: Math.max(run.finishedAt, before.finishedAt) });
          continue;
        }
        // Between receipts that were not read, nobody knows when the silence was.
        if (before !== undefined && receipt.from <= before.to + 1 && isBusy(partition, before.finishedAt)) {
          const pauseMs = Math.max(0, Date.parse(receipt.startedAt) - before.finishedAt);
          if (Number.isFinite(pauseMs)) pauses.push({ generation: run.generation, partition, pauseMs });
        }
        last.set(partition, run);
      }
      return pauses;
    },
    forget: () => last.clear(),
  };
}

function readRun({ generation, to, finishedAt }: Receipt): LastRun | undefined {
  const finished = Date.parse(finishedAt);
  return generation === undefined || Number.isNaN(finished) ? undefined : { generation, to, finishedAt: finished };
}
