import type { SavedOwnership, SavedRun } from '../../lib/contracts/saved-run.ts';
import { downsampleSamples } from './downsample-samples.ts';

/** The document without what no reader can tell apart, so that hours of it are opened as minutes are. */
export function condenseRun(run: SavedRun): SavedRun {
  return { ...run, ownership: joinOwnership(run.ownership), samples: downsampleSamples(run.samples, run) };
}

/** One row for as long as a partition had one owner, over however many generations. */
function joinOwnership(ownership: readonly SavedOwnership[]): SavedOwnership[] {
  const joined: SavedOwnership[] = [];
  const last = new Map<number, SavedOwnership>();
  for (const owned of ownership) {
    const before = last.get(owned.partition);
    if (before?.owner === owned.owner && before.to === owned.from) before.to = owned.to;
    else {
      const row = { ...owned };
      last.set(owned.partition, row);
      joined.push(row);
    }
  }
  return joined;
}
