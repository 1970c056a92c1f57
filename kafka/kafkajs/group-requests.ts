/**
 * What a member asks of its group's coordinator, below kafkajs' broker, which has no place for an instance id (KIP-345)
 * and gives up a join after the rebalance timeout. Written for the insides of kafkajs 2.2.4, which repairs.ts checks.
 */
import protocol from 'kafkajs/src/protocol/requests/index.js';
import { copyConnection, type BrokerInternals, type ProtocolRequest } from './internals.ts';

const API_KEYS = { JoinGroup: 11, Heartbeat: 12, LeaveGroup: 13, SyncGroup: 14, OffsetCommit: 8 } as const;
type Api = keyof typeof API_KEYS;

/** A member, as the coordinator knows it. */
export interface GroupMember {
  readonly groupId: string;
  readonly memberId: string;
  /** Of a static member, which keeps its place while it is away (KIP-345); null of a dynamic one. */
  readonly groupInstanceId: string | null;
}

/** What JoinGroup carries beside the member. */
export interface JoinFields {
  readonly sessionTimeout: number;
  readonly rebalanceTimeout: number;
  /** The assignors that the member offers, the one that it prefers first. */
  readonly groupProtocols: readonly { readonly name: string; readonly metadata: Buffer }[];
}

/** A generation that has begun. */
export interface JoinedGroup {
  readonly generationId: number;
  readonly groupProtocol: string;
  readonly leaderId: string;
  readonly memberId: string;
  /** Told to the leader only. */
  readonly members: readonly { readonly memberId: string; readonly memberMetadata: Buffer }[];
}

/** The leader's decision, one entry a member. */
export type GroupAssignment = readonly { readonly memberId: string; readonly memberAssignment: Buffer }[];

/**
 * Joins, and waits until every member has, which takes as long as the longest rebalance timeout of any of them.
 *
 * @param signal aborted when the answer is not wanted any more; its reason is thrown
 * @throws kafkajs' errors; for KIP-394's first answer one that `readRequiredId` knows
 */
export function sendJoin(
  broker: BrokerInternals,
  fields: GroupMember & JoinFields,
  signal: AbortSignal,
): Promise<JoinedGroup> {
  return park(broker, build(broker, 'JoinGroup', { protocolType: 'consumer', ...fields }), signal);
}

/** The id to join under, when the coordinator answered a first join with one (KIP-394). */
export function readRequiredId(error: unknown): string | undefined {
  const isRequired = error instanceof Error && error.name === 'KafkaJSMemberIdRequired' && 'memberId' in error;
  return isRequired ? String(error.memberId) : undefined;
}

/** Waits for the leader's decision. @throws kafkajs' errors */
export async function sendSync(
  broker: BrokerInternals,
  fields: GroupMember & { readonly generationId: number; readonly groupAssignment: GroupAssignment },
  signal: AbortSignal,
): Promise<Buffer> {
  const request = build<{ memberAssignment: Buffer }>(broker, 'SyncGroup', fields);
  const { memberAssignment } = await park(broker, request, signal);
  return memberAssignment;
}

/** @throws kafkajs' errors */
export async function sendHeartbeat(
  broker: BrokerInternals,
  fields: GroupMember & { readonly groupGenerationId: number },
): Promise<void> {
  await broker.connectionPool.send(build(broker, 'Heartbeat', fields));
}

/** @throws kafkajs' errors */
export async function sendLeave(broker: BrokerInternals, member: GroupMember): Promise<void> {
  // The versions that carry an instance id take several members.
  await broker.connectionPool.send(build(broker, 'LeaveGroup', { ...member, members: [member] }));
}

/** @throws kafkajs' errors */
export async function sendCommit(
  broker: BrokerInternals,
  { groupId, memberId }: GroupMember,
  groupGenerationId: number,
  topic: string,
  offsets: ReadonlyMap<number, number>,
): Promise<void> {
  const partitions = [...offsets].map(([partition, offset]) => ({ partition, offset: String(offset) }));
  const fields = { groupId, memberId, groupGenerationId, topics: [{ topic, partitions }] };
  await broker.connectionPool.send(build(broker, 'OffsetCommit', fields));
}

function build<T>(broker: BrokerInternals, api: Api, fields: unknown): ProtocolRequest<T> {
  return broker.lookupRequest(API_KEYS[api], protocol.requests[api])(fields) as ProtocolRequest<T>;
}

/** As long as any rebalance timeout may be; whoever waits watches the broker meanwhile. */
const PARKED_MS = 1_800_000;

/** On a connection of its own, so that nothing else waits behind it: a broker answers one request after the other. */
async function park<T>(
  broker: BrokerInternals,
  { request, response }: ProtocolRequest<T>,
  signal: AbortSignal,
): Promise<T> {
  const [ordinary] = broker.connectionPool.pool;
  if (ordinary === undefined) throw new Error('the broker has no connection');
  signal.throwIfAborted();
  const connection = copyConnection(ordinary);
  const isOver = new AbortController();
  const givenUp = new Promise<never>((_, reject) => {
    const giveUp = (): void => reject(signal.reason as Error);
    signal.addEventListener('abort', giveUp, { once: true, signal: isOver.signal });
  });
  const answer = connection.connect().then(() => connection.send({ request, response, requestTimeout: PARKED_MS }));
  try {
    return (await Promise.race([answer, givenUp])) as T;
  } finally {
    isOver.abort();
    answer.catch(() => undefined);
    // Closing waits for what is under way.
    connection.rejectRequests(new Error('nobody waits for the answer any more'));
    connection.disconnect().catch(() => undefined);
  }
}
