import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { AppError } from '../../lib/errors/app-error.ts';
import { createReplicationInspector } from '../../kafka/replication-inspector.ts';
import { createSilentLogger } from '../../lib/log/create-logger.ts';
import type { PlatformEvent } from '../../lib/contracts/platform-event.ts';
import type { Replica, Workload } from '../../lib/contracts/replica.ts';
import { listCapabilities, type Capability, type Platform, type PlatformWith } from '../../platforms/platform.ts';
import { waitUntil } from '../../platforms/wait-until.ts';

export interface PlatformUnderTest {
  /** Connects to a platform that is up, with one producer, one consumer and a full cluster, and is left so. */
  readonly connect: () => Promise<Platform>;
  /** What it can do beside observing. */
  readonly capabilities: readonly Capability[];
}

/** What every platform must do, and what each must that has a capability. */
export function describePlatform(name: string, { connect, capabilities }: PlatformUnderTest): void {
  describe(`the platform port on ${name}`, () => {
    const events: PlatformEvent[] = [];
    let unsubscribe: () => void = () => undefined;
    let connected: Platform | undefined;
    const lab = createContract(() => connected, events);

    beforeAll(async () => {
      connected = await connect();
      unsubscribe = connected.subscribe((event) => void events.push(event));
    });
    afterAll(() => unsubscribe());

    it('has what it can do, and nothing else', () => {
      expect(listCapabilities(lab.platform)).toEqual(capabilities);
    });
    describeObserving(lab);
    for (const capability of capabilities) describe(capability, () => CONTRACTS[capability](lab));
  });
}

type Contract = ReturnType<typeof createContract>;

function createContract(read: () => Platform | undefined, events: readonly PlatformEvent[]) {
  /** With everything: a capability is used where its platform has said that it has it. */
  const platform = (): PlatformWith<Capability> => read() as PlatformWith<Capability>;
  const list = async (workload: Workload): Promise<readonly Replica[]> =>
    (await platform().listReplicas(workload)).filter(({ phase }) => phase !== 'terminating');
  const find = async (target: string): Promise<Replica | undefined> =>
    (await platform().listReplicas()).find((replica) => replica.name === target);
  const waitPhase = (target: string, phase: Replica['phase'], restarts = 0): Promise<Replica> =>
    waitUntil(
      async () => {
        const replica = await find(target);
        return replica?.phase === phase && replica.restarts >= restarts ? replica : undefined;
      },
      { what: `${target} to be ${phase}`, timeoutMs: 60_000 },
    );
  const waitReady = (workload: Workload, count: number): Promise<readonly Replica[]> =>
    waitUntil(
      async () => {
        const replicas = await platform().listReplicas(workload);
        const isThere = replicas.length === count && replicas.every(({ phase }) => phase === 'ready');
        return isThere ? replicas : undefined;
      },
      { what: `${String(count)} ready replicas of ${workload}`, timeoutMs: 60_000 },
    );
  return {
    events,
    list,
    waitPhase,
    waitReady,
    get platform() {
      return platform();
    },
  };
}

/** What every platform tells. */
function describeObserving(lab: Contract): void {
  const { list } = lab;
  it('lists every replica with who, where, since when', async () => {
    const replicas = await lab.platform.listReplicas();
    for (const workload of ['producer', 'consumer', 'kafka', 'zookeeper'] as const) {
      expect(replicas.some((replica) => replica.workload === workload)).toBe(true);
    }
    for (const replica of replicas) {
      expect(replica.name).not.toBe('');
      expect(replica.uid).not.toBe('');
      expect(replica.node).not.toBe('');
      expect(Date.parse(replica.startedAt ?? '')).toBeLessThanOrEqual(Date.now());
    }
    expect(new Set(replicas.map(({ uid }) => uid)).size).toBe(replicas.length);
    expect((await list('kafka')).map(({ ordinal }) => ordinal)).toEqual([0, 1, 2]);
  });

  it('reaches the services at their addresses', async () => {
    for (const url of [lab.platform.addresses.producer, lab.platform.addresses.consumer]) {
      expect((await fetch(`${url}/health/live`)).status).toBe(200);
    }
  });
}

