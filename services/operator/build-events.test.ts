import { describe, expect, it } from '@jest/globals';
import { causeKindSchema } from '../../lib/contracts/lab-snapshot.ts';
import { buildRebalance, NOW } from '../../live/testing/lab-fixture.ts';
import { buildRebalanceEvent, buildReturnEvent } from './build-events.ts';
import { buildConsumerGroup } from './testing/operator-fixture.ts';

/** RFC 1123, as the API server checks the names of Events. */
const SUBDOMAIN = /^[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*$/;
const GROUP = buildConsumerGroup();

const build = (facts: Parameters<typeof buildRebalance>[1] = {}) =>
  buildRebalanceEvent(GROUP, buildRebalance(7, facts));

describe('buildRebalanceEvent', () => {
  it('tells what happened, why, and what it did', () => {
    expect(build({ longestPauseMs: 1200 })).toEqual({
      name: `app.0a1b2c3d.${(NOW - 10_000).toString(36)}.generation-7`,
      about: {
        group: 'groups.kafka-lab.dev',
        version: 'v1alpha1',
        kind: 'ConsumerGroup',
        plural: 'consumergroups',
        name: 'app',
        namespace: 'kafka-lab',
        uid: GROUP.metadata.uid,
      },
      reason: 'Rebalanced',
      type: 'Normal',
      message:
        'generation 7: scaled from 1 to 2 replicas; members 1 → 2, moved 1: consumer-a → consumer-b, longest pause 1200 ms',
      at: '2026-11-24T09:59:50.000Z',
    });
  });

  it('tells of rebalances without moves, of partitions that nobody had, and of no pause but one that is known', () => {
    expect(build({ moves: [] }).message).toMatch(/, no partition moved$/);
    const moves = [
      { partition: 0, from: null, to: 'a' },
      { partition: 1, from: 'b', to: null },
    ];
    expect(build({ moves, longestPauseMs: 0 }).message).toMatch(
      /moved 0: nobody → a, 1: b → nobody, longest pause 0 ms$/,
    );
  });

  it('shows a few moves and counts the others', () => {
    const moves = Array.from({ length: 9 }, (_, partition) => ({ partition, from: 'a', to: 'b' }));
    expect(build({ moves }).message).toMatch(/5: a → b and 3 more$/);
    expect(build({ moves: moves.slice(0, 6) }).message).not.toContain('more');
  });

  it.each(causeKindSchema.options)('warns of %s only when nobody wanted it', (kind) => {
    const unwanted = ['killed', 'restarted', 'session-expired'];
    expect(build({ cause: { kind, sentence: '' } }).type).toBe(unwanted.includes(kind) ? 'Warning' : 'Normal');
    expect(build({ cause: { kind, sentence: '' }, completes: 6 }).type).toBe('Normal');
  });

  it('has the same name whatever becomes known of the rebalance later', () => {
    const later = build({ cause: { kind: 'killed', sentence: 'consumer-a was killed' }, longestPauseMs: 5 });
    expect(later.name).toBe(build().name);
  });

  it('has another name for another generation, object, or life of a group that was made again', () => {
    const other = buildConsumerGroup();
    const made = { ...other, metadata: { ...other.metadata, uid: 'ffffffff-0' } };
    const names = [
      build().name,
      build({ at: NOW }).name,
      buildRebalanceEvent(GROUP, buildRebalance(8)).name,
      buildRebalanceEvent(made, buildRebalance(7)).name,
    ];
    expect(new Set(names).size).toBe(4);
  });

  it.each([
    { what: 'an ordinary name', name: 'orders.payments-eu' },
    { what: 'the longest name', name: 'g'.repeat(253) },
    { what: 'a name that would be cut after a dash', name: 'g-'.repeat(126) + 'g' },
    { what: 'a name that would be cut after a dot', name: 'g.'.repeat(126) + 'g' },
    { what: 'a name that would be cut after several dashes', name: `${'g'.repeat(200)}${'-'.repeat(52)}g` },
  ])('makes a name that Kubernetes takes from $what', ({ name }) => {
    const event = buildRebalanceEvent(buildConsumerGroup({ name }), buildRebalance(2_147_483_647));
    expect(event.name).toMatch(SUBDOMAIN);
    expect(event.name.length).toBeLessThanOrEqual(253);
    expect(event.name.startsWith(name.slice(0, 100))).toBe(true);
    expect(event.name).toMatch(/\.generation-2147483647$/);
    expect(event.about.name).toBe(name);
  });

  it.each([
    { what: 'plain letters', letter: 'x' },
    { what: 'letters of several bytes', letter: 'ü' },
    { what: 'letters of two units', letter: '😀' },
  ])('keeps a message of $what to the bytes that an Event may have, without breaking a letter', ({ letter }) => {
    for (const length of [1, 2, 3, 4].map((more) => 1000 + more)) {
      const { message } = build({ cause: { kind: 'unknown', sentence: letter.repeat(length) } });
      expect(Buffer.byteLength(message)).toBeLessThanOrEqual(1024);
      expect(Buffer.byteLength(message)).toBeGreaterThan(1016);
      expect(message.endsWith('…')).toBe(true);
      expect(message.isWellFormed()).toBe(true);
    }
  });

  it('leaves a message whole that fits to the byte', () => {
    const rest = Buffer.byteLength(build({ cause: { kind: 'unknown', sentence: '' } }).message);
    const fits = build({ cause: { kind: 'unknown', sentence: 'x'.repeat(1024 - rest) } }).message;
    expect(Buffer.byteLength(fits)).toBe(1024);
    expect(fits.endsWith('…')).toBe(false);
    expect(build({ cause: { kind: 'unknown', sentence: 'x'.repeat(1025 - rest) } }).message.endsWith('…')).toBe(true);
  });
});

describe('buildReturnEvent', () => {
  const buildReturn = (groupInstanceId: string, at = NOW) =>
    buildReturnEvent(GROUP, { generation: 7, at, clientId: 'consumer-1', groupInstanceId });

  it('says who came back, and that nobody noticed', () => {
    expect(buildReturn('consumer-1')).toMatchObject({
      reason: 'Returned',
      type: 'Normal',
      message: 'consumer-1 came back under its id, nobody noticed: generation 7 goes on',
    });
  });

  it('has a name of its own for each that came back, and each time, whatever the id', () => {
    const names = [buildReturn('a'), buildReturn('b'), buildReturn('a', NOW + 1), buildReturn('Ä / $'.repeat(100))].map(
      ({ name }) => name,
    );
    expect(new Set(names).size).toBe(4);
    for (const name of names) expect(name).toMatch(SUBDOMAIN);
    expect(Math.max(...names.map((name) => name.length))).toBeLessThanOrEqual(253);
  });
});
