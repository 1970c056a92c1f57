import { AppError } from '../../lib/errors/app-error.ts';
import { createClusterConnection, type ClusterConnection } from '../../kafka/cluster-connection.ts';
import { createGroupInspector } from '../../kafka/group-inspector.ts';
import type { OffsetRange } from '../../kafka/log-reader.ts';
import { waitUntil } from '../../platforms/wait-until.ts';
import type { BenchCluster, BenchTopics } from '../bench-cluster.ts';
import type { BenchProcess } from '../bench-process.ts';
import type { SuiteContext } from '../suite.ts';
import type { Assigned, ConsumerKind } from './consumers.ts';
import { followGroup } from './group-progress.ts';
import { startPeer, waitReport, withProcess, withProcesses } from './run-process.ts';

/** How fast a group read a topic from the beginning. */
export interface ConsumeMeasurement {
  readonly recordsPerSecond: number;
  /** The same up to 99 % of the records; null when that is not known. */
  readonly nearlyAllPerSecond: number | null;
  /** How long the last hundredth took, in milliseconds. */
  readonly tailMs: number | null;
  /** CPU time of all members for one record, in microseconds. */
  readonly cpuUsPerRecord: number | null;
}

/** What is read: a topic that is filled. */
export interface FilledTopic {
  readonly cluster: BenchCluster;
  readonly topics: BenchTopics;
  readonly ranges: readonly OffsetRange[];
}

const ASSIGN_TIMEOUT_MS = 60_000;
/** The gate stands a little longer. */
const JOIN_TIMEOUT_MS = 50_000;

/** Reads a topic by a new group, and counts from its first assignment until everything is committed. */
export async function consumeOnce(
  kind: ConsumerKind,
  replicas: number,
  filled: FilledTopic,
  { logger, signal }: Pick<SuiteContext, 'logger' | 'signal'>,
): Promise<ConsumeMeasurement> {
  const { cluster, topics, ranges } = filled;
  const { topic } = topics;
  const groupId = `${topic}-${kind.id}-${String(replicas)}`;
  const connection = createClusterConnection({ brokers: cluster.brokers, clientId: 'bench', logger });
  const openMembers = (): Member[] =>
    Array.from({ length: replicas }, (_, index) => {
      const replica = `${groupId}-${String(index + 1)}`;
      return watchMember(kind.start(cluster, topics, groupId, replica), kind);
    });
  const measure = async (members: readonly Member[], openGate: () => Promise<void>): Promise<ConsumeMeasurement> => {
    await openGate();
    const assigned = await waitAssigned(members, replicas, ranges.length, signal);
    const cpuBefore = sumCpuMs(members);
    const { nearlyAll, all } = await followGroup(connection, { groupId, topic, ranges }, signal);
    const startedAt = Math.min(...assigned.map(({ atMs }) => atMs));
    return {
      recordsPerSecond: (all.records * 1000) / (all.atMs - startedAt),
      nearlyAllPerSecond: (nearlyAll.records * 1000) / (nearlyAll.atMs - startedAt),
      tailMs: all.atMs - nearlyAll.atMs,
      cpuUsPerRecord: ((sumCpuMs(members) - cpuBefore) * 1000) / all.records,
    };
  };
  const run = (openGate: () => Promise<void>): Promise<ConsumeMeasurement> => {
    const members = openMembers();
    return withProcesses(
      members.map(({ process }) => process),
      signal,
      () => measure(members, openGate),
    );
  };
  try {
    if (replicas === 1) return await run(() => Promise.resolve());
    // Members that join one after the other would be given everything, and give it up again: they begin at once.
    const gate = startPeer('group-gate.ts', 'gate', { brokers: cluster.brokers, topic, groupId });
    return await withProcess(gate, signal, async () => {
      await waitReport(gate, 'joined', ASSIGN_TIMEOUT_MS);
      return run(async () => {
        await waitMembers(connection, groupId, topic, replicas + 1, signal);
        await gate.stop();
      });
    });
  } finally {
    await connection.disconnect();
  }
}

interface Member {
  readonly process: BenchProcess;
  assigned: Assigned | undefined;
}

function watchMember(process: BenchProcess, kind: ConsumerKind): Member {
  const member: Member = { process, assigned: undefined };
  process.onLine((line) => (member.assigned ??= kind.parseAssigned(line)));
  return member;
}

/** @throws AppError `internal` when the group did not form with all its members at once */
async function waitAssigned(
  members: readonly Member[],
  replicas: number,
  partitions: number,
  signal: AbortSignal,
): Promise<readonly Assigned[]> {
  const probe = (): readonly Assigned[] | undefined => {
    const all = members.flatMap(({ assigned }) => assigned ?? []);
    return all.length === members.length ? all : undefined;
  };
  const options = { what: 'all members to be given partitions', timeoutMs: ASSIGN_TIMEOUT_MS, intervalMs: 5, signal };
  const assigned = await waitUntil(probe, options);
  if (assigned.some((one) => one.partitions !== partitions / replicas)) {
    const shares = assigned.map((one) => one.partitions).join(', ');
    throw new AppError('internal', `the members were not given equal shares at first: ${shares}`);
  }
  return assigned;
}

async function waitMembers(
  connection: ClusterConnection,
  groupId: string,
  topic: string,
  count: number,
  signal: AbortSignal,
): Promise<void> {
  const inspector = createGroupInspector(connection);
  const probe = async (): Promise<true | undefined> => {
    const { members } = await inspector.inspect(groupId, topic);
    return members.length === count ? true : undefined;
  };
  await waitUntil(probe, {
    what: `${String(count)} members of ${groupId}`,
    timeoutMs: JOIN_TIMEOUT_MS,
    intervalMs: 50,
    signal,
  });
}

function sumCpuMs(members: readonly Member[]): number {
  return members.reduce((sum, { process }) => sum + process.cpuMs(), 0);
}
