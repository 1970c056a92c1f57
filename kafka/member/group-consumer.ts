import type { AppError } from '../../lib/errors/app-error.ts';
import type { MemberIdentity } from '../../lib/contracts/member.ts';
import type { Receipt } from '../../lib/contracts/receipt.ts';
import type { Logger } from '../../lib/log/create-logger.ts';
import { listAssignors, type Assignor, type AssignorName } from '../assignor/assignors.ts';
import { createKafka, type KafkaOptions } from '../create-kafka.ts';
import { createCluster } from '../kafkajs/internals.ts';
import { createGroupProtocol, type GroupProtocol } from './group-protocol.ts';
import type { MemberState } from './member-state.ts';
import { Member } from './member.ts';
import type { ProcessRecord } from './process-persistently.ts';
import { readPartitions } from './read-partitions.ts';
import { createTopicLog, type TopicLog } from './topic-log.ts';

/** What a member was given, and how it differs from what it had. */
export interface Assignment {
  readonly memberId: string;
  readonly generation: number;
  readonly assignor: string | null;
  readonly partitions: readonly number[];
  readonly gained: readonly number[];
  readonly lost: readonly number[];
  /** How long anything was given up for it, in milliseconds; undefined when all that it kept went on. */
  readonly pauseMs: number | undefined;
}

/** What a member must be told to be one. */
export interface MemberOptions {
  readonly groupId: string;
  readonly topic: string;
  readonly identity: MemberIdentity;
  readonly sessionTimeoutMs: number;
  readonly heartbeatIntervalMs: number;
  readonly rebalanceTimeoutMs: number;
  /** Partitions processed at the same time. */
  readonly concurrency: number;
  /** Records of a partition that may be processed without a commit. */
  readonly commitEveryRecords: number;
  readonly commitEveryMs: number;
  /**
   * Processes one record; when it returns without a promise, or its promise resolves, the record counts as processed.
   * A failure is retried from that record on. When the signal aborts, rejecting leaves the record to the next owner.
   */
  readonly process: ProcessRecord;
  /** Resolves when the brokers have acknowledged it. What fails holds the receipt's own partition, and is tried again. */
  readonly writeReceipt: (receipt: Receipt) => Promise<void>;
  readonly onAssigned: (assignment: Assignment) => void;
  /** Called when the member has given partitions up, or lost its place in the group. */
  readonly onReleased: (partitions: readonly number[]) => void;
  /**
   * Of a static member (KIP-345): it keeps its place in the group while it is away, for as long as its session lasts, so
   * that a restart moves nothing. Null for a dynamic one.
   */
  readonly instanceId: string | null;
  /** Called when another process has joined under the same instance id: this member has ended. */
  readonly onFenced: (reason: AppError) => void;
}

/** What a member works with. */
export interface MemberDeps extends MemberOptions {
  readonly assignors: readonly Assignor[];
  readonly protocol: GroupProtocol;
  readonly log: TopicLog;
  /** The partitions that topics have now. */
  readonly readPartitions: (topics: ReadonlySet<string>) => Promise<ReadonlyMap<string, readonly number[]>>;
  /** Sees to it that there is a connection, and that the topic is known. */
  readonly connect: () => Promise<void>;
  readonly disconnect: () => Promise<void>;
  readonly logger: Logger;
}

interface GroupConsumerOptions extends KafkaOptions, MemberOptions {
  /** The assignor that is offered first. */
  readonly assignor: AssignorName;
}

/** A member of a consumer group: at least once, in order per partition, receipts before commits. */
export interface GroupConsumer {
  start(): void;
  /** Finishes what is in hand, accounts for it, and leaves the group at once; a static member keeps its place in it. */
  stop(): Promise<void>;
  state(): MemberState;
  /** When the client last tried anything, in milliseconds since the epoch. */
  readonly lastActivityAt: number;
}

/** A broker that is silent for so long is given up: by then its partitions have another leader, or soon. */
const REQUEST_TIMEOUT_MS = 6000;
const METADATA_MAX_AGE_MS = 15_000;

/** Joins nothing yet: `start` does. One consumer is one member, and cannot be started again once it is stopped. */
export function createGroupConsumer(options: GroupConsumerOptions): GroupConsumer {
  return new Member({ ...options, ...reachCluster(options), assignors: listAssignors(options.assignor) });
}

/** What a member asks of a cluster. Connects to nothing yet. */
export function reachCluster(
  options: KafkaOptions & Pick<MemberOptions, 'groupId' | 'topic' | 'instanceId'>,
): Pick<MemberDeps, 'protocol' | 'log' | 'readPartitions' | 'connect' | 'disconnect'> {
  const { groupId, topic, instanceId } = options;
  const kafka = createKafka(options, { requestTimeoutMs: REQUEST_TIMEOUT_MS });
  const cluster = createCluster(kafka, { metadataMaxAgeMs: METADATA_MAX_AGE_MS });
  return {
    protocol: createGroupProtocol(cluster, { groupId, topic, instanceId }),
    log: createTopicLog(cluster, topic),
    readPartitions: (topics) => readPartitions(cluster, topics),
    async connect() {
      if (!cluster.isConnected()) await cluster.connect();
      await cluster.addMultipleTargetTopics([topic]);
    },
    disconnect: () => cluster.disconnect(),
  };
}
