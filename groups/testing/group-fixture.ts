/** Facts about a group for tests: what Kafka, the ledger and the platform would tell. Times are given in seconds. */
import type { GroupMember, GroupPartition, GroupView } from '../../lib/contracts/group.ts';
import type { Receipt } from '../../lib/contracts/receipt.ts';
import type { GroupGeneration } from '../../lib/contracts/group-generation.ts';
import type { PlatformEvent } from '../../lib/contracts/platform-event.ts';
import type { FaultKind, Phase, Replica } from '../../lib/contracts/replica.ts';
import type { GroupReplica } from '../group-replica.ts';

const START = Date.parse('2026-11-24T10:00:00Z');
const SESSION_TIMEOUT_MS = 10_000;

/** The time so many seconds after the beginning of a test's story, in milliseconds since the epoch. */
export function second(seconds: number): number {
  return START + Math.round(seconds * 1000);
}

export function iso(seconds: number): string {
  return new Date(second(seconds)).toISOString();
}

export function buildReplica(name: string, facts: Partial<GroupReplica> = {}): GroupReplica {
  return {
    name,
    uid: `uid-${name}`,
    ordinal: undefined,
    node: 'node-1',
    zone: undefined,
    phase: 'ready',
    startedAt: iso(-600),
    restarts: 0,
    ...facts,
  };
}

function buildPlatformReplica(name: string, phase: Phase): Replica {
  return { ...buildReplica(name, { phase }), workload: 'consumer', url: undefined };
}

export function tellPhase(
  seconds: number,
  name: string,
  from: Phase | undefined,
  phase: Phase,
  reason?: string,
): PlatformEvent {
  const event = { at: second(seconds), kind: 'phase', replica: buildPlatformReplica(name, phase), from } as const;
  return reason === undefined ? event : { ...event, reason };
}

export function tellCreated(seconds: number, name: string): PlatformEvent {
  return tellPhase(seconds, name, undefined, 'starting');
}

export function tellGoing(seconds: number, name: string, reason?: string): PlatformEvent {
  return tellPhase(seconds, name, 'ready', 'terminating', reason);
}

export function tellRemoved(seconds: number, name: string, reason = 'deleted'): PlatformEvent {
  return { at: second(seconds), kind: 'removed', replica: buildPlatformReplica(name, 'terminating'), reason };
}

export function tellFailed(seconds: number, name: string, reason: string): PlatformEvent {
  return tellPhase(seconds, name, 'ready', 'failed', reason);
}

export function tellFault(seconds: number, kind: FaultKind, target: string): PlatformEvent {
  return { at: second(seconds), kind: 'fault', fault: { kind, target } };
}

export function tellScaled(seconds: number, from: number, to: number): PlatformEvent {
  return { at: second(seconds), kind: 'scaled', workload: 'consumer', from, to };
}

export interface MemberFacts {
  /** @default the client id and `-m1` */
  readonly memberId?: string;
  /** In seconds; null for a foreign client, which tells nothing of itself. @default just after the replica's default */
  readonly startedAt?: number | null;
  /** @default the topic */
  readonly reads?: GroupMember['reads'];
  /** @default 0 */
  readonly absentPartitions?: number;
}

export function buildMember(clientId: string, partitions: readonly number[], facts: MemberFacts = {}): GroupMember {
  const { memberId = `${clientId}-m1`, startedAt = -599.5, reads = 'topic', absentPartitions = 0 } = facts;
  const member = { memberId, clientId, host: '10.0.0.1', reads, partitions: [...partitions], absentPartitions };
  if (startedAt === null) return member;
  return { ...member, identity: { pod: clientId, uid: `uid-${clientId}`, startedAt: iso(startedAt), node: 'node-1' } };
}

export interface ViewFacts {
  /** Partitions of the topic. @default 3 */
  readonly partitions?: number;
  /** @default Stable */
  readonly state?: string;
  /** Log-end and committed offset of each partition. @default 100 and 100 */
  readonly offsets?: (partition: number) => readonly [end: number, committed: number | null];
}

export function buildView(members: readonly GroupMember[], facts: ViewFacts = {}): GroupView {
  const { partitions: count = 3, state = 'Stable', offsets = () => [100, 100] as const } = facts;
  const owners = new Map(members.flatMap(({ clientId, partitions }) => partitions.map((owned) => [owned, clientId])));
  const partitions = Array.from({ length: count }, (_, partition): GroupPartition => {
    const [logEndOffset, committedOffset] = offsets(partition);
    const lag = Math.max(0, logEndOffset - (committedOffset ?? 0));
    return { partition, owner: owners.get(partition) ?? null, committedOffset, logEndOffset, lag };
  });
  return {
    groupId: 'app',
    topic: 'app',
    state,
    assignor: state === 'Stable' ? 'sticky' : null,
    coordinator: 1,
    members: [...members],
    partitions,
    idle: members.filter((member) => member.partitions.length === 0).map(({ clientId }) => clientId),
    lag: partitions.reduce((sum, { lag }) => sum + lag, 0),
    explanation: '',
  };
}

/** @param owned what each member owns, by client id, or by client id, `/` and member id */
export function buildGeneration(
  generation: number,
  seconds: number,
  owned: Readonly<Record<string, readonly number[]>>,
): GroupGeneration {
  return {
    generation,
    assignor: 'sticky',
    at: second(seconds),
    members: Object.entries(owned).map(([name, partitions]) => {
      const [clientId = name, memberId = `${name}-m1`] = name.split('/');
      return { memberId, clientId, sessionTimeoutMs: SESSION_TIMEOUT_MS, partitions: { app: [...partitions] } };
    }),
  };
}

/** A run of one record that took no time, unless told otherwise. */
export function buildReceipt(
  seconds: number,
  offset: number,
  facts: { readonly [K in keyof Receipt]?: Receipt[K] | undefined } = {},
): Receipt {
  const receipt = {
    topic: 'app',
    partition: 0,
    from: offset,
    to: offset,
    member: 'consumer-1',
    generation: 1,
    startedAt: iso(seconds),
    finishedAt: iso(seconds),
    ...facts,
  };
  const { generation, ...rest } = receipt;
  return (generation === undefined ? rest : { ...rest, generation }) as Receipt;
}
