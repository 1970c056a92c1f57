import { createClusterConnection } from '../../kafka/cluster-connection.ts';
import type { GroupGeneration } from '../../lib/contracts/group-generation.ts';
import { createGroupHistoryReader } from '../../kafka/group-history.ts';
import { createGroupInspector } from '../../kafka/group-inspector.ts';
import { createLogReader } from '../../kafka/log-reader.ts';
import type { Logger } from '../../lib/log/create-logger.ts';
import { waitUntil } from '../../platforms/wait-until.ts';
import type { BenchProcess } from '../bench-process.ts';
import { measureBalance, type Owners } from '../../groups/balance.ts';
import { findBalancedAt, type Processing } from './trace.ts';
import { TracedMembers } from './traced-members.ts';

/** One assignment, as the coordinator wrote it down. */
interface Assigned {
  readonly at: number;
  readonly members: readonly string[];
  readonly owners: Owners;
}

/** Members of one group, and what they processed. */
export interface TracedGroup {
  /** What was processed since the group was created here, in the order in which it was told. */
  readonly trace: readonly Processing[];
  /** Replicas that ought to be members now. */
  readonly members: readonly string[];
  /** Assignments of the group, in their order, as far as they were read. */
  readonly assignments: readonly Assigned[];
  start(): string;
  /** When a replica said that its client begins to join, in milliseconds since the epoch. */
  beganAt(replica: string): number | undefined;
  /** Sends a signal by which the replica leaves, and returns at once. */
  end(replica: string, signal: 'SIGTERM' | 'SIGKILL'): void;
  /**
   * Waits until a replica belongs to a group that has shared all its partitions out. A cooperative group lets a newcomer
   * in before it has: then nobody owns what is on its way to it.
   */
  waitMember(replica: string): Promise<void>;
  /**
   * Waits until the group is balanced by an assignment made since, and has been so for the settling time.
   *
   * @returns when it became balanced, in milliseconds since the epoch
   * @throws AppError `timed-out` that says what was missing, `process-failed` when a member has ended by itself
   */
  waitBalanced(since: number): Promise<number>;
  /** What the members said last beside the records that they processed, for who wants to know why they are not balanced. */
  describeMembers(): readonly string[];
  /** Ends every replica. */
  stop(): Promise<void>;
}

/** Where the group is, what its members are, and how long it is waited for. */
export interface TracedGroupOptions {
  readonly brokers: readonly string[];
  /** Name of the topic and of the group. */
  readonly topic: string;
  readonly partitions: number;
  readonly startReplica: () => BenchProcess;
  /** How long it must stay balanced, in milliseconds. */
  readonly settleMs: number;
  /** Bound of every wait, in milliseconds. */
  readonly timeoutMs: number;
  readonly logger: Logger;
  readonly signal: AbortSignal;
}

/** Lines on their way are waited for after the settling time. */
const LATE_LINES_MS = 250;
const LOOK_MS = 200;
const LOOK_AT_MEMBER_MS = 50;

/** A group without members; each is started by a call. */
export function createTracedGroup(options: TracedGroupOptions): TracedGroup {
  const { topic, partitions, settleMs, timeoutMs, signal } = options;
  const connection = createClusterConnection({ ...options, clientId: 'bench-observer', patienceMs: 15_000 });
  const inspector = createGroupInspector(connection);
  const history = createGroupHistoryReader(createLogReader(connection), topic);
  const members = new TracedMembers();
  const assignments: Assigned[] = [];

  const readAssignments = async (): Promise<Assigned | undefined> => {
    assignments.push(...(await history.readNew()).map((generation) => toAssigned(generation, topic)));
    return assignments.at(-1);
  };

  /** When it became balanced. @throws Error with what is missing */
  const findBalance = async (since: number): Promise<number> => {
    members.requireRunning();
    const { state } = await inspector.inspect(topic, topic);
    if (state !== 'Stable') throw new Error(`the group is ${state}`);
    const last = await readAssignments();
    if (last === undefined || last.at < since) throw new Error('there is no new assignment');
    const missing = describeUneven(last, members.names, partitions);
    if (missing !== undefined) throw new Error(missing);
    const at = findBalancedAt(members.trace, last.owners, last.at);
    if (at === undefined) throw new Error('a partition has not been processed by its owner');
    return at;
  };

  return {
    trace: members.trace,
    assignments,
    get members() {
      return members.names;
    },
    start: () => members.add(options.startReplica()),
    beganAt: (replica) => members.beganAt(replica),
    end: (replica, how) => members.end(replica, how),
    async waitMember(replica) {
      await waitUntil(
        async () => {
          members.requireRunning();
          const group = await inspector.inspect(topic, topic);
          if (group.state !== 'Stable') throw new Error(`the group is ${group.state}`);
          if (group.partitions.some(({ owner }) => owner === null)) throw new Error('a partition has no owner');
          return group.members.some(({ clientId }) => clientId === replica) ? true : undefined;
        },
        { what: `${replica} to be a member`, timeoutMs, intervalMs: LOOK_AT_MEMBER_MS, signal },
      );
    },
    waitBalanced: (since) =>
      waitUntil(
        async () => {
          const at = await findBalance(since);
          return Date.now() < at + settleMs + LATE_LINES_MS ? undefined : at;
        },
        { what: `${members.names.join(', ')} to be balanced`, timeoutMs, intervalMs: LOOK_MS, signal },
      ),
    describeMembers: () => members.describeLastLines(),
    async stop() {
      await members.stop();
      await connection.disconnect();
    },
  };
}

function toAssigned({ at, members }: GroupGeneration, topic: string): Assigned {
  const pairs = members.flatMap(({ clientId, partitions }) =>
    (partitions[topic] ?? []).map((partition) => [partition, clientId] as const),
  );
  return { at, members: members.map(({ clientId }) => clientId), owners: new Map(pairs) };
}

function describeUneven(assigned: Assigned, expected: readonly string[], partitions: number): string | undefined {
  const { members, owners } = assigned;
  if (members.length !== expected.length || !expected.every((replica) => members.includes(replica))) {
    return `the members are ${members.join(', ')}`;
  }
  if (owners.size !== partitions) return `${String(owners.size)} of ${String(partitions)} partitions have an owner`;
  const shares = members.map((member) => ({
    partitions: [...owners].flatMap(([partition, owner]) => (owner === member ? [partition] : [])),
  }));
  return measureBalance(shares, owners.keys()).isEven
    ? undefined
    : `the shares are ${shares.map((share) => share.partitions.length).join(', ')}`;
}
