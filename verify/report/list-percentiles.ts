import type { SavedPercentiles } from '../../lib/contracts/saved-run.ts';
import type { RunMeasurement } from '../checks/measure-run.ts';
import { Tally } from '../checks/statistics.ts';
import type { JournalContent } from '../history/read-journal.ts';
import type { RunPicture } from './run-picture.ts';

/** How long everything took that a run has many of; what there is none of is left out. */
export function listPercentiles(
  { acknowledgements }: JournalContent,
  { delays }: RunPicture,
  { steps }: RunMeasurement,
): SavedPercentiles[] {
  const rows: readonly (readonly [string, Tally])[] = [
    ['time to balance', Tally.of(steps.flatMap(({ balanceMs }) => (balanceMs === undefined ? [] : [balanceMs])))],
    ['pause of a partition', Tally.of(steps.flatMap(({ pauses }) => pauses.map(({ pauseMs }) => pauseMs)))],
    ['acknowledgement', acknowledgements],
    ['stored to processed', delays],
  ];
  return rows.flatMap(([name, tally]) => {
    const percentiles = tally.measurePercentiles();
    return percentiles === undefined ? [] : [{ name, unit: 'ms' as const, ...percentiles }];
  });
}
