import type { Receipt } from '../contracts/receipt.ts';

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
   * @param isBusy whether records arrive often enough for a silence to be the rebalance's and not the producers'
   * @returns the pauses that end with them
   */
  take(receipts: readonly Receipt[], isBusy: (partition: number) => boolean): readonly PartitionPause[];
}

export function createPauseMeter(): PauseMeter {
  const last = new Map<number, { generation: number; finishedAt: number }>();
  return {
    take(receipts, isBusy) {
      const pauses: PartitionPause[] = [];
      for (const { partition, generation, startedAt, finishedAt } of receipts) {
        if (generation === undefined) continue;
        const before = last.get(partition);
        const finished = Date.parse(finishedAt);
        if (before !== undefined && generation > before.generation && isBusy(partition)) {
          pauses.push({ generation, partition, pauseMs: Math.max(0, Date.parse(startedAt) - before.finishedAt) });
        }
        // A late receipt of an old generation does not turn time back.
        if (before === undefined || generation >= before.generation)
          last.set(partition, { generation, finishedAt: finished });
      }
      return pauses;
    },
  };
}
