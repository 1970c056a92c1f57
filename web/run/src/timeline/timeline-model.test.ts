import { describe, expect, it } from '@jest/globals';
import { buildSavedRun } from '../../dev/build-saved-run.ts';
import { buildReplicaLooks } from './replica-looks.ts';
import { buildTimelineModel } from './timeline-model.ts';

const RUN = buildSavedRun({ verdict: 'unknown' });
const build = (run = RUN) => buildTimelineModel(run, buildReplicaLooks(run.replicas));

describe('buildTimelineModel', () => {
  it('has one bar for generations in which the owner stayed', () => {
    const [bars = []] = build().bars;
    expect(bars.map(({ owner }) => owner.name)).toEqual(['consumer-1']);
    expect([bars[0]?.from, bars[0]?.to]).toEqual([0, RUN.endedAt - RUN.startedAt]);
  });

  it('has a bar of its own after a time without an owner', () => {
    const [first, ...others] = RUN.ownership.filter(({ partition }) => partition === 0);
    const gap = others.map((owned, index) => (index === 0 ? { ...owned, from: owned.from + 500 } : owned));
    const [bars = []] = build({ ...RUN, ownership: first ? [first, ...gap] : [] }).bars;
    expect(bars).toHaveLength(2);
  });

  it('has no step that was not begun, and lets one that did not end last until the end', () => {
    const { steps, endMs } = build();
    expect(steps).toHaveLength(RUN.steps.length - 1);
    expect(steps.at(-1)?.to).toBe(endMs);
  });

  it('has a row for partitions that were added while it ran', () => {
    const [owned] = RUN.ownership;
    expect(build({ ...RUN, ownership: owned ? [{ ...owned, partition: 8 }] : [] }).bars).toHaveLength(9);
  });
});
