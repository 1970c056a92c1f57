import { describe, expect, it } from '@jest/globals';
import type { Phase } from '../../lib/contracts/replica.ts';
import { composeReplica, parseLife, readLifePhase, type Life } from './life.ts';
import { describeReplica } from './describe-replica.ts';
import { buildPod } from './testing/pod-fixture.ts';

const RUNNING: Life = {
  starts: 3,
  startedAt: '2026-11-22T17:00:00.000Z',
  state: 'running',
  hasBeenReady: true,
};

describe('parseLife', () => {
  it.each([
    { output: '3 2026-11-22T17:00:00Z running\nbeen-ready\n', life: RUNNING },
    { output: '3 2026-11-22T17:00:00Z running\n', life: { ...RUNNING, hasBeenReady: false } },
    {
      output: '0 - waiting\n',
      life: { starts: 0, startedAt: undefined, state: 'waiting', hasBeenReady: false },
    },
    { output: '', life: undefined },
    { output: '3 2026-11-22T17:00:00Z dreaming\n', life: undefined },
    { output: 'cat: /tmp/life: No such file or directory\n', life: undefined },
  ])('reads $output', ({ output, life }) => {
    expect(parseLife(output)).toEqual(life);
  });
});

interface Case {
  readonly what: string;
  readonly pod: Phase;
  readonly life: Life | undefined;
  readonly phase: Phase;
}

describe('readLifePhase', () => {
  it.each<Case>([
    { what: 'the pod when its launcher does not answer', pod: 'ready', life: undefined, phase: 'ready' },
    { what: 'the pod when the program has been ready', pod: 'unready', life: RUNNING, phase: 'unready' },
    {
      what: 'the launcher until the program has been ready',
      pod: 'ready',
      life: { ...RUNNING, hasBeenReady: false },
      phase: 'starting',
    },
    {
      what: 'the launcher when it was stopped',
      pod: 'ready',
      life: { ...RUNNING, state: 'stopped' },
      phase: 'stopped',
    },
    {
      what: 'the launcher when it waits for another start',
      pod: 'ready',
      life: { ...RUNNING, state: 'waiting' },
      phase: 'failed',
    },
    {
      what: 'the launcher when it waits for the first start',
      pod: 'starting',
      life: { ...RUNNING, state: 'waiting', starts: 0 },
      phase: 'starting',
    },
    { what: 'the pod when its container has ended', pod: 'failed', life: RUNNING, phase: 'failed' },
    { what: 'the pod when it ends', pod: 'terminating', life: { ...RUNNING, state: 'stopped' }, phase: 'terminating' },
  ])('believes $what', ({ pod, life, phase }) => {
    expect(readLifePhase({ phase: pod, reason: undefined }, life).phase).toBe(phase);
  });
});

describe('composeReplica', () => {
  const described = describeReplica(
    buildPod({ workload: 'kafka', statefulSet: 'kafka', name: 'kafka-0', restarts: 1 }),
    {
      zone: 'zone-a',
      url: undefined,
      life: undefined,
    },
  );
  if (described === undefined) throw new Error('the fixture has changed');
  const { replica } = described;

  it('counts starts of the program, of which the container knows nothing', () => {
    expect(composeReplica(replica, 'ready', RUNNING)).toMatchObject({
      restarts: 2,
      startedAt: '2026-11-22T17:00:00.000Z',
    });
    expect(composeReplica(replica, 'starting', { ...RUNNING, starts: 0 }).restarts).toBe(0);
  });

  it('leaves what the container says when there is no note', () => {
    expect(composeReplica(replica, 'ready', undefined)).toEqual({
      name: 'kafka-0',
      workload: 'kafka',
      uid: 'uid-of-kafka-0',
      ordinal: 0,
      node: 'kafka-lab-worker',
      zone: 'zone-a',
      phase: 'ready',
      startedAt: '2026-11-22T17:53:43.000Z',
      restarts: 1,
      url: undefined,
    });
  });
});

describe('describeReplica', () => {
  it('takes the start of the life before when the container does not run now', () => {
    const pod = buildPod({
      state: { waiting: { reason: 'CrashLoopBackOff' } },
      lastState: { terminated: { exitCode: 1, startedAt: '2026-11-22T17:10:00Z' } },
      node: '',
    });
    expect(describeReplica(pod, { zone: undefined, url: undefined, life: undefined })).toEqual({
      reason: 'CrashLoopBackOff',
      replica: expect.objectContaining({ startedAt: '2026-11-22T17:10:00.000Z', phase: 'failed', node: 'unscheduled' }),
    });
  });
});
