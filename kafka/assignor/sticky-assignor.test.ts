import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';

import { countSteps } from '../testing/count-steps.ts';
import { assignSticky } from './sticky-assignor.ts';
import type { StickyAssignment, StickyMember } from './sticky-assignor.ts';

type Topics = Record<string, number>;

const SIX_PARTITIONS: Topics = { app: 6 };

function listTopics(topics: Topics): Map<string, number[]> {
  return new Map(Object.entries(topics).map(([topic, count]) => [topic, [...Array(count).keys()]]));
}

function toRecord(assignment: StickyAssignment): Record<string, Record<string, number[]>> {
  return Object.fromEntries(assignment);
}

/** Topic-partition → member; fails when two members hold one. */
function listOwners(assignment: StickyAssignment): Map<string, string> {
  const owners = new Map<string, string>();
  for (const [memberId, owned] of assignment) {
    for (const [topic, partitions] of Object.entries(owned)) {
      for (const partition of partitions) {
        const key = `${topic}/${partition}`;
        if (owners.has(key)) throw new Error(`${key} is owned by ${owners.get(key) ?? ''} and by ${memberId}`);
        owners.set(key, memberId);
      }
    }
  }
  return owners;
}

function countPartitions(owned: Readonly<Record<string, number[]>>): number {
  return Object.values(owned).flat().length;
}

/** The members of the next generation, each claiming what it has in the assignment. */
function rejoin(memberIds: readonly string[], assignment: StickyAssignment, generation = 1): StickyMember[] {
  return memberIds.map((memberId) => ({
    memberId,
    topics: ['app'],
    owned: assignment.get(memberId) ?? {},
    generation,
  }));
}

function countMoves(before: StickyAssignment, after: StickyAssignment): number {
  const owners = listOwners(before);
  return [...listOwners(after)].filter(([key, owner]) => owners.get(key) !== owner).length;
}

/** Who may rightly say to own a partition: read from the documentation, not from the code. */
function listRightfulOwners(members: readonly StickyMember[], topics: Topics): Map<string, string> {
  const owners = new Map<string, string>();
  for (const [topic, count] of Object.entries(topics)) {
    for (let partition = 0; partition < count; partition += 1) {
      const [owner] = members
        .filter((member) => member.topics.includes(topic) && member.owned?.[topic]?.includes(partition))
        .sort((a, b) => (b.generation ?? -1) - (a.generation ?? -1) || (a.memberId < b.memberId ? -1 : 1));
      if (owner) owners.set(`${topic}/${partition}`, owner.memberId);
    }
  }
  return owners;
}

function countTakenAway(rightful: ReadonlyMap<string, string>, assignment: StickyAssignment): number {
  const owners = listOwners(assignment);
  return [...rightful].filter(([key, owner]) => owners.get(key) !== owner).length;
}

/** All ways to choose `size` of `items`. */
function choose<T>(items: readonly T[], size: number): T[][] {
  if (size === 0) return [[]];
  return items.flatMap((item, index) => choose(items.slice(index + 1), size - 1).map((rest) => [item, ...rest]));
}

/**
 * A balanced assignment gives some r members one partition more than the others; whoever they are, a member keeps at
 * most its share. So no balanced assignment takes away fewer than the best choice of these r members leaves over.
 */
function lowerBoundOfMoves(members: readonly StickyMember[], topics: Topics, rightful: Map<string, string>): number {
  const total = Object.values(topics).reduce((sum, count) => sum + count, 0);
  const share = Math.floor(total / members.length);
  const counts = members.map(({ memberId }) => [...rightful.values()].filter((owner) => owner === memberId).length);
  const kept = choose([...counts.keys()], total % members.length).map((favoured) =>
    counts.reduce((sum, count, index) => sum + Math.min(count, favoured.includes(index) ? share + 1 : share), 0),
  );
  return rightful.size - Math.max(...kept);
}

