import type { SavedPercentiles } from '../../lib/contracts/saved-run.ts';
import { listFirstProcessings } from '../checks/first-processings.ts';
import type { RunMeasurement } from '../checks/measure-run.ts';
import type { PreparedRun } from '../checks/prepare-run.ts';
import { measurePercentiles } from '../checks/statistics.ts';
import type { JournalContent } from '../history/read-journal.ts';

/** How long everything took that a run has many of; what there is none of is left out. */
export function listPercentiles(
  { operations, answeredAt }: JournalContent,
  run: PreparedRun,
  { steps }: RunMeasurement,
): SavedPercentiles[] {
  const acknowledgements = operations.flatMap(({ outcome, sequence, invokedAt }) =>
    outcome.kind === 'ok' ? [(answeredAt.get(sequence) ?? invokedAt) - invokedAt] : [],
  );
  const rows: readonly (readonly [string, readonly number[]])[] = [
    ['time to balance', steps.flatMap(({ balanceMs }) => (balanceMs === undefined ? [] : [balanceMs]))],
    ['pause of a partition', steps.flatMap(({ pauses }) => pauses.map(({ pauseMs }) => pauseMs))],
    ['acknowledgement', acknowledgements],
    ['stored to processed', [...listDelays(run)]],
  ];
  return rows.flatMap(([name, values]) => {
    const percentiles = measurePercentiles(values);
    return percentiles === undefined ? [] : [{ name, unit: 'ms' as const, ...percentiles }];
  });
}

/** From a record's storing to the end of the run of offsets that it was first processed in, in milliseconds. */
function* listDelays({ partitions }: PreparedRun): Generator<number> {
  for (const { records, receipts } of partitions.values()) {
    for (const { finishedAt, indexes } of listFirstProcessings(records, receipts)) {
      const at = Date.parse(finishedAt);
      for (const index of indexes) {
        const storedAt = records[index]?.storedAt;
        if (storedAt !== undefined) yield Math.max(0, at - storedAt);
      }
    }
  }
}
