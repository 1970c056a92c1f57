import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';

import { SimulatedGroup, type SimulatedMember } from '../testing/simulated-group.ts';
import { listAssignors, type Assignor, type AssignorName } from './assignors.ts';
import type { JoinedMember } from './joined-member.ts';
import { assignSticky } from './sticky-assignor.ts';

const NAMES: readonly AssignorName[] = ['cooperative-sticky', 'sticky', 'round-robin'];
const ASSIGNORS = listAssignors('cooperative-sticky');
const IDS = ['a', 'b', 'c', 'd', 'e', 'f'];

const pick = <T>(items: readonly T[], index: number): T | undefined => items[index % items.length];

describe('listAssignors', () => {
  it.each([
    { preferred: 'cooperative-sticky', protocols: ['cooperative-sticky', 'kafka-lab-sticky', 'RoundRobinAssigner'] },
    { preferred: 'sticky', protocols: ['kafka-lab-sticky', 'RoundRobinAssigner'] },
    { preferred: 'round-robin', protocols: ['RoundRobinAssigner', 'kafka-lab-sticky'] },
  ] as const)('offers $protocols to who prefers $preferred', ({ preferred, protocols }) => {
    const assignors = listAssignors(preferred);
    expect(assignors.map(({ protocol }) => protocol)).toEqual(protocols);
    const cooperative = assignors.filter(({ isCooperative }) => isCooperative).map(({ protocol }) => protocol);
    expect(cooperative).toEqual(protocols.filter((protocol) => protocol === 'cooperative-sticky'));
  });

  it('leaves any two members a protocol in common', () => {
    for (const [one, other] of NAMES.flatMap((name) => NAMES.map((second) => [name, second] as const))) {
      const protocols = listAssignors(other).map(({ protocol }) => protocol);
      expect(protocols).toEqual(expect.arrayContaining([listAssignors(one)[1]?.protocol]));
    }
  });
});

describe.each(ASSIGNORS.map((assignor) => ({ assignor, protocol: assignor.protocol })))(
  'the assignor of $protocol',
  ({ assignor }: { assignor: Assignor }) => {
    const owns = fc.uniqueArray(fc.nat({ max: 9 }), { maxLength: 6 });
    const member = (memberId: string): fc.Arbitrary<JoinedMember> =>
      fc
        .record({
          topics: fc.subarray(['app', 'orders']),
          owns,
          owned: owns,
          generation: fc.integer({ min: -1, max: 3 }),
        })
        .map((one) => ({ ...one, memberId, owns: { app: one.owns }, owned: { app: one.owned } }));
    const group = fc.subarray(IDS, { minLength: 1 }).chain((ids) => fc.tuple(...ids.map(member)));
    const partitions = new Map([
      ['app', [0, 1, 2, 3, 4, 5, 6, 7]],
      ['orders', [0, 1, 2]],
    ]);

    it('names every member, and gives each only what it subscribed to and nobody else still owns', () => {
      fc.assert(
        fc.property(group, (members) => {
          const assignment = assignor.assign(members, partitions);
          expect([...assignment.keys()].sort()).toEqual(members.map(({ memberId }) => memberId).sort());
          for (const { memberId, topics, generation = -1 } of members) {
            const given = assignment.get(memberId) ?? {};
            expect(topics).toEqual(expect.arrayContaining(Object.keys(given)));
            const others = members.filter((other) => other.memberId !== memberId);
            const mine = members.find((one) => one.memberId === memberId)?.owns['app'] ?? [];
            for (const partition of given['app'] ?? []) {
              const rivals = others.filter((other) => other.owns['app']?.includes(partition));
              const allowed = mine.includes(partition)
                ? rivals.every((one) => (one.generation ?? -1) < generation)
                : rivals.length === 0;
              expect(allowed).toBe(true);
            }
          }
        }),
      );
    });

    it('decides the same in whatever order members and partitions come', () => {
      const shuffled = group.chain((members) =>
        fc.tuple(fc.constant(members), fc.shuffledSubarray(members, { minLength: members.length })),
      );
      const reversed = new Map([...partitions].reverse().map(([topic, numbers]) => [topic, numbers.toReversed()]));
      fc.assert(
        fc.property(shuffled, ([members, others]) => {
          const assignment = assignor.assign(members, partitions);
          expect(JSON.stringify([...assignor.assign(others, reversed)])).toBe(JSON.stringify([...assignment]));
        }),
      );
    });

    it('leaves what it is given as it was', () => {
      fc.assert(
        fc.property(group, (members) => {
          const before = structuredClone(members);
          assignor.assign(members, partitions);
          expect(members).toEqual(before);
        }),
      );
    });
  },
);

/** What happens to a group, and how the rebalance after it goes. */
interface Change {
  readonly kind: 'join' | 'leave' | 'freeze' | 'thaw' | 'grow';
  readonly which: number;
  readonly preferred: AssignorName;
  /** Rebalances before the next change; the one that it causes is not always over by then. */
  readonly rebalances: number;
  /** Who does not hear of their outcome. */
  readonly missing: readonly number[];
}

const changes = (names: readonly AssignorName[]): fc.Arbitrary<Change[]> =>
  fc.array(
    fc.record({
      kind: fc.constantFrom('join', 'join', 'leave', 'freeze', 'thaw', 'grow'),
      which: fc.nat({ max: 20 }),
      preferred: fc.constantFrom(...names),
      rebalances: fc.nat({ max: 2 }),
      missing: fc.array(fc.nat({ max: 20 }), { maxLength: 2 }),
    }),
    { minLength: 1, maxLength: 15 },
  );

