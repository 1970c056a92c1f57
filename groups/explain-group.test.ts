import { describe, expect, it } from '@jest/globals';
import { explainGroup } from './explain-group.ts';
import { buildMember } from './testing/group-fixture.ts';

const partitions = (n: number) =>
  Array.from({ length: n }, (_, partition) => ({
    partition,
    owner: null,
    committedOffset: 0,
    logEndOffset: 0,
    lag: 0,
  }));
const members = (...owned: number[][]) => owned.map((own, index) => buildMember(`consumer-${String(index)}`, own));

describe('explainGroup', () => {
  it('explains an idle member by the number of partitions', () => {
    expect(
      explainGroup({ topic: 'app', state: 'Stable', members: members([0], [1], []), partitions: partitions(2) }),
    ).toBe(
      '3 members, 2 partitions: consumer-2 is idle by design, because a partition has one owner in a group; add partitions, or scale to 2',
    );
  });

  it('says how the partitions are shared', () => {
    expect(
      explainGroup({ topic: 'app', state: 'Stable', members: members([0, 1], [2]), partitions: partitions(3) }),
    ).toBe('2 members, 3 partitions: balanced, 1 or 2 each');
    expect(
      explainGroup({ topic: 'app', state: 'Stable', members: members([0, 1, 2], []), partitions: partitions(3) }),
    ).toMatch(/uneven, from 0 to 3/);
  });

  it('says when there is nothing to see yet', () => {
    expect(explainGroup({ topic: 'app', state: 'Empty', members: [], partitions: partitions(3) })).toMatch(
      /nobody reads/,
    );
    expect(
      explainGroup({ topic: 'app', state: 'PreparingRebalance', members: members([]), partitions: partitions(3) }),
    ).toMatch(/rebalancing/);
  });

  it('says when partitions have no owner: they were added, and nobody has looked since', () => {
    expect(
      explainGroup({ topic: 'app', state: 'Stable', members: members([0], [1], [2]), partitions: partitions(6) }),
    ).toBe('3 members, 6 partitions: 3 of them have no owner yet');
    expect(explainGroup({ topic: 'app', state: 'Stable', members: members([0], []), partitions: partitions(2) })).toBe(
      '2 members, 2 partitions: 1 of them has no owner yet',
    );
  });

  it('counts one thing as one, and none as none', () => {
    expect(explainGroup({ topic: 'app', state: 'Stable', members: members([0]), partitions: partitions(1) })).toBe(
      '1 member, 1 partition: balanced, 1 each',
    );
  });

  it('names a few of many idle members', () => {
    const owned = Array.from({ length: 200 }, (_, index) => (index < 3 ? [index] : []));
    expect(
      explainGroup({ topic: 'app', state: 'Stable', members: members(...owned), partitions: partitions(3) }),
    ).toContain(': consumer-3, consumer-4, consumer-5 and 194 others are idle by design');
  });

  it.each([
    { title: 'without members', members: [], said: 'there is no topic app: the group has no member' },
    { title: 'with members', members: members([], []), said: 'there is no topic app: 2 members cannot read it' },
  ])('says that the topic is not there, $title', ({ members, said }) => {
    expect(explainGroup({ topic: 'app', state: 'Stable', members, partitions: [] })).toBe(said);
    expect(explainGroup({ topic: 'app', state: 'PreparingRebalance', members, partitions: [] })).toBe(said);
  });

  it('calls nothing balanced that was given out of a topic with more partitions', () => {
    const held = members([0, 1, 2], [3, 4, 5]).map((member) => ({ ...member, absentPartitions: 1 }));
    expect(explainGroup({ topic: 'app', state: 'Stable', members: held, partitions: partitions(6) })).toBe(
      '2 members, 6 partitions: 2 partitions more were given out, which app does not have; it was made anew with fewer, and the members have not looked since: scaling, or restarting one, shares it out anew',
    );
  });

  describe('with members that do not read the topic', () => {
    const other = buildMember('reporting', [], { reads: 'other-topics' });
    const garbled = buildMember('garbled', [], { reads: 'unreadable' });
    const explain = (...given: ReturnType<typeof buildMember>[]): string =>
      explainGroup({ topic: 'app', state: 'Stable', members: given, partitions: partitions(6) });

    it('counts only those that share the partitions, and says what the others read', () => {
      expect(explain(...members([0, 1, 2], [3, 4, 5]), other)).toBe(
        '2 members, 6 partitions: balanced, 3 each; reporting reads other topics, not app',
      );
      expect(explain(...members([0, 1, 2, 3, 4, 5]), garbled)).toBe(
        '1 member, 6 partitions: balanced, 6 each; what garbled subscribed to cannot be read',
      );
    });

    it('says so when nobody else is there', () => {
      expect(explain(other)).toBe('no member reads app: reporting reads other topics, not app');
      expect(explain(other, { ...other, clientId: 'billing' }, garbled)).toBe(
        'no member reads app: reporting, billing read other topics, not app; what garbled subscribed to cannot be read',
      );
    });

    it('names a few of many', () => {
      const many = Array.from({ length: 30 }, (_, index) => ({ ...garbled, clientId: `g${String(index)}` }));
      expect(explain(...members([0, 1, 2, 3, 4, 5]), ...many)).toMatch(/what g0, g1, g2 and 27 more subscribed to/);
    });
  });
});
