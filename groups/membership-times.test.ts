import { describe, expect, it } from '@jest/globals';
import { buildGeneration, second } from './testing/group-fixture.ts';
import { MembershipTimes } from './membership-times.ts';

function noteAll(...generations: readonly ReturnType<typeof buildGeneration>[]): MembershipTimes {
  const times = new MembershipTimes();
  for (const generation of generations) times.note(generation);
  return times;
}

describe('MembershipTimes', () => {
  const first = buildGeneration(7, 0, { 'consumer-1': [0, 1] });
  const second8 = buildGeneration(8, 60, { 'consumer-1': [0], 'consumer-2': [1] });
  const idOf = (clientId: string): string =>
    second8.members.find((member) => member.clientId === clientId)?.memberId ?? '';

  it('does not know when members of the first generation joined, and keeps the time of those that came later', () => {
    const times = noteAll(first, second8, { ...second8, generation: 9, at: second(90) });
    expect(times.joinedAt(idOf('consumer-1'))).toBe(-Infinity);
    expect(times.joinedAt(idOf('consumer-2'))).toBe(second(60));
    expect(times.joinedAt('somebody')).toBeUndefined();
  });

  it('remembers the last membership of a client that is gone', () => {
    const times = noteAll(first, second8, { ...first, generation: 9, at: second(90) });
    expect(times.joinedAt(idOf('consumer-2'))).toBeUndefined();
    expect([...times.lastOf(second8.members)]).toEqual([
      ['consumer-1', -Infinity],
      ['consumer-2', second(60)],
    ]);
  });

  it('forgets the clients that have been gone longest', () => {
    const crowd = Object.fromEntries(Array.from({ length: 1001 }, (_, index) => [`crowd-${String(index)}`, []]));
    const times = noteAll(first, buildGeneration(8, 60, crowd), buildGeneration(9, 90, { 'consumer-3': [0] }));
    expect([...times.lastOf(first.members)]).toEqual([]);
    expect([...times.lastOf(buildGeneration(8, 60, crowd).members)]).toHaveLength(1000);
  });
});