/** Applies changes; `frozen` are thrown out without knowing it, and come back with what they had. */
function apply(group: SimulatedGroup, { kind, which, preferred }: Change, frozen: SimulatedMember[], id: string): void {
  const member = pick(group.members, which);
  if (kind === 'join') group.join(id, preferred);
  else if (kind === 'grow') group.grow(which % 2 === 0 ? 'app' : 'orders');
  else if (kind === 'thaw') for (const ghost of frozen.splice(0, 1)) group.comeBack(ghost);
  else if (member && kind === 'leave') group.remove(member);
  else if (member) {
    frozen.push(group.remove(member));
    group.rebalance();
  }
}

function run(all: readonly Change[], afterEach: (group: SimulatedGroup) => void = () => undefined): SimulatedGroup {
  const group = new SimulatedGroup({ app: 6, orders: 2 });
  const frozen: SimulatedMember[] = [];
  for (const [index, change] of all.entries()) {
    apply(group, change, frozen, `m${index}`);
    for (let round = 0; round < change.rebalances; round += 1) {
      group.rebalance(change.missing.flatMap((index) => pick(group.members, index) ?? []));
      afterEach(group);
    }
  }
  return group;
}

function findSharedOwners(group: SimulatedGroup): string[] {
  const newest = group.members.filter(({ generation }) => generation === group.generation);
  const owned = newest.flatMap(({ works }) => [...works]);
  return owned.filter((key, index) => owned.indexOf(key) !== index);
}

describe.each([
  { title: 'members of the cooperative protocol', names: ['cooperative-sticky'] as const },
  { title: 'members that change protocols back and forth', names: NAMES },
])('a group of $title', ({ names }) => {
  it('never has two owners of a partition, whoever joins, leaves, is thrown out, comes back or misses a generation', () => {
    fc.assert(
      fc.property(changes(names), (all) => {
        const group = run(all, (each) => expect(findSharedOwners(each)).toEqual([]));
        group.settle();
        expect(group.contested).toEqual([]);
        expect(findSharedOwners(group)).toEqual([]);
      }),
    );
  });

  it('is whole and balanced after two rebalances at most', () => {
    fc.assert(
      fc.property(changes(names), (all) => {
        const group = run(all);
        fc.pre(group.members.length > 0);
        expect(group.settle()).toBeLessThanOrEqual(2);
        expect(group.members.flatMap(({ works }) => [...works]).sort()).toEqual(group.partitions.sort());
        const totals = group.members.map(({ works }) => works.size);
        expect(Math.max(...totals) - Math.min(...totals)).toBeLessThanOrEqual(1);
      }),
    );
  });
});

describe('a group of members of the cooperative protocol, one of which comes or goes', () => {
  const countTaken = (
    before: ReadonlyMap<string, ReadonlySet<string>>,
    after: (id: string) => ReadonlySet<string>,
  ): number => [...before].flatMap(([id, keys]) => [...keys].filter((key) => !after(id).has(key))).length;

  it('takes from its members no more than the sticky assignor alone would, in however many rebalances', () => {
    fc.assert(
      fc.property(changes(['cooperative-sticky']), fc.nat({ max: 20 }), fc.boolean(), (all, which, isJoin) => {
        const group = run(all);
        group.settle();
        const member = pick(group.members, which);
        if (isJoin) group.join('new', 'cooperative-sticky');
        else if (member) group.remove(member);
        fc.pre(group.members.length > 0);
        const before = new Map(group.members.map(({ id, works }) => [id, works]));
        const sticky = assignSticky(group.gather().joined, group.listTopics());
        const expected = countTaken(
          before,
          (id) =>
            new Set(
              Object.entries(sticky.get(id) ?? {}).flatMap(([topic, own]) => own.map((each) => `${topic}/${each}`)),
            ),
        );
        group.settle();
        const works = new Map(group.members.map((one) => [one.id, one.works]));
        expect(countTaken(before, (id) => works.get(id) ?? new Set())).toBe(expected);
      }),
    );
  });
});

describe('a group that goes from the eager to the cooperative protocol and back, member by member', () => {
  const replaceAll = (group: SimulatedGroup, preferred: AssignorName): void => {
    for (const member of [...group.members]) {
      group.remove(member);
      group.join(`${preferred}-${member.id}`, preferred);
      group.settle();
    }
  };

  it('uses the new one when the last member has come, and gives nothing away that another one works on', () => {
    const group = new SimulatedGroup({ app: 12 });
    for (const id of ['a', 'b', 'c']) group.join(id, 'sticky');
    group.settle();
    for (const preferred of ['cooperative-sticky', 'sticky', 'round-robin', 'cooperative-sticky'] as const) {
      replaceAll(group, preferred);
      expect(group.gather().assignor).toBe(listAssignors(preferred)[0]);
      group.rebalance();
      expect(group.members.map(({ works }) => works.size)).toEqual([4, 4, 4]);
    }
    expect(group.contested).toEqual([]);
  });

  it('withholds in the first eager generation what members of the last cooperative one still work on', () => {
    const group = new SimulatedGroup({ app: 6 });
    for (const id of ['a', 'b']) group.join(id, 'cooperative-sticky');
    group.settle();
    const newcomer = group.join('c', 'round-robin');
    group.rebalance();
    expect(newcomer.isCooperative).toBe(false);
    expect(newcomer.works.size).toBe(0);
    expect(group.settle()).toBe(1);
    expect(newcomer.works.size).toBe(2);
    expect(group.contested).toEqual([]);
  });
});
