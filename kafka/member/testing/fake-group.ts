import { decodeAssignment, decodeSubscription } from '../../consumer-offsets/decode-subscription.ts';
import { encodeAssignment } from '../../assignor/encode-subscription.ts';
import type { FetchedPartition } from '../../kafkajs/fetch.ts';
import type { LogRecord } from '../../records/log-record.ts';
import type { GroupProtocol } from '../group-protocol.ts';
import type { MemberGeneration } from '../membership.ts';
import type { TopicLog } from '../topic-log.ts';

/** The topic of the log. */
export const FAKE_TOPIC = 'app';

/** An error as kafkajs makes of a broker's. */
export function protocolError(type: string): Error {
  return Object.assign(new Error(type), { name: 'KafkaJSProtocolError', type });
}

/**
 * The coordinator of a group in which one member is real and the leader is another one, as Kafka 3.9's
 * GroupCoordinator behaves: commits are taken while a rebalance is prepared and refused while it is completed. It knows
 * the truth of what the member owns, and fails when that is violated.
 */
export class FakeGroup implements GroupProtocol {
  readonly coordinator = 1;
  /** What the leader gives the member in the next generations. */
  assignment: readonly number[] = [];
  protocolName = 'cooperative-sticky';
  readonly committed = new Map<number, number>();
  readonly accepted: { readonly partition: number; readonly offset: number; readonly generation: number }[] = [];
  /** What the member asked of it, by name. */
  readonly asked: string[] = [];
  /** Errors with which the next commits, heartbeats and joins are answered. */
  readonly failures: { commit: string[]; heartbeat: string[]; join: string[]; sync: string[] } = {
    commit: [],
    heartbeat: [],
    join: [],
    sync: [],
  };
  generation = 0;
  memberCount = 1;
  /** The others of a group that the member leads; undefined while another one does. */
  others: readonly { readonly memberId: string; readonly memberMetadata: Buffer }[] | undefined;
  phase: 'stable' | 'preparing' | 'completing' = 'stable';
  /** What nobody else may own: assigned to the member, or claimed by it when it joined. */
  mine = new Set<number>();
  #memberId: string | undefined;
  /** Given, and not joined under yet (KIP-394). */
  #pendingId: string | undefined;
  #ids = 0;
  /** The member was told that it is none, and has not joined since. */
  isTold = false;
  readonly violations: string[] = [];

  /** The group begins a rebalance, which the member hears at its next heartbeat. */
  rebalance(assignment: readonly number[]): void {
    this.assignment = assignment;
    this.phase = 'preparing';
  }

  /** The group goes on without the member, which has not heard of it. */
  throwOut(): void {
    this.#memberId = undefined;
    this.#pendingId = undefined;
    this.mine = new Set();
    this.generation += 1;
  }