/** Tries every balanced assignment there is. */
function fewestMovesByExhaustion(memberIds: readonly string[], topics: Topics, rightful: Map<string, string>): number {
  const keys = Object.entries(topics).flatMap(([topic, count]) => [...Array(count).keys()].map((p) => `${topic}/${p}`));
  let fewest = Infinity;
  const visit = (index: number, counts: readonly number[], moves: number): void => {
    const key = keys[index];
    if (key === undefined) {
      if (Math.max(...counts) - Math.min(...counts) <= 1) fewest = Math.min(fewest, moves);
      return;
    }
    for (const [member, memberId] of memberIds.entries()) {
      const isTaken = rightful.has(key) && rightful.get(key) !== memberId;
      const next = counts.map((count, other) => (other === member ? count + 1 : count));
      visit(index + 1, next, moves + Number(isTaken));
    }
  };
  visit(0, new Array<number>(memberIds.length).fill(0), 0);
  return fewest;
}

const topicName = fc.constantFrom('app', 'orders', 'payments');
const memberIds = (maxLength: number): fc.Arbitrary<string[]> =>
  fc.uniqueArray(fc.stringMatching(/^[a-z]{1,3}$/), { minLength: 1, maxLength });
const topicsUpTo = (maxPartitions: number): fc.Arbitrary<Topics> =>
  fc.dictionary(topicName, fc.integer({ min: 0, max: maxPartitions }), {
    minKeys: 1,
    maxKeys: 3,
    noNullPrototype: true,
  });
/** Claims with conflicts, duplicates, and partitions and topics that do not exist. */
const claims = fc.record({
  owned: fc.dictionary(
    fc.oneof(topicName, fc.constantFrom('gone', 'constructor')),
    fc.array(fc.integer({ min: -1, max: 12 }), { maxLength: 14 }),
    { noNullPrototype: true },
  ),
  generation: fc.integer({ min: -1, max: 4 }),
});

interface Group {
  readonly members: StickyMember[];
  readonly topics: Topics;
}

function sameSubscription(maxMembers: number, maxPartitions: number): fc.Arbitrary<Group> {
  return fc.tuple(memberIds(maxMembers), topicsUpTo(maxPartitions)).chain(([ids, topics]) =>
    fc.array(claims, { minLength: ids.length, maxLength: ids.length }).map((claimed) => ({
      topics,
      members: ids.map((memberId, index) => ({ memberId, topics: Object.keys(topics), ...claimed[index] })),
    })),
  );
}

const anySubscription: fc.Arbitrary<Group> = sameSubscription(7, 10).chain(({ members, topics }) =>
  fc
    .array(fc.subarray(['app', 'orders', 'payments', 'unknown']), {
      minLength: members.length,
      maxLength: members.length,
    })
    .map((subscriptions) => ({
      topics,
      members: members.map((member, index) => ({ ...member, topics: subscriptions[index] ?? [] })),
    })),
);

