import { describe, expect, it } from '@jest/globals';
import type { V1Pod } from '@kubernetes/client-node';
import type { Phase } from '../../lib/contracts/replica.ts';
import { readPhase } from './read-phase.ts';
import { buildPod, STARTED_AT } from './testing/pod-fixture.ts';

const NOT_READY = { type: 'Ready', status: 'False', reason: 'ContainersNotReady' };
const RUNNING = { running: { startedAt: STARTED_AT } };
const OOM_KILLED = { terminated: { exitCode: 137, reason: 'OOMKilled', startedAt: STARTED_AT } };

interface Case {
  readonly what: string;
  readonly pod: V1Pod;
  readonly phase: Phase;
  readonly reason?: string;
}

const cases: readonly Case[] = [
  { what: 'runs and is ready', pod: buildPod(), phase: 'ready' },
  {
    what: 'has no node yet',
    pod: buildPod({
      podPhase: 'Pending',
      state: {},
      conditions: [{ type: 'PodScheduled', status: 'False', reason: 'Unschedulable' }],
    }),
    phase: 'starting',
    reason: 'Unschedulable',
  },
  {
    what: 'has its container made',
    pod: buildPod({ podPhase: 'Pending', state: { waiting: { reason: 'ContainerCreating' } }, conditions: [] }),
    phase: 'starting',
  },
  {
    what: 'runs, and its startup probe has yet to pass',
    pod: buildPod({ started: false, conditions: [NOT_READY] }),
    phase: 'starting',
  },
  {
    what: 'has started and was never ready since',
    pod: buildPod({ conditions: [{ ...NOT_READY, lastTransitionTime: '2026-11-22T17:53:43Z' }] }),
    phase: 'starting',
  },
  {
    what: 'was ready in this life and is not any more',
    pod: buildPod({ conditions: [{ ...NOT_READY, lastTransitionTime: '2026-11-22T17:53:59Z' }] }),
    phase: 'unready',
  },
  {
    what: 'was ready in an earlier life of its container only',
    pod: buildPod({
      started: true,
      restarts: 1,
      lastState: OOM_KILLED,
      state: { running: { startedAt: '2026-11-22T18:00:05Z' } },
      conditions: [{ ...NOT_READY, lastTransitionTime: '2026-11-22T18:00:03Z' }],
    }),
    phase: 'starting',
    reason: 'OOMKilled',
  },
  {
    what: 'has a container that has just ended',
    pod: buildPod({ state: OOM_KILLED, conditions: [NOT_READY] }),
    phase: 'failed',
    reason: 'OOMKilled',
  },
  {
    what: 'has a container that ended by itself',
    pod: buildPod({ state: { terminated: { exitCode: 3, reason: 'Error' } }, conditions: [NOT_READY] }),
    phase: 'failed',
    reason: 'exit 3',
  },
  {
    what: 'waits for its next restart',
    pod: buildPod({ state: { waiting: { reason: 'CrashLoopBackOff' } }, lastState: OOM_KILLED }),
    phase: 'failed',
    reason: 'CrashLoopBackOff',
  },
  {
    what: 'has an image that cannot be had',
    pod: buildPod({ podPhase: 'Pending', state: { waiting: { reason: 'ImagePullBackOff' } } }),
    phase: 'failed',
    reason: 'ImagePullBackOff',
  },
  {
    what: 'was told to end and is still ready',
    pod: buildPod({ deletedAt: '2026-11-22T18:00:00Z' }),
    phase: 'terminating',
  },
  {
    what: 'is drained from its node',
    pod: buildPod({
      deletedAt: '2026-11-22T18:00:00Z',
      conditions: [{ type: 'DisruptionTarget', status: 'True', reason: 'EvictionByEvictionAPI' }],
    }),
    phase: 'terminating',
    reason: 'EvictionByEvictionAPI',
  },
  {
    what: 'was evicted by its kubelet',
    pod: buildPod({ podPhase: 'Failed', podReason: 'Evicted', state: RUNNING }),
    phase: 'failed',
    reason: 'Evicted',
  },
];

describe('readPhase', () => {
  it.each(cases)('says that a pod is $phase that $what', ({ pod, phase, reason }) => {
    expect(readPhase(pod)).toEqual({ phase, reason });
  });

  it('takes times as lists give them, too', () => {
    const pod = buildPod({ conditions: [NOT_READY] });
    const ready = pod.status?.conditions?.[0];
    const running = pod.status?.containerStatuses?.[0]?.state?.running;
    if (ready === undefined || running === undefined) throw new Error('the fixture has changed');
    running.startedAt = new Date(STARTED_AT);
    ready.lastTransitionTime = new Date('2026-11-22T17:53:59Z');
    expect(readPhase(pod).phase).toBe('unready');
  });
});
