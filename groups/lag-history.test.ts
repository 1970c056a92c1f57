import { describe, expect, it } from '@jest/globals';
import { labHistorySchema, type GroupSnapshot } from '../lib/contracts/lab-snapshot.ts';
import { buildMember, buildView, second } from './testing/group-fixture.ts';
import { GroupModel } from './group-model.ts';
import { createLagHistory } from './lag-history.ts';

function buildSnapshot(partitions: number): GroupSnapshot {
  const model = new GroupModel({ groupId: 'app', topic: 'app', deployment: 'consumer', scaleDownOrder: 'newest' });
  const offsets = (partition: number) => [100 + partition, 100] as const;
  model.observeGroup(buildView([buildMember('consumer-1', [0])], { partitions, offsets }), second(0));
  return model.snapshot(second(0));
}

const GROUP = buildSnapshot(3);

describe('LagHistory', () => {
  it('takes a sample a second', () => {
    const history = createLagHistory();
    for (let at = 0; at < 10; at += 0.4) history.take(second(at), GROUP);
    expect(history.list().length).toBeGreaterThanOrEqual(8);
    expect(history.list().length).toBeLessThanOrEqual(10);
    expect(history.list()[0]).toMatchObject({ at: second(0), lag: 3, members: 1, partitionLags: [0, 1, 2] });
    expect(labHistorySchema.safeParse({ groupId: 'app', samples: history.list() }).success).toBe(true);
  });

  it('keeps three minutes, oldest first', () => {
    const history = createLagHistory();
    for (let at = 0; at < 1000; at += 1) history.take(second(at), GROUP);
    const times = history.list().map(({ at }) => at);
    expect(times[0]).toBe(second(999 - 180));
    expect(times).toEqual(times.toSorted((a, b) => a - b));
  });

  it('keeps less of many partitions', () => {
    const history = createLagHistory();
    const large = buildSnapshot(10_000);
    for (let at = 0; at < 100; at += 1) history.take(second(at), large);
    expect(history.list()).toHaveLength(20);
  });

  it('goes on when the clock is put back', () => {
    const history = createLagHistory();
    for (const at of [3600, 3601, 3600.9, 0, 1, 2]) history.take(second(at), GROUP);
    expect(history.list().map(({ at }) => at)).toEqual([second(0), second(1), second(2)]);
  });
});