/** Scaling the services. */
function describeScaling(lab: Contract): void {
  const { list, waitReady, events } = lab;
  it('scales up and down, and tells of it', async () => {
    const before = (await list('consumer')).map(({ name: own }) => own);
    await lab.platform.scale('consumer', 3);
    const three = await waitReady('consumer', 3);
    expect(three.map(({ name: own }) => own)).toEqual(expect.arrayContaining(before));
    await lab.platform.scale('consumer', 1);
    await waitReady('consumer', 1);
    const told = events.filter((event) => event.kind === 'scaled').map(({ from, to }) => [from, to]);
    expect(told).toEqual([
      [1, 3],
      [3, 1],
    ]);
  });

  it('scales to nothing and back', async () => {
    await lab.platform.scale('consumer', 0);
    await waitReady('consumer', 0);
    await lab.platform.scale('consumer', 1);
    await waitReady('consumer', 1);
  });

  it.each([-1, 1.5, 10_000])('refuses %d replicas', async (replicas) => {
    await expect(lab.platform.scale('consumer', replicas)).rejects.toThrow();
    expect(await list('consumer')).toHaveLength(1);
  });
}

/** What is done to replicas. */
function describeFaults(lab: Contract): void {
  const { waitPhase, waitReady } = lab;
  it.each(['consumer', 'kafka', 'zookeeper'] as const)(
    'kills a %s with SIGKILL, and it comes back as itself',
    async (workload) => {
      const [victim] = await waitReady(workload, workload === 'consumer' ? 1 : 3);
      if (victim === undefined) throw new Error(`there is no ${workload}`);
      await lab.platform.inject({ kind: 'kill', target: victim.name });
      const back = await waitPhase(victim.name, 'ready', victim.restarts + 1);
      expect(back.uid).toBe(victim.uid);
      expect(Date.parse(back.startedAt ?? '')).toBeGreaterThan(Date.parse(victim.startedAt ?? ''));
    },
  );

  it('pauses a replica, which then does not answer, and resumes it', async () => {
    const [victim] = await waitReady('consumer', 1);
    const target = victim?.name ?? '';
    await lab.platform.inject({ kind: 'pause', target });
    await waitPhase(target, 'unready');
    await expect(fetch(`${victim?.url ?? ''}/health/live`, { signal: AbortSignal.timeout(1000) })).rejects.toThrow();
    await lab.platform.inject({ kind: 'resume', target });
    await waitPhase(target, 'ready');
  });

  it('stops a broker until it is started', async () => {
    const target = 'kafka-1';
    await lab.platform.inject({ kind: 'stop', target });
    await waitPhase(target, 'stopped');
    await lab.platform.inject({ kind: 'start', target });
    await waitPhase(target, 'ready');
  });

  it('refuses a fault of a replica that does not exist, or that makes no sense now', async () => {
    await expect(lab.platform.inject({ kind: 'kill', target: 'consumer-none' })).rejects.toMatchObject({
      code: 'no-such-target',
    });
    await expect(lab.platform.inject({ kind: 'resume', target: 'kafka-0' })).rejects.toMatchObject({
      code: 'conflict',
    });
    await expect(lab.platform.inject({ kind: 'start', target: 'kafka-0' })).rejects.toBeInstanceOf(AppError);
  });
}

