import { CLOCK_DIFFERENCE_MS } from './clock-difference.ts';
import { countLeading } from './count-leading.ts';
import type { Attribution, GroupTimeline } from './group-timeline.ts';
import type { LedgerEntry, RunFacts } from './history.ts';
import type { Tenure } from './tenures.ts';

/** When partitions were handed over, and when they may have been, for receipts that do not tell their generation. */
export interface Handovers {
  /** Whether no generation can have escaped the reader. */
  readonly areAllKnown: boolean;
  /** Whether it was written more than once: members have changed while its number stayed. */
  isWrittenAgain(generation: number): boolean;
  /** Whether a generation of the group began while one of two receipts' records were processed, or in between. */
  isBetween(earlier: LedgerEntry, later: LedgerEntry): boolean;
  /** Whether the work of one was done for certain by the owner that handed the partition over in order to that of the other. */
  isInOrder(earlier: LedgerEntry, later: LedgerEntry): boolean;
}

/** Knows only what the coordinator wrote down and the reader has seen. */
export function createHandovers({ generations, groupReading }: RunFacts, timeline: GroupTimeline): Handovers {
  const times = generations.map(({ at }) => at).sort((a, b) => a - b);
  const writings = Map.groupBy(generations, ({ generation }) => generation);
  return {
    isWrittenAgain: (generation) => (writings.get(generation)?.length ?? 0) > 1,
    areAllKnown: groupReading === 'whole',
    isBetween(earlier, later) {
      // A member that was paused may be the later in the ledger and the earlier by the clock.
      const startedAt = Math.min(Date.parse(earlier.startedAt), Date.parse(later.startedAt));
      const finishedAt = Math.max(Date.parse(earlier.finishedAt), Date.parse(later.finishedAt));
      const next =
        times[countLeading(times.length, (place) => (times[place] ?? Infinity) < startedAt - CLOCK_DIFFERENCE_MS)];
      return next !== undefined && next <= finishedAt + CLOCK_DIFFERENCE_MS;
    },
    isInOrder(earlier, later) {
      if (groupReading !== 'whole' || earlier.member === later.member) return false;
      const former = chooseCertain(timeline.attribute(earlier));
      const next = chooseCertain(timeline.attribute(later));
      return (
        former !== undefined &&
        next !== undefined &&
        timeline.findOrderlySuccessor(former, Date.parse(later.finishedAt)) === next
      );
    },
  };
}

function chooseCertain({ earliest, latest }: Attribution): Tenure | undefined {
  return earliest === latest ? latest : undefined;
}
