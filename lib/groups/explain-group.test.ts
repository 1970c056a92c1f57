import { describe, expect, it } from '@jest/globals';
import { explainGroup } from './explain-group.ts';

const partitions = (n: number) =>
  Array.from({ length: n }, (_, partition) => ({
    partition,
    owner: null,
    committedOffset: 0,
    logEndOffset: 0,
    lag: 0,
  }));
const members = (...owned: number[][]) =>
  owned.map((own, index) => ({
    memberId: `m${String(index)}`,
    clientId: `consumer-${String(index)}`,
    host: '',
    partitions: own,
  }));

describe('explainGroup', () => {
  it('explains an idle member by the number of partitions', () => {
    expect(explainGroup({ state: 'Stable', members: members([0], [1], []), partitions: partitions(2) })).toBe(
      '3 members, 2 partitions: consumer-2 is idle by design, because a partition has one owner in a group; add partitions, or scale to 2',
    );
  });

  it('says how the partitions are shared', () => {
    expect(explainGroup({ state: 'Stable', members: members([0, 1], [2]), partitions: partitions(3) })).toBe(
      '2 members, 3 partitions: balanced, 1 or 2 each',
    );
    expect(explainGroup({ state: 'Stable', members: members([0, 1, 2], []), partitions: partitions(3) })).toMatch(
      /uneven, from 0 to 3/,
    );
  });

  it('says when there is nothing to see yet', () => {
    expect(explainGroup({ state: 'Empty', members: [], partitions: partitions(3) })).toMatch(/nobody reads/);
    expect(explainGroup({ state: 'PreparingRebalance', members: members([]), partitions: [] })).toMatch(/rebalancing/);
  });

  it('says when partitions have no owner: they were added, and nobody has looked since', () => {
    expect(explainGroup({ state: 'Stable', members: members([0], [1], [2]), partitions: partitions(6) })).toBe(
      '3 members, 6 partitions: 3 of them have no owner yet',
    );
    expect(explainGroup({ state: 'Stable', members: members([0], []), partitions: partitions(2) })).toBe(
      '2 members, 2 partitions: 1 of them has no owner yet',
    );
  });

  it('counts one thing as one, and none as none', () => {
    expect(explainGroup({ state: 'Stable', members: members([0]), partitions: partitions(1) })).toBe(
      '1 member, 1 partition: balanced, 1 each',
    );
    expect(explainGroup({ state: 'Stable', members: members([]), partitions: [] })).toBe(
      '1 member, 0 partitions: there is nothing to share out',
    );
  });

  it('names a few of many idle members', () => {
    const owned = Array.from({ length: 200 }, (_, index) => (index < 3 ? [index] : []));
    expect(explainGroup({ state: 'Stable', members: members(...owned), partitions: partitions(3) })).toContain(
      ': consumer-3, consumer-4, consumer-5 and 194 others are idle by design',
    );
  });
});
