import { describe, expect, it } from '@jest/globals';
import { Membership, type Tenure } from './membership.ts';
import { createOwned, OWNED_GENERATION, tenureOf } from './testing/owned-partitions.ts';

const partitionsOf = (tenures: readonly Tenure[]): number[] => tenures.map(({ partition }) => partition);
const stateOf = ({ ending, isOwned }: Tenure) => ({ isEnding: ending.aborted, isOwned });
const next = (partitions: readonly number[], generation = OWNED_GENERATION + 1) => ({
  memberId: 'me',
  generation,
  protocol: 'cooperative-sticky',
  partitions,
});

describe('Membership', () => {
  it('is nobody before it has joined, and not yet somebody with an id alone', () => {
    const membership = new Membership();
    expect(membership).toMatchObject({ memberId: '', generation: -1, assignedGeneration: -1, protocol: null });
    membership.name('me');
    expect([membership.memberId, membership.identity]).toEqual(['me', undefined]);
    membership.join({ memberId: 'me', generation: 3 });
    expect(membership.identity).toEqual({ memberId: 'me', generation: 3 });
    expect(membership).toMatchObject({ partitions: [], assignedGeneration: -1, protocol: null });
  });

  it('owns what it is given, in ascending order, however often it is named', () => {
    const membership = new Membership();
    const { gained, revoked } = membership.take(next([7, 0, 7, 2], 1));
    expect([partitionsOf(gained), revoked, membership.partitions]).toEqual([[0, 2, 7], [], [0, 2, 7]]);
    expect(gained.map(stateOf)).toEqual(gained.map(() => ({ isEnding: false, isOwned: true })));
    expect(membership).toMatchObject({ generation: 1, assignedGeneration: 1, protocol: 'cooperative-sticky' });
  });

  it('keeps the tenure of what stays, tells what is gained, and ends what is revoked without giving it up', () => {
    const { membership, tenures } = createOwned([0, 1]);
    const { gained, revoked } = membership.take(next([1, 2]));
    expect([partitionsOf(gained), partitionsOf(revoked)]).toEqual([[2], [0]]);
    expect(revoked[0]).toBe(tenures[0]);
    expect(revoked.map(stateOf)).toEqual([{ isEnding: true, isOwned: true }]);
    expect(tenureOf(membership, 1)).toBe(tenures[1]);
    expect(stateOf(tenureOf(membership, 1))).toEqual({ isEnding: false, isOwned: true });
    // Nobody else may have it before it was accounted for.
    expect(membership.partitions).toEqual([0, 1, 2]);
    membership.giveUp(revoked);
    expect([membership.partitions, revoked.map(stateOf)]).toEqual([[1, 2], [{ isEnding: true, isOwned: false }]]);
  });

  it('still owns everything in a generation of which it does not know the assignment', () => {
    const { membership, tenures } = createOwned([0, 1]);
    membership.join({ memberId: 'me', generation: 9 });
    expect(membership).toMatchObject({ generation: 9, assignedGeneration: OWNED_GENERATION, partitions: [0, 1] });
    expect(tenures.every(({ isOwned, ending }) => isOwned && !ending.aborted)).toBe(true);
  });

  it.each([
    { title: 'keeps its id when the coordinator still knows it', keepsId: true, memberId: 'me' },
    { title: 'has no id any more when the coordinator does not know it', keepsId: false, memberId: '' },
  ])('loses everything at once, and $title', ({ keepsId, memberId }) => {
    const { membership, tenures } = createOwned([0, 1]);
    expect(membership.lose(keepsId)).toEqual(tenures);
    expect(tenures.map(stateOf)).toEqual(tenures.map(() => ({ isEnding: true, isOwned: false })));
    expect(membership).toMatchObject({ memberId, generation: -1, identity: undefined, partitions: [] });
    expect(membership.lose(keepsId)).toEqual([]);
  });

  it('gains a partition that it lost as another tenure: what was left of the lost one is nobody’s', () => {
    const { membership, tenures } = createOwned([0]);
    membership.lose(true);
    const { gained } = membership.take(next([0]));
    expect(partitionsOf(gained)).toEqual([0]);
    expect(gained[0]).not.toBe(tenures[0]);
    expect([...tenures, ...gained].map(stateOf)).toEqual([
      { isEnding: true, isOwned: false },
      { isEnding: false, isOwned: true },
    ]);
    membership.giveUp(tenures);
    expect(gained.map(stateOf)).toEqual([{ isEnding: false, isOwned: true }]);
    expect(membership.partitions).toEqual([0]);
  });

  it('begins anew what is assigned again while it was about to be given up', () => {
    const { membership, tenures } = createOwned([0, 1]);
    membership.end([0]);
    const { gained, revoked } = membership.take(next([0, 1]));
    expect([partitionsOf(gained), revoked]).toEqual([[0], []]);
    expect(tenures.map(stateOf)).toEqual([
      { isEnding: true, isOwned: false },
      { isEnding: false, isOwned: true },
    ]);
    expect(gained.map(stateOf)).toEqual([{ isEnding: false, isOwned: true }]);
  });

  it('ends what it is told of, or everything, and nothing that it does not own', () => {
    const { membership, tenures } = createOwned([0, 1]);
    expect(partitionsOf(membership.end([1, 8]))).toEqual([1]);
    expect(tenures.map(stateOf)).toMatchObject([{ isEnding: false }, { isEnding: true }]);
    expect(partitionsOf(membership.end())).toEqual([0, 1]);
    expect(tenures.map(stateOf)).toEqual(tenures.map(() => ({ isEnding: true, isOwned: true })));
    expect(membership.partitions).toEqual([0, 1]);
  });
});
