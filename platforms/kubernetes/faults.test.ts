import { describe, expect, it } from '@jest/globals';
import type { V1Pod } from '@kubernetes/client-node';
import type { Fault } from '../../lib/contracts/replica.ts';
import { injectFault, readProgram } from './faults.ts';
import type { Life } from './life.ts';
import { createFakeClient, type FakeSocket } from './testing/fake-sockets.ts';
import { buildPod } from './testing/pod-fixture.ts';
import type { WatchedResource } from './watch-resource.ts';

const CONSUMER = buildPod({ name: 'consumer-x' });
const BROKER = buildPod({ workload: 'kafka', name: 'kafka-0' });
const CRASHED = buildPod({
  name: 'producer-x',
  workload: 'producer',
  state: { waiting: { reason: 'CrashLoopBackOff' } },
});

interface Scene {
  /** What the script in the pod writes, and its exit code; `lost` is a connection that ends without one. */
  readonly stdout?: string;
  readonly exitCode?: number | 'lost';
  readonly lives?: readonly Life['state'][];
}

async function inject(fault: Fault, { stdout = 'done\n', exitCode = 0, lives = [] }: Scene = {}) {
  const commands: string[] = [];
  const conditions: ((pods: readonly V1Pod[]) => boolean)[] = [];
  const states = [...lives];
  const answer = (socket: FakeSocket, path: string): void => {
    commands.push(path);
    socket.receive(1, stdout);
    if (exitCode === 'lost') socket.close();
    else {
      const causes = [{ reason: 'ExitCode', message: String(exitCode) }];
      socket.receive(3, JSON.stringify(exitCode === 0 ? { status: 'Success' } : { details: { causes } }));
    }
  };
  const pods = {
    list: () => [CONSUMER, BROKER, CRASHED],
    listFresh: () => Promise.resolve([CONSUMER, BROKER, CRASHED]),
    waitFor: (condition: (items: readonly V1Pod[]) => boolean) => {
      conditions.push(condition);
      return Promise.resolve(true);
    },
  } as unknown as WatchedResource<V1Pod>;
  await injectFault(
    {
      client: createFakeClient({ onOpen: answer }),
      namespace: 'lab',
      pods,
      lives: {
        read: () =>
          Promise.resolve({ starts: 1, startedAt: undefined, hasBeenReady: true, state: states.shift() ?? 'stopped' }),
        invalidate: () => undefined,
        forget: () => undefined,
      },
    },
    fault,
  );
  return { commands, conditions, states };
}

interface Refusal {
  readonly what: string;
  readonly fault: Fault;
  readonly scene?: Scene;
  readonly code: string;
  readonly message: string;
}

describe('injectFault', () => {
  it.each<Refusal>([
    {
      what: 'of a replica that is not there',
      fault: { kind: 'kill', target: 'consumer-none' },
      code: 'no-such-target',
      message: 'there is no replica consumer-none in namespace lab; there are consumer-x, kafka-0, producer-x',
    },
    {
      what: 'that services have no launcher for',
      fault: { kind: 'stop', target: 'consumer-x' },
      code: 'unsupported-by-platform',
      message: 'a consumer on Kubernetes cannot take "stop"; possible are kill, pause, resume',
    },
    {
      what: 'of what does not run',
      fault: { kind: 'kill', target: 'producer-x' },
      code: 'conflict',
      message: 'producer-x cannot take "kill": it does not run',
    },
    {
      what: 'that the script refuses',
      fault: { kind: 'resume', target: 'kafka-0' },
      scene: { stdout: 'it is not paused\n', exitCode: 3 },
      code: 'conflict',
      message: 'kafka-0 cannot take "resume": it is not paused',
    },
    {
      what: 'whose script fails',
      fault: { kind: 'pause', target: 'kafka-0' },
      scene: { stdout: '', exitCode: 1 },
      code: 'process-failed',
      message: 'pause of kafka-0 failed: exit 1',
    },
    {
      what: 'whose connection ends too early',
      fault: { kind: 'kill', target: 'kafka-0' },
      scene: { stdout: '', exitCode: 'lost' },
      code: 'process-failed',
      message: 'kill of kafka-0 failed: the connection ended',
    },
  ])('refuses a fault $what', async ({ fault, scene, code, message }) => {
    await expect(inject(fault, scene)).rejects.toMatchObject({ code, message });
  });

  it('looks for node in services and for java in brokers, in the container named as the workload', async () => {
    const service = await inject({ kind: 'pause', target: 'consumer-x' });
    expect(service.commands[0]).toMatch(/command=node&container=consumer$/);
    const broker = await inject({ kind: 'pause', target: 'kafka-0' });
    expect(broker.commands[0]).toMatch(/command=java&container=kafka$/);
  });

  it.each([{ exitCode: 'lost' as const }, { exitCode: 137 }])(
    'takes a kill as done when the shell ends with its container: $exitCode',
    async ({ exitCode }) => {
      const { conditions } = await inject({ kind: 'kill', target: 'consumer-x' }, { exitCode });
      expect(conditions).toHaveLength(1);
    },
  );

  it('waits after a kill until the pod shows it', async () => {
    const { conditions } = await inject({ kind: 'kill', target: 'consumer-x' });
    const isDead = conditions[0] ?? (() => undefined);
    expect(isDead([CONSUMER, BROKER])).toBe(false);
    expect(isDead([BROKER])).toBe(true);
    expect(isDead([buildPod({ name: 'consumer-x', state: { terminated: { exitCode: 137 } } })])).toBe(true);
    expect(isDead([buildPod({ name: 'consumer-x', containerId: 'containerd://another' })])).toBe(true);
  });

  it('waits after a stop until the launcher says that it is stopped', async () => {
    const { states } = await inject({ kind: 'stop', target: 'kafka-0' }, { lives: ['running', 'stopped', 'running'] });
    expect(states).toEqual(['running']);
  });
});

describe('readProgram', () => {
  it.each([
    { command: undefined, program: 'node' },
    { command: ['/usr/bin/python3', 'consumer.py'], program: 'python3' },
    { command: ['java', '-cp', 'x', 'Consumer'], program: 'java' },
  ])('finds $program', ({ command, program }) => {
    const pod = buildPod({ workload: 'consumer' });
    Object.assign(pod.spec?.containers[0] ?? {}, { command });
    expect(readProgram(pod)).toBe(program);
  });
});