  join: GroupProtocol['join'] = async (memberId, { groupProtocols }, { signal }, onMemberId) => {
    this.asked.push('join');
    await tick(signal);
    this.#failNext('join');
    const isKnown = memberId === '' || memberId === this.#memberId || memberId === this.#pendingId;
    if (!isKnown) this.#refuse('UNKNOWN_MEMBER_ID');
    if (memberId === '') {
      this.#ids += 1;
      this.#pendingId = `me-${String(this.#ids)}`;
      onMemberId(this.#pendingId);
    }
    const id = memberId === '' ? (this.#pendingId ?? '') : memberId;
    this.#pendingId = undefined;
    const { metadata } = groupProtocols.find(({ name }) => name === this.protocolName) ?? { metadata: Buffer.alloc(0) };
    const owned = decodeSubscription(metadata)?.ownedPartitions?.[FAKE_TOPIC] ?? [];
    for (const partition of owned) if (!this.mine.has(partition)) this.violations.push(`claims ${String(partition)}`);
    this.mine = new Set(owned);
    this.#memberId = id;
    this.generation += 1;
    this.phase = 'completing';
    return {
      generationId: this.generation,
      groupProtocol: this.protocolName,
      leaderId: this.others === undefined ? 'other' : id,
      memberId: id,
      members: this.others === undefined ? [] : [{ memberId: id, memberMetadata: metadata }, ...this.others],
    };
  };

  sync: GroupProtocol['sync'] = async (of, decision, { signal }) => {
    await tick(signal);
    this.#check(of);
    if (this.phase === 'preparing') throw protocolError('REBALANCE_IN_PROGRESS');
    this.#failNext('sync');
    this.phase = 'stable';
    this.isTold = false;
    const own = decision.find(({ memberId }) => memberId === of.memberId)?.memberAssignment;
    const assigned = own ? (decodeAssignment(own)?.partitions[FAKE_TOPIC] ?? []) : this.assignment;
    this.mine = new Set([...this.mine, ...assigned]);
    return encodeAssignment({ [FAKE_TOPIC]: assigned });
  };

  heartbeat: GroupProtocol['heartbeat'] = async (of) => {
    this.asked.push('heartbeat');
    await tick();
    this.#failNext('heartbeat');
    this.#check(of);
    if (this.phase !== 'stable') throw protocolError('REBALANCE_IN_PROGRESS');
  };

  leave: GroupProtocol['leave'] = async (memberId) => {
    this.asked.push(`leave ${memberId}`);
    await tick();
    this.mine = new Set();
  };

  commit: GroupProtocol['commit'] = async (of, offsets) => {
    await tick();
    this.#failNext('commit');
    this.#check(of);
    if (this.phase === 'completing') throw protocolError('REBALANCE_IN_PROGRESS');
    for (const [partition, offset] of offsets) {
      if (!this.mine.has(partition)) this.violations.push(`commits ${String(partition)}, which it does not own`);
      if (offset < (this.committed.get(partition) ?? 0)) this.violations.push(`commits ${String(partition)} back`);
      this.committed.set(partition, offset);
      this.accepted.push({ partition, offset, generation: of.generation });
    }
  };

  readPositions: GroupProtocol['readPositions'] = async (partitions) => {
    await tick();
    return new Map(partitions.map((partition) => [partition, this.committed.get(partition) ?? 0]));
  };

  describe: GroupProtocol['describe'] = () =>
    Promise.resolve({
      protocolType: 'consumer',
      protocol: this.protocolName,
      members: Array.from({ length: this.memberCount }, () => ({ clientId: 'a' })),
    });

  #check({ memberId, generation }: MemberGeneration): void {
    if (memberId !== this.#memberId) this.#refuse('UNKNOWN_MEMBER_ID');
    if (generation !== this.generation) throw protocolError('ILLEGAL_GENERATION');
  }

  #refuse(type: string): never {
    this.isTold = true;
    throw protocolError(type);
  }

  #failNext(what: keyof FakeGroup['failures']): void {
    const type = this.failures[what].shift();
    if (type !== undefined) throw protocolError(type);
  }
}

/** A log with records in every partition, of which a fetch gives a few. */
export class FakeLog implements TopicLog {
  readonly ends = new Map<number, number>();
  readonly leaders: Map<number, number>;
  readonly batchRecords = 3;

  constructor(partitions: number) {
    this.leaders = new Map(Array.from({ length: partitions }, (_, partition) => [partition, partition % 2]));
  }

  append(partition: number, records: number): void {
    this.ends.set(partition, (this.ends.get(partition) ?? 0) + records);
  }

  readLeaders: TopicLog['readLeaders'] = () => this.leaders;
  refresh: TopicLog['refresh'] = () => Promise.resolve();
  fetch: TopicLog['fetch'] = async (leader, positions) => {
    await new Promise((resolve) => setTimeout(resolve, 1));
    return positions
      .filter(({ partition }) => this.leaders.get(partition) === leader)
      .map((position): FetchedPartition => {
        const end = this.ends.get(position.partition) ?? 0;
        const next = Math.min(end, position.offset + this.batchRecords);
        const offsets = Array.from({ length: Math.max(0, next - position.offset) }, (_, at) => position.offset + at);
        const records = offsets.map((offset) => toRecord(position.partition, offset));
        return { ...position, topic: FAKE_TOPIC, records, next: Math.max(next, position.offset), highWatermark: end };
      });
  };
  readStart: TopicLog['readStart'] = () => Promise.resolve(0);
  interrupt: TopicLog['interrupt'] = () => undefined;
  forget: TopicLog['forget'] = () => undefined;
}

/** A record of the topic, with as little in it as may be. */
export function toRecord(partition: number, offset: number): LogRecord {
  return { topic: FAKE_TOPIC, partition, offset, key: null, value: Buffer.from('v'), timestampMs: 0, headers: {} };
}

function tick(signal?: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    setTimeout(() => (signal?.aborted === true ? reject(signal.reason as Error) : resolve()), 1);
  });
}
