import { describe, expect, it } from '@jest/globals';
import { buildMember, buildView } from './testing/group-fixture.ts';
import { holdOwners } from './hold-owners.ts';

const STABLE = buildView([buildMember('consumer-1', [0, 1]), buildMember('consumer-2', [2])]);
const EMPTY_HANDED = [buildMember('consumer-1', []), buildMember('consumer-2', []), buildMember('consumer-3', [])];

describe('holdOwners', () => {
  it.each(['PreparingRebalance', 'CompletingRebalance'])('shows the owners from before in %s', (state) => {
    const held = holdOwners(buildView(EMPTY_HANDED, { state }), STABLE);
    expect(held.members.map(({ partitions }) => partitions)).toEqual([[0, 1], [2], []]);
    expect(held.partitions.map(({ owner }) => owner)).toEqual(['consumer-1', 'consumer-1', 'consumer-2']);
    expect(held.state).toBe(state);
  });

  it('shows nobody where the owner is no member any more, or is one anew', () => {
    const members = [buildMember('consumer-1', []), buildMember('consumer-2', [], { memberId: 'again' })];
    const held = holdOwners(buildView(members, { state: 'PreparingRebalance' }), STABLE);
    expect(held.partitions.map(({ owner }) => owner)).toEqual(['consumer-1', 'consumer-1', null]);
  });

  it('leaves a view alone that tells the owners, or that nothing came before', () => {
    for (const state of ['Stable', 'Empty', 'Dead']) {
      const view = buildView(EMPTY_HANDED, { state });
      expect(holdOwners(view, STABLE)).toBe(view);
    }
    const first = buildView(EMPTY_HANDED, { state: 'PreparingRebalance' });
    expect(holdOwners(first, undefined)).toBe(first);
  });
});
