import { describe, expect, it } from '@jest/globals';
import type { SavedRun, SavedStep } from '../../../../lib/contracts/saved-run.ts';
import { readRecordedRun } from '../../../../test/run-page/recorded-runs.ts';
import { buildReplicaLooks } from './replica-looks.ts';
import { buildTimelineModel } from './timeline-model.ts';

const RUN = readRecordedRun('pass');
const build = (run = RUN) => buildTimelineModel(run, buildReplicaLooks(run.replicas));

/** Of a partition that had one owner, its generations, the second of which may begin later than the first one ended. */
function splitOwned(gapMs: number): SavedRun {
  const [owned] = RUN.ownership.filter(({ partition }) => partition === 0);
  if (owned === undefined) throw new Error('nobody owned partition 0');
  const to = owned.from + 16_000;
  return {
    ...RUN,
    ownership: [
      { ...owned, to },
      { ...owned, generation: 2, from: to + gapMs },
    ],
  };
}

describe('buildTimelineModel', () => {
  it('has one bar for generations in which the owner stayed', () => {
    const [bars = []] = build(splitOwned(0)).bars;
    expect(bars.map(({ owner }) => owner.name)).toEqual(['consumer-1']);
    expect([bars[0]?.from, bars[0]?.to]).toEqual([0, RUN.endedAt - RUN.startedAt]);
  });

  it('has a bar of its own after a time without an owner', () => {
    const [bars = []] = build(splitOwned(500)).bars;
    expect(bars).toHaveLength(2);
  });

  it('has no step that was not begun, and lets one that did not end last until the end', () => {
    const cut = RUN.steps.map((step): SavedStep => {
      if (step.index === RUN.steps.length - 2) return { ...step, endedAt: null, outcome: 'failed' };
      return step.index === RUN.steps.length - 1 ? { ...step, endedAt: null, outcome: 'pending' } : step;
    });
    const { steps, endMs } = build({ ...RUN, steps: cut });
    expect(steps).toHaveLength(RUN.steps.length - 1);
    expect(steps.at(-1)?.to).toBe(endMs);
  });

  it('has a row for partitions that were added while it ran', () => {
    const [owned] = RUN.ownership;
    expect(build({ ...RUN, ownership: owned ? [{ ...owned, partition: 8 }] : [] }).bars).toHaveLength(9);
  });
});