describe('assignSticky, for any group', () => {
  it('gives every partition of a subscribed topic to exactly one member that subscribed to it', () => {
    fc.assert(
      fc.property(anySubscription, ({ members, topics }) => {
        const owners = listOwners(assignSticky(members, listTopics(topics)));
        const expected = Object.entries(topics)
          .filter(([topic]) => members.some((member) => member.topics.includes(topic)))
          .flatMap(([topic, count]) => [...Array(count).keys()].map((partition) => `${topic}/${partition}`));
        expect([...owners.keys()].sort()).toEqual(expected.sort());
        for (const [key, owner] of owners) {
          const topic = key.slice(0, key.indexOf('/'));
          expect(members.find(({ memberId }) => memberId === owner)?.topics).toContain(topic);
        }
      }),
    );
  });

  it('lists every member, and partitions in ascending order', () => {
    fc.assert(
      fc.property(anySubscription, ({ members, topics }) => {
        const assignment = assignSticky(members, listTopics(topics));
        expect([...assignment.keys()].sort()).toEqual(members.map(({ memberId }) => memberId).sort());
        for (const partitions of [...assignment.values()].flatMap((owned) => Object.values(owned))) {
          expect(partitions).not.toEqual([]);
          expect(partitions).toEqual([...partitions].sort((a, b) => a - b));
        }
      }),
    );
  });

  it('leaves no partition that could go to a member with two fewer', () => {
    fc.assert(
      fc.property(anySubscription, ({ members, topics }) => {
        const assignment = assignSticky(members, listTopics(topics));
        for (const [memberId, owned] of assignment) {
          for (const other of members.filter((member) => member.memberId !== memberId)) {
            if (!Object.keys(owned).some((topic) => other.topics.includes(topic))) continue;
            const fewest = countPartitions(assignment.get(other.memberId) ?? {});
            expect(countPartitions(owned) - fewest).toBeLessThanOrEqual(1);
          }
        }
      }),
    );
  });

  it('does not depend on the order of members, topics, partitions and claims', () => {
    const shuffled = anySubscription.chain(({ members, topics }) =>
      fc
        .tuple(
          fc.shuffledSubarray(members, { minLength: members.length }),
          fc.shuffledSubarray(Object.keys(topics), { minLength: Object.keys(topics).length }),
        )
        .map(([otherMembers, otherTopics]) => ({ members, topics, otherMembers, otherTopics })),
    );
    fc.assert(
      fc.property(shuffled, ({ members, topics, otherMembers, otherTopics }) => {
        const partitions = listTopics(topics);
        const reversed = otherTopics.map((topic) => [topic, (partitions.get(topic) ?? []).toReversed()] as const);
        const rearranged = otherMembers.map((member) => ({
          ...member,
          topics: member.topics.toReversed(),
          owned: Object.fromEntries(
            Object.entries(member.owned ?? {})
              .toReversed()
              .map(([topic, claimed]) => [topic, claimed.toReversed()]),
          ),
        }));
        const assignment = assignSticky(rearranged, new Map(reversed));
        expect(JSON.stringify([...assignment])).toBe(JSON.stringify([...assignSticky(members, partitions)]));
      }),
    );
  });

  it('moves nothing when applied to its own result', () => {
    fc.assert(
      fc.property(anySubscription, ({ members, topics }) => {
        const first = assignSticky(members, listTopics(topics));
        const claiming = members.map((member) => ({
          ...member,
          owned: first.get(member.memberId) ?? {},
          generation: 9,
        }));
        expect(toRecord(assignSticky(claiming, listTopics(topics)))).toEqual(toRecord(first));
      }),
    );
  });

  it('leaves what it is given as it was', () => {
    fc.assert(
      fc.property(anySubscription, ({ members, topics }) => {
        const before = structuredClone(members);
        assignSticky(members, listTopics(topics));
        expect(members).toEqual(before);
      }),
    );
  });
});

describe('assignSticky, when all members subscribe to the same topics', () => {
  it('balances the totals within one', () => {
    fc.assert(
      fc.property(sameSubscription(9, 12), ({ members, topics }) => {
        const totals = [...assignSticky(members, listTopics(topics)).values()].map(countPartitions);
        expect(Math.max(...totals) - Math.min(...totals)).toBeLessThanOrEqual(1);
      }),
    );
  });

  it('takes away as few partitions as any balanced assignment must', () => {
    fc.assert(
      fc.property(sameSubscription(7, 12), ({ members, topics }) => {
        const rightful = listRightfulOwners(members, topics);
        const assignment = assignSticky(members, listTopics(topics));
        expect(countTakenAway(rightful, assignment)).toBe(lowerBoundOfMoves(members, topics, rightful));
      }),
    );
  });

  it('takes away as few partitions as the best of all balanced assignments, tried one by one', () => {
    fc.assert(
      fc.property(sameSubscription(3, 2), ({ members, topics }) => {
        const rightful = listRightfulOwners(members, topics);
        const ids = members.map(({ memberId }) => memberId);
        const assignment = assignSticky(members, listTopics(topics));
        expect(countTakenAway(rightful, assignment)).toBe(fewestMovesByExhaustion(ids, topics, rightful));
      }),
    );
  });
});

