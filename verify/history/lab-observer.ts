import { APP_GROUP, APP_TOPIC, DEAD_LETTERS_TOPIC, RECEIPTS_TOPIC } from '../../lib/contracts/topics.ts';
import { viewGroup } from '../../groups/explain-group.ts';
import type { GroupGeneration } from '../../lib/contracts/group-generation.ts';
import type { GroupView } from '../../lib/contracts/group.ts';
import { createBrokerInspector, type BrokersView } from '../../kafka/broker-inspector.ts';
import { createClusterConnection, type ClusterConnection } from '../../kafka/cluster-connection.ts';
import { createGroupHistoryReader } from '../../kafka/group-history.ts';
import { createGroupInspector } from '../../kafka/group-inspector.ts';
import { createLogReader } from '../../kafka/log-reader.ts';
import { findPartitionLeaders } from '../../kafka/partition-leaders.ts';
import type { Logger } from '../../lib/log/create-logger.ts';
import type { CommitSample } from '../checks/history.ts';
import type { Evidence, EvidenceSink, RunStart } from './evidence.ts';
import { EvidenceReader } from './evidence-reader.ts';

/** Which cluster is observed, and which group, topics and ledger of it. */
export interface ObserverOptions {
  /** Bootstrap servers. */
  readonly brokers: readonly string[];
  /** @default the lab's own */
  readonly group?: string;
  /** @default the lab's own */
  readonly topic?: string;
  /** @default the lab's own */
  readonly receiptsTopic?: string;
  /** @default the lab's own */
  readonly deadLettersTopic?: string;
  readonly logger: Logger;
}

/** Sees what a run did, in Kafka itself: neither the services nor the platform are asked. */
export interface LabObserver {
  readonly group: string;
  readonly topic: string;
  readonly receiptsTopic: string;
  /** The same connection, for who watches beside. */
  readonly connection: ClusterConnection;
  inspectGroup(): Promise<GroupView>;
  inspectBrokers(): Promise<BrokersView>;
  /** Ordinals of the brokers that lead the topic's partitions, by partition; -1 for one without a leader. */
  findLeaders(): Promise<ReadonlyMap<number, number>>;
  /** The group's generation as its coordinator has written it down last; not every change makes a new one. */
  readLatestGeneration(): Promise<GroupGeneration | undefined>;
  markStart(): Promise<RunStart>;
  /**
   * Where the topic ends now. What may still be stored later, a record whose outcome the driver was not told, is
   * beyond it and not judged.
   */
  markEnd(): Promise<ReadonlyMap<number, number>>;
  /** How many records before the end the group has not committed yet. */
  countLeft(end: ReadonlyMap<number, number>): Promise<number>;
  /** The group's positions, then the ledger's ends: in this order a commit must not be ahead of its receipt. */
  sampleCommits(): Promise<CommitSample>;
  /** To be called when every operation has its answer and nothing is left before the end. */
  readEvidence(
    run: { readonly end: ReadonlyMap<number, number>; readonly start: RunStart },
    sink: EvidenceSink,
  ): Promise<Evidence>;
  close(): Promise<void>;
}

const FEW_OFFSETS = 100;

/** Asks the brokers nothing before it is asked. */
export function createLabObserver(options: ObserverOptions): LabObserver {
  const {
    group = APP_GROUP,
    topic = APP_TOPIC,
    receiptsTopic = RECEIPTS_TOPIC,
    deadLettersTopic = DEAD_LETTERS_TOPIC,
  } = options;
  const connection = createClusterConnection({ ...options, clientId: 'lab-observer', patienceMs: 15_000 });
  const log = createLogReader(connection);
  const inspector = createGroupInspector(connection);
  const brokers = createBrokerInspector(connection);
  const generations = createGroupHistoryReader(log, group);
  const evidence = new EvidenceReader(connection, { group, topic, receiptsTopic, deadLettersTopic });
  let latest: GroupGeneration | undefined;

  /** How many records lie there; of many, how many offsets. Behind a position may be nothing but the end of a transaction. */
  const countRecords = async (partition: number, from: number, to: number): Promise<number> => {
    if (to - from > FEW_OFFSETS) return to - from;
    let count = 0;
    if (from < to)
      for await (const { offset } of log.readRecords(topic, partition, from, to)) if (offset < to) count += 1;
    return count;
  };

  return {
    group,
    topic,
    receiptsTopic,
    connection,
    inspectGroup: async () => viewGroup(await inspector.inspect(group, topic)),
    inspectBrokers: () => brokers.inspect(),
    findLeaders: () => findPartitionLeaders(connection, topic),
    async readLatestGeneration() {
      latest = (await generations.readNew()).at(-1) ?? latest;
      return latest;
    },
    markStart: () => evidence.markStart(),
    markEnd: () => log.readWrittenEnds(topic),
    async countLeft(end) {
      const { partitions } = await inspector.inspect(group, topic);
      const left = partitions.map(async ({ partition, committedOffset }) =>
        countRecords(partition, committedOffset ?? 0, end.get(partition) ?? 0),
      );
      return (await Promise.all(left)).reduce((sum, count) => sum + count, 0);
    },
    async sampleCommits() {
      const { partitions } = await inspector.inspect(group, topic);
      const at = Date.now();
      // What a transaction has written counts from here on, if it is committed: its ends in two partitions are two moments.
      const ends = await log.readWrittenEnds(receiptsTopic);
      return {
        at,
        partitions: partitions.map(({ partition, committedOffset }) => ({
          partition,
          committedOffset,
          ledgerEnd: ends.get(partition) ?? 0,
        })),
      };
    },
    readEvidence: (run, sink) => evidence.read(run, sink),
    close: () => connection.disconnect(),
  };
}
