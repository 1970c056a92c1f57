import { describe, expect, it } from '@jest/globals';
import { decideNextToGo } from './decide-next-to-go.ts';
import { buildReplica, iso, second } from './testing/group-fixture.ts';

const NOW = second(0);

describe('decideNextToGo', () => {
  it('names nobody when there is nobody, and the only one when there is one', () => {
    expect(decideNextToGo([], 'kubernetes', NOW)).toBeUndefined();
    expect(decideNextToGo([buildReplica('a')], 'kubernetes', NOW)?.name).toBe('a');
    expect(decideNextToGo([buildReplica('a', { phase: 'terminating' })], 'newest', NOW)).toBeUndefined();
  });

  it('takes the newest of the local platform, whatever its state, but none that goes already', () => {
    const replicas = [
      buildReplica('a', { phase: 'unready' }),
      buildReplica('b'),
      buildReplica('c', { phase: 'terminating' }),
    ];
    expect(decideNextToGo(replicas, 'newest', NOW)?.name).toBe('b');
  });

  it('takes the highest ordinal of a StatefulSet, whatever else is so', () => {
    const replicas = [
      buildReplica('a-2', { ordinal: 2 }),
      buildReplica('a-10', { ordinal: 10, deletionCost: 100 }),
      buildReplica('a-0', { ordinal: 0, phase: 'unready' }),
    ];
    expect(decideNextToGo(replicas, 'kubernetes', NOW)?.name).toBe('a-10');
  });

  it.each([
    {
      title: 'one that has not been started before one that is not ready',
      goes: { startedAt: undefined, phase: 'starting' as const, deletionCost: 100 },
      stays: { phase: 'failed' as const, deletionCost: -100 },
    },
    {
      title: 'one that is not ready before a cheaper one that is',
      goes: { phase: 'unready' as const, deletionCost: 100 },
      stays: { deletionCost: -100 },
    },
    {
      title: 'a cheaper one before one that shares its node',
      goes: { deletionCost: -1, node: 'node-2' },
      stays: {},
    },
    {
      title: 'one that has no cost before one that has some, although it is older',
      goes: { startedAt: iso(-100_000) },
      stays: { deletionCost: 1, startedAt: iso(-1) },
    },
    {
      title: 'one that shares its node before a younger one that does not',
      goes: { startedAt: iso(-100_000) },
      stays: { node: 'node-2', startedAt: iso(-1) },
    },
    { title: 'the younger one', goes: { startedAt: iso(-10) }, stays: { startedAt: iso(-100) } },
    { title: 'one whose start lies ahead of our clock', goes: { startedAt: iso(5) }, stays: { startedAt: iso(-1) } },
    { title: 'one whose start is no time', goes: { startedAt: 'yesterday' }, stays: { startedAt: iso(-1) } },
  ])('takes, as a ReplicaSet does, $title', ({ goes, stays }) => {
    // A third one, ready and old, makes node-1 the node that is shared.
    const others = [buildReplica('old', { startedAt: iso(-1_000_000), deletionCost: 1000 })];
    const [first, second] = [buildReplica('goes', goes), buildReplica('stays', stays)];
    expect(decideNextToGo([...others, first, second], 'kubernetes', NOW)?.name).toBe('goes');
    expect(decideNextToGo([second, first, ...others], 'kubernetes', NOW)?.name).toBe('goes');
  });

  it('does not count pods that go already among those that share a node', () => {
    const replicas = [
      buildReplica('a', { startedAt: iso(-100) }),
      buildReplica('going', { phase: 'terminating' }),
      buildReplica('b', { node: 'node-2', startedAt: iso(-10) }),
    ];
    expect(decideNextToGo(replicas, 'kubernetes', NOW)?.name).toBe('b');
  });

  it('takes those for equally old whose ages have the same power of two in nanoseconds, and goes by uid', () => {
    // 2^32 ns are 4.29 s, 2^33 ns are 8.59 s.
    const older = buildReplica('older', { uid: 'a', startedAt: iso(-8.5) });
    const younger = buildReplica('younger', { uid: 'b', startedAt: iso(-4.4) });
    expect(decideNextToGo([older, younger], 'kubernetes', NOW)?.name).toBe('older');
    expect(decideNextToGo([younger, older], 'kubernetes', NOW)?.name).toBe('older');
    const youngest = buildReplica('youngest', { uid: 'c', startedAt: iso(-4.2) });
    expect(decideNextToGo([older, younger, youngest], 'kubernetes', NOW)?.name).toBe('youngest');
  });

  it('reads each of many replicas once', () => {
    let reads = 0;
    const replicas = Array.from({ length: 200 }, (_, index) => {
      const replica = buildReplica(`consumer-${String(index)}`, { startedAt: iso(-index) });
      return Object.defineProperty({ ...replica }, 'startedAt', {
        get: () => {
          reads += 1;
          return replica.startedAt;
        },
      });
    });
    expect(decideNextToGo(replicas, 'kubernetes', NOW)?.name).toBe('consumer-0');
    expect(reads).toBeLessThanOrEqual(2 * replicas.length);
  });

  it('leaves the replicas in their order', () => {
    const replicas = Object.freeze([buildReplica('a'), buildReplica('b', { deletionCost: -1 })]);
    expect(decideNextToGo(replicas, 'kubernetes', NOW)?.name).toBe('b');
    expect(replicas.map(({ name }) => name)).toEqual(['a', 'b']);
  });
});