/** A roll; of services it needs two replicas. */
function describeRolling(lab: Contract): void {
  const { waitReady, events } = lab;
  it('rolls the consumers: others, as many, one after the other', async () => {
    await lab.platform.scale('consumer', 2);
    const before = await waitReady('consumer', 2);
    const told = events.length;
    await lab.platform.roll('consumer');
    const after = await waitReady('consumer', 2);
    for (const key of ['name', 'uid'] as const) {
      expect(new Set([...before, ...after].map((replica) => replica[key])).size).toBe(4);
    }
    const since = events.slice(told);
    expect(since.filter(({ kind }) => kind === 'scaled')).toEqual([]);
    // A new one is ready before the first old one goes, and the second new one comes after that.
    const names = before.map(({ name: own }) => own);
    const steps = since.flatMap((event) => {
      if (event.kind !== 'phase' || event.replica.workload !== 'consumer') return [];
      const isOld = names.includes(event.replica.name);
      if (isOld) return event.replica.phase === 'terminating' ? ['old goes'] : [];
      return event.replica.phase === 'ready' ? ['new is ready'] : [];
    });
    expect(steps).toEqual(['new is ready', 'old goes', 'new is ready', 'old goes']);
    await lab.platform.scale('consumer', 1);
    await waitReady('consumer', 1);
  });

  it('rolls the consumers with another variable, and back to what it was', async () => {
    await waitReady('consumer', 1);
    const waitAssignor = (wanted: RegExp): Promise<true> =>
      waitUntil(
        async () => {
          const response = await fetch(`${lab.platform.addresses.consumer}/group`);
          const { group } = (await response.json()) as { group: { assignor: string | null } };
          return wanted.test(group.assignor ?? '') || undefined;
        },
        { what: `an assignor such as ${String(wanted)}`, timeoutMs: 30_000 },
      );
    const read = () => lab.platform.readVariables('consumer', ['ASSIGNOR']);
    const before = await read();
    await waitAssignor(/sticky/);
    await lab.platform.roll('consumer', { ASSIGNOR: 'round-robin' });
    expect(await read()).toEqual({ ASSIGNOR: 'round-robin' });
    await waitAssignor(/RoundRobin/);
    await lab.platform.roll('consumer', before);
    expect(await read()).toEqual(before);
    await waitAssignor(/sticky/);
    await waitReady('consumer', 1);
  });

  it('gives no variables to brokers', async () => {
    await expect(lab.platform.roll('kafka', { HEAP: '1g' })).rejects.toMatchObject({ code: 'invalid-request' });
  });

  it.each(['zookeeper', 'kafka'] as const)('rolls %s: the same names, all in their places again', async (workload) => {
    const before = await waitReady(workload, 3);
    await lab.platform.roll(workload);
    const after = await lab.platform.listReplicas(workload);
    const sight = (replicas: readonly Replica[]) => replicas.map(({ name: own, ordinal }) => [own, ordinal]);
    expect(sight(after)).toEqual(sight(before));
    expect(after.map(({ phase }) => phase)).toEqual(['ready', 'ready', 'ready']);
    expect(new Set([...before, ...after].map(({ uid }) => uid)).size).toBe(6);
    const replication = createReplicationInspector({
      brokers: lab.platform.addresses.kafka,
      clientId: 'platform-contract',
      logger: createSilentLogger(),
    });
    const isInSync = await Promise.all([0, 1, 2].map((id) => replication.isInSync(id)));
    await replication.close();
    expect(isInSync).toEqual([true, true, true]);
  });
}

/** Nodes; that pods leave one is for a cluster with several. */
function describeDraining(lab: Contract): void {
  it('refuses a node that there is not', async () => {
    await expect(lab.platform.drain('node-none')).rejects.toMatchObject({ code: 'no-such-target' });
    await expect(lab.platform.uncordon('node-none')).rejects.toMatchObject({ code: 'no-such-target' });
  });
}

/** Logs. */
function describeLogs(lab: Contract): void {
  const { waitReady } = lab;
  it('reads the last lines of a log, and follows it', async () => {
    const [replica] = await waitReady('consumer', 1);
    const lines = [];
    for await (const line of lab.platform.readLogs(replica?.name ?? '', { tail: 3, follow: false })) lines.push(line);
    expect(lines.length).toBeGreaterThan(0);
    expect(lines.length).toBeLessThanOrEqual(3);

    const gone = new AbortController();
    const followed = lab.platform.readLogs(replica?.name ?? '', { tail: 0, follow: true, signal: gone.signal });
    const next = (async () => {
      for await (const line of followed) if (line.includes('followed line')) return line;
      return undefined;
    })();
    const response = await fetch(`${lab.platform.addresses.producer}/producer`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ name: 'followed line' }),
    });
    expect(response.status).toBe(201);
    expect(await next).toContain('processed');
    gone.abort();
  });
}

const CONTRACTS: Readonly<Record<Capability, (lab: Contract) => void>> = {
  scale: describeScaling,
  faults: describeFaults,
  roll: describeRolling,
  drain: describeDraining,
  logs: describeLogs,
};
