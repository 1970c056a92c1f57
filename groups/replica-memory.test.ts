import { describe, expect, it } from '@jest/globals';
import { buildReplica, second, tellFailed, tellFault, tellPhase, tellRemoved } from './testing/group-fixture.ts';
import { createReplicaMemory } from './replica-memory.ts';

describe('ReplicaMemory', () => {
  it('knows names that it has seen, also those that are gone', () => {
    const memory = createReplicaMemory();
    memory.observe([buildReplica('a')]);
    memory.observe([]);
    expect([memory.has('a'), memory.has('b')]).toEqual([true, false]);
  });

  it.each([
    { title: 'its phase', events: [tellFailed(5, 'a', 'Error')], end: 5 },
    { title: 'the kill', events: [tellFault(5, 'kill', 'a')], end: 5 },
    {
      title: 'its phase, and later the kill',
      events: [tellFailed(5, 'a', 'Error'), tellFault(7, 'kill', 'a')],
      end: 5,
    },
    {
      title: 'the kill, and later its phase',
      events: [tellFault(5, 'kill', 'a'), tellFailed(7, 'a', 'Error')],
      end: 5,
    },
    { title: 'its removal', events: [tellRemoved(5, 'a')], end: 5 },
    { title: 'its end, before it is removed', events: [tellFailed(5, 'a', 'Error'), tellRemoved(40, 'a')], end: 5 },
    {
      title: 'its removal, when it ran again after an end',
      events: [tellFailed(5, 'a', 'Error'), tellPhase(6, 'a', 'failed', 'starting'), tellRemoved(40, 'a')],
      end: 40,
    },
    {
      title: 'the last of two ends',
      events: [tellFault(5, 'kill', 'a'), tellPhase(6, 'a', 'failed', 'starting'), tellFault(60, 'kill', 'a')],
      end: 60,
    },
    { title: 'nothing, when it was only paused', events: [tellFault(5, 'pause', 'a')], end: undefined },
  ])('knows when a process ended by $title', ({ events, end }) => {
    const memory = createReplicaMemory();
    memory.observe([buildReplica('a')]);
    for (const event of events) memory.take(event);
    expect(memory.findEnd('a')).toBe(end === undefined ? undefined : second(end));
  });

  it('knows why a replica is in its phase, until the phase is another or it is gone', () => {
    const memory = createReplicaMemory();
    memory.take(tellFailed(0, 'a', 'OOMKilled'));
    expect(memory.findReason('uid-a')).toBe('OOMKilled');
    memory.take(tellPhase(1, 'a', 'failed', 'starting'));
    expect(memory.findReason('uid-a')).toBeUndefined();
    memory.take(tellFailed(2, 'a', 'Error'));
    memory.take(tellRemoved(3, 'a'));
    expect(memory.findReason('uid-a')).toBeUndefined();
  });

  it('is bounded, and forgets those that are gone before those that exist', () => {
    const memory = createReplicaMemory();
    memory.take(tellFailed(0, 'old', 'OOMKilled'));
    const names = Array.from({ length: 5000 }, (_, index) => `consumer-${String(index)}`);
    for (const [index, name] of names.entries()) {
      if (index % 100 === 0) memory.observe([buildReplica('old')]);
      memory.take(tellFailed(index, name, 'Error'));
    }
    expect(memory.has('old')).toBe(true);
    expect(memory.findReason('uid-old')).toBe('OOMKilled');
    expect(names.filter((name) => memory.has(name)).length).toBeLessThanOrEqual(501);
    expect(names.filter((name) => memory.findReason(`uid-${name}`) !== undefined).length).toBeLessThanOrEqual(501);
  });
});