describe('assignSticky, step by step', () => {
  it('moves exactly what it must as a group goes from 1 to 3, 6, 7 and 2 members over 6 partitions', () => {
    const partitions = listTopics(SIX_PARTITIONS);
    const scale = (ids: string[], before: StickyAssignment): [StickyAssignment, number] => {
      const after = assignSticky(rejoin(ids, before), partitions);
      return [after, countMoves(before, after)];
    };

    const one = assignSticky([{ memberId: 'a', topics: ['app'] }], partitions);
    const [three, movesToThree] = scale(['a', 'b', 'c'], one);
    const [six, movesToSix] = scale(['a', 'b', 'c', 'd', 'e', 'f'], three);
    const [seven, movesToSeven] = scale(['a', 'b', 'c', 'd', 'e', 'f', 'g'], six);
    const [two, movesToTwo] = scale(['b', 'd'], seven);

    expect({ movesToThree, movesToSix, movesToSeven, movesToTwo }).toEqual({
      movesToThree: 4,
      movesToSix: 3,
      movesToSeven: 0,
      movesToTwo: 4,
    });
    expect([...three.values()].map(countPartitions)).toEqual([2, 2, 2]);
    expect([...six.values()].map(countPartitions)).toEqual([1, 1, 1, 1, 1, 1]);
    expect(seven.get('g')).toEqual({});
    expect([...two.values()].map(countPartitions)).toEqual([3, 3]);
  });

  it('gives the partitions of a member that left to the others and moves nothing else', () => {
    const before = new Map([
      ['a', { app: [0, 1] }],
      ['b', { app: [2, 3] }],
      ['c', { app: [4, 5] }],
    ]);
    const after = assignSticky(rejoin(['a', 'c'], before), listTopics(SIX_PARTITIONS));
    expect(toRecord(after)).toEqual({ a: { app: [0, 1, 2] }, c: { app: [3, 4, 5] } });
  });

  it('lets the members that own more have the larger shares', () => {
    const before = new Map([
      ['x', { app: [0] }],
      ['y', { app: [1] }],
      ['z', { app: [2, 3] }],
    ]);
    const after = assignSticky(rejoin(['x', 'y', 'z'], before), listTopics({ app: 4 }));
    expect(toRecord(after)).toEqual(Object.fromEntries(before));
  });

  it('spreads each topic as well when it takes partitions away', () => {
    const members = [
      { memberId: 'a', topics: ['app', 'orders'], owned: { app: [0, 1, 2, 3], orders: [0, 1, 2, 3] }, generation: 1 },
      { memberId: 'b', topics: ['app', 'orders'] },
    ];
    expect(toRecord(assignSticky(members, listTopics({ app: 4, orders: 4 })))).toEqual({
      a: { app: [0, 1], orders: [0, 1] },
      b: { app: [2, 3], orders: [2, 3] },
    });
  });

  it.each([
    {
      title: 'believes the later of two claims to a partition',
      members: [
        { memberId: 'a', topics: ['app'], owned: { app: [0] }, generation: 4 },
        { memberId: 'b', topics: ['app'], owned: { app: [0] }, generation: 5 },
      ],
      expected: { a: { app: [1] }, b: { app: [0] } },
    },
    {
      title: 'believes the smaller member id when two claims are of one generation',
      members: [
        { memberId: 'b', topics: ['app'], owned: { app: [1] }, generation: 5 },
        { memberId: 'a', topics: ['app'], owned: { app: [1] }, generation: 5 },
      ],
      expected: { a: { app: [1] }, b: { app: [0] } },
    },
    {
      title: 'believes an old claim that nobody disputes',
      members: [
        { memberId: 'a', topics: ['app'] },
        { memberId: 'b', topics: ['app'], owned: { app: [0] }, generation: 2 },
      ],
      expected: { a: { app: [1] }, b: { app: [0] } },
    },
    {
      title: 'ignores claims to partitions and topics that are gone and counts a repeated one once',
      members: [
        { memberId: 'a', topics: ['app'], owned: { app: [1, 1, 9, -1, 0.5], gone: [0, 1, 2] }, generation: 5 },
        { memberId: 'b', topics: ['app'] },
      ],
      expected: { a: { app: [1] }, b: { app: [0] } },
    },
    {
      title: 'ignores claims to a topic the member no longer subscribes to',
      members: [
        { memberId: 'a', topics: ['orders'], owned: { app: [0, 1] }, generation: 5 },
        { memberId: 'b', topics: ['app'] },
      ],
      expected: { a: {}, b: { app: [0, 1] } },
    },
  ])('$title', ({ members, expected }) => {
    expect(toRecord(assignSticky(members, listTopics({ app: 2 })))).toEqual(expected);
  });

  it.each([
    { title: 'null', owned: null, generation: 3 },
    { title: 'text', owned: 'everything', generation: 3 },
    { title: 'topics without a list', owned: { app: 7, orders: null }, generation: 3 },
    { title: 'partitions that are no numbers', owned: { app: ['0', null, {}] }, generation: 3 },
    { title: 'a generation that is no number', owned: { app: [0] }, generation: Number.NaN },
    { title: 'a generation that is text', owned: { app: [0] }, generation: '9' },
  ])('treats a malformed claim as none: $title', ({ owned, generation }) => {
    const malformed = { memberId: 'a', topics: ['app'], owned, generation } as unknown as StickyMember;
    const rightful = { memberId: 'b', topics: ['app'], owned: { app: [0] }, generation: 0 };
    expect(toRecord(assignSticky([malformed, rightful], listTopics({ app: 2 })))).toEqual({
      a: { app: [1] },
      b: { app: [0] },
    });
  });

  it('gives members with different subscriptions only what they subscribed to', () => {
    const members = [
      { memberId: 'a', topics: ['app'] },
      { memberId: 'b', topics: ['app', 'orders'] },
      { memberId: 'c', topics: ['unknown'] },
    ];
    expect(toRecord(assignSticky(members, listTopics({ app: 3, orders: 2, unsubscribed: 2 })))).toEqual({
      a: { app: [0, 1] },
      b: { app: [2], orders: [0, 1] },
      c: {},
    });
  });

  it('keeps apart topics named like parts of an object', () => {
    const names = { constructor: 1, toString: 1, hasOwnProperty: 1 };
    const members = [{ memberId: 'a', topics: [...Object.keys(names), '__proto__'] }];
    const partitions = listTopics(names).set('__proto__', [0]);
    expect(Object.keys(assignSticky(members, partitions).get('a') ?? {}).sort()).toEqual(
      ['__proto__', 'constructor', 'hasOwnProperty', 'toString'].sort(),
    );
  });

  it('answers for a group without members and for members without partitions', () => {
    expect(toRecord(assignSticky([], listTopics(SIX_PARTITIONS)))).toEqual({});
    expect(toRecord(assignSticky([{ memberId: 'a', topics: ['app'] }], new Map()))).toEqual({ a: {} });
  });
});

