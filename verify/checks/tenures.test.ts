import { describe, expect, it } from '@jest/globals';
import { buildGeneration, NOW, SESSION_MS } from '../testing/history-fixture.ts';
import type { FaultRecord, Generation } from './history.ts';
import { buildTenures, isInOrder, type Tenure } from './tenures.ts';

const CLOCK_MS = 2000;

/** Generations a second apart; members are told by client id and number of membership: `a1`. */
function buildGroup(...shares: readonly Readonly<Record<string, readonly number[]>>[]): Generation[] {
  return shares.map((owned, index) => ({
    ...buildGeneration(index + 1, [], { at: NOW + index * 1000 }),
    members: Object.entries(owned).map(([memberId, partitions]) => ({
      member: memberId.slice(0, -1),
      memberId,
      sessionTimeoutMs: SESSION_MS,
      partitions,
    })),
  }));
}

const makeStatic = (generations: readonly Generation[]): Generation[] =>
  generations.map((each) => ({
    ...each,
    members: each.members.map((member) => ({ ...member, groupInstanceId: member.member })),
  }));

function tenuresOf(generations: readonly Generation[], faults: readonly FaultRecord[] = []): readonly Tenure[] {
  return buildTenures({ generations, faults }).get(0) ?? [];
}
const describeTenures = (tenures: readonly Tenure[]) =>
  tenures.map(({ memberId, from, loss }) => [memberId, from.generation, loss?.generation]);

/** As cooperative members do it: nobody has partition 0 in between. */
const cooperative = buildGroup({ a1: [0], b1: [] }, { a1: [], b1: [] }, { a1: [], b1: [0] });

describe('buildTenures', () => {
  it('takes a partition for lost when another has it, and not while it is nobody’s', () => {
    expect(describeTenures(tenuresOf(cooperative))).toEqual([
      ['a1', 1, 3],
      ['b1', 3, undefined],
    ]);
    expect(describeTenures(tenuresOf(buildGroup({ a1: [0] }, { a1: [] }, { a1: [0] })))).toEqual([
      ['a1', 1, undefined],
    ]);
  });

  it('tells memberships of one client apart', () => {
    const tenures = tenuresOf(buildGroup({ a1: [0], b1: [] }, { b1: [] }, { a2: [0], b1: [] }));
    expect(describeTenures(tenures)).toEqual([
      ['a1', 1, 3],
      ['a2', 3, undefined],
    ]);
  });

  const kill = { kind: 'kill', target: 'a', at: NOW + 2500 };
  it.each([
    { what: 'it is in the generation in which another has it', generations: cooperative, overByMs: 2000 + CLOCK_MS },
    {
      what: 'it is in it as a static member, which need not have joined',
      generations: makeStatic(cooperative),
      overByMs: 2000 + SESSION_MS + CLOCK_MS,
    },
    {
      what: 'it is in none until it is back under another id',
      generations: buildGroup({ a1: [0], b1: [] }, { b1: [0] }, { b1: [0] }, { a2: [], b1: [0] }),
      overByMs: 3000 + CLOCK_MS,
    },
    {
      what: 'it never comes back',
      generations: buildGroup({ a1: [0], b1: [] }, { b1: [0] }),
      overByMs: 1000 + SESSION_MS + CLOCK_MS,
    },
    {
      what: 'its process was killed',
      generations: buildGroup({ a1: [0], b1: [] }, { a1: [0], b1: [] }, { b1: [0] }),
      faults: [kill],
      overByMs: 2500 + CLOCK_MS,
    },
    { what: 'nothing happened', generations: buildGroup({ a1: [0] }), overByMs: Infinity },
  ])('knows by when a tenure is over when $what', ({ generations, faults = [], overByMs }) => {
    expect(tenuresOf(generations, faults)[0]?.overBy).toBe(NOW + overByMs);
  });
});

describe('isInOrder', () => {
  const judge = (generations: readonly Generation[]): boolean => {
    const [former, next] = tenuresOf(generations);
    if (!former || !next) throw new Error('nothing was handed over');
    return isInOrder(former, next);
  };

  it.each([
    { what: 'the former owner has joined the generation of the new one', generations: cooperative, expected: true },
    { what: 'all members joined at once', generations: buildGroup({ a1: [0] }, { a1: [], b1: [0] }), expected: true },
    { what: 'it was out of the group', generations: buildGroup({ a1: [0] }, { b1: [0] }), expected: false },
    { what: 'it is back', generations: buildGroup({ a1: [0] }, { a2: [], b1: [0] }), expected: false },
    { what: 'it is static', generations: makeStatic(cooperative), expected: false },
    { what: 'it has it again itself', generations: buildGroup({ a1: [0] }, { a2: [0] }), expected: false },
  ])('is $expected when $what', ({ generations, expected }) => {
    expect(judge(generations)).toBe(expected);
  });
});
