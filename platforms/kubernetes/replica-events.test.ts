import { setTimeout as delay } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import type { V1Pod } from '@kubernetes/client-node';
import { createSilentLogger } from '../../lib/log/create-logger.ts';
import type { PlatformEvent } from '../../lib/contracts/platform-event.ts';
import { waitUntil } from '../wait-until.ts';
import { describeReplica } from './describe-replica.ts';
import { readUid } from './lab-pods.ts';
import type { Life } from './life.ts';
import { ReplicaEvents } from './replica-events.ts';
import { buildPod, type PodFixture } from './testing/pod-fixture.ts';

const READY = buildPod();
const UNREADY: PodFixture = {
  conditions: [{ type: 'Ready', status: 'False', lastTransitionTime: '2026-11-22T18:00:00Z' }],
};

describe('ReplicaEvents', () => {
  let events: ReplicaEvents;
  let told: string[];
  let pods: V1Pod[];
  let life: Life | undefined;
  let describeMs: number;

  const describePod = async (pod: V1Pod) => {
    const known = life;
    await delay(describeMs);
    return describeReplica(pod, { zone: undefined, url: undefined, life: known });
  };
  const tell = (event: PlatformEvent): void => {
    if (event.kind === 'phase') told.push([event.from, event.replica.phase, event.reason].join(' '));
    else if (event.kind === 'removed') told.push(`removed ${event.reason} ${event.replica.phase}`);
  };
  const expectTold = async (expected: readonly string[]): Promise<void> => {
    await waitUntil(() => told.length >= expected.length || undefined, {
      what: `${String(expected.length)} events`,
      timeoutMs: 5000,
      intervalMs: 2,
    });
    expect(told).toEqual(expected);
  };

  beforeEach(() => {
    told = [];
    pods = [];
    life = undefined;
    describeMs = 0;
    events = new ReplicaEvents({
      describe: describePod,
      findPod: (uid) => pods.find((pod) => readUid(pod) === uid),
      logger: createSilentLogger(),
      lookMs: 10,
    });
    events.subscribe(tell);
  });
  afterEach(() => events.stop());

  it('tells each phase once, with where it comes from and why', async () => {
    const starting = buildPod({ state: { waiting: { reason: 'ContainerCreating' } }, conditions: [] });
    const killed = buildPod({ state: { terminated: { exitCode: 137, reason: 'OOMKilled' } } });
    const ending = buildPod({ deletedAt: '2026-11-22T18:00:00Z' });
    events.takeChange({ kind: 'added', object: starting });
    events.takeChange({ kind: 'changed', before: starting, object: READY });
    events.takeChange({ kind: 'changed', before: READY, object: READY });
    events.takeChange({ kind: 'changed', before: READY, object: killed });
    events.takeChange({ kind: 'changed', before: killed, object: ending });
    events.takeChange({ kind: 'removed', object: ending });
    await expectTold([
      ' starting ',
      'starting ready ',
      'ready failed OOMKilled',
      'failed terminating ',
      'removed deleted terminating',
    ]);
  });

  it('keeps the order of changes of a pod, however long it takes to describe it', async () => {
    describeMs = 10;
    events.takeChange({ kind: 'added', object: READY });
    describeMs = 0;
    events.takeChange({ kind: 'changed', before: READY, object: buildPod(UNREADY) });
    await expectTold([' ready ', 'ready unready ']);
  });

  it('knows the phase from before the first change that it sees', async () => {
    events.takeChange({ kind: 'changed', before: READY, object: buildPod(UNREADY) });
    await expectTold(['ready unready ']);
  });

  it('tells of a pod that was evicted once: its Deployment has replaced it, and its object stays', async () => {
    const evicted = buildPod({ podPhase: 'Failed', podReason: 'Evicted' });
    events.takeChange({ kind: 'changed', before: READY, object: evicted });
    events.takeChange({ kind: 'removed', object: evicted });
    events.takeChange({ kind: 'added', object: evicted });
    await expectTold(['removed Evicted terminating']);
  });

  it('is silent of what was there from the beginning, and tells what a listing notices later', () => {
    const notice = (fixture: PodFixture): void => {
      const described = describeReplica(buildPod(fixture), { zone: undefined, url: undefined, life: undefined });
      if (described !== undefined) events.notice(described);
    };
    notice({});
    expect(told).toEqual([]);
    notice(UNREADY);
    notice(UNREADY);
    expect(told).toEqual(['ready unready ']);
  });

  it('looks again at a broker whose pod does not change while its launcher restarts it', async () => {
    const broker = buildPod({ workload: 'kafka', name: 'kafka-0' });
    pods = [broker];
    life = { starts: 1, startedAt: undefined, state: 'waiting', hasBeenReady: false };
    events.takeChange({ kind: 'changed', before: broker, object: broker });
    const failed = 'ready failed its program has ended';
    await expectTold([failed]);
    life = { ...life, state: 'running' };
    await expectTold([failed, 'failed starting ']);
    life = { ...life, hasBeenReady: true };
    await expectTold([failed, 'failed starting ', 'starting ready ']);
  });

  it('goes on when a subscriber fails, and leaves those alone that have gone', async () => {
    const later: PlatformEvent[] = [];
    const unsubscribe = events.subscribe(() => {
      throw new Error('the subscriber is at fault');
    });
    events.subscribe((event) => void later.push(event));
    events.takeChange({ kind: 'added', object: READY });
    await expectTold([' ready ']);
    expect(later).toHaveLength(1);
    unsubscribe();
    events.emit({ at: 0, kind: 'fault', fault: { kind: 'kill', target: 'kafka-0' } });
    expect(later).toHaveLength(2);
    events.stop();
    events.emit({ at: 0, kind: 'fault', fault: { kind: 'kill', target: 'kafka-0' } });
    expect(later).toHaveLength(2);
  });
});