describe('assignSticky, for 500 partitions and 100 members', () => {
  const ids = [...Array(100).keys()].map((index) => `member-${index}`);
  const everything = { memberId: 'member-0', topics: ['app'], owned: { app: [...Array(500).keys()] }, generation: 1 };
  const many = Object.fromEntries([...Array(50).keys()].map((index) => [`topic-${index}`, 10]));

  it.each([
    {
      title: 'nobody owns anything',
      topics: { app: 500 },
      members: ids.map((memberId) => ({ memberId, topics: ['app'] })),
    },
    {
      title: 'one member owns everything',
      topics: { app: 500 },
      members: [everything, ...ids.slice(1).map((memberId) => ({ memberId, topics: ['app'] }))],
    },
    {
      title: 'one member owns everything of fifty topics',
      topics: many,
      members: ids.map((memberId, index) => ({
        memberId,
        topics: Object.keys(many),
        owned: index === 0 ? Object.fromEntries(listTopics(many)) : {},
      })),
    },
  ])('takes fewer than ten steps for each pair of a partition and a member when $title', ({ topics, members }) => {
    const partitions = listTopics(topics);
    const pairs = 500 * members.length;
    const steps = countSteps(() => assignSticky(members, partitions));
    expect(steps).toBeLessThan(10 * pairs);
  });
});
