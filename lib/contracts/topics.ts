/** One topic as it must be: sizes in bytes per partition, times in milliseconds. */
export interface TopicSpec {
  readonly name: string;
  readonly partitions: number;
  readonly replicationFactor: number;
  readonly minInSyncReplicas: number;
  readonly retentionBytes: number;
  readonly retentionMs: number;
  /** Whose clock sets the time of a record: its producer's, or that of the broker that appends it. @default 'producer' */
  readonly clock?: 'producer' | 'broker';
}

/** The topic whose partitions the consumer group shares. */
export const APP_TOPIC = 'app';

/** The ledger: one record per finished run of offsets, in the partition number of its source. */
export const RECEIPTS_TOPIC = 'app.receipts';

/** Records of `app` that could not be read as messages, with the reason. */
export const DEAD_LETTERS_TOPIC = 'app.dead-letters';

/** The consumer group of the lab. */
export const APP_GROUP = 'app';

const MEBIBYTE = 1024 * 1024;
const HOUR_MS = 3_600_000;

/** How the lab's topics differ between environments. */
export interface TopicSizing {
  /** Partitions of `app` and, with it, of `app.receipts`. */
  readonly partitions: number;
  readonly replicationFactor: number;
  readonly minInSyncReplicas: number;
}

/** What every environment has that does not say otherwise: one broker may be lost, and records are still acknowledged. */
export const DEFAULT_TOPIC_SIZING: TopicSizing = {
  partitions: 6,
  replicationFactor: 3,
  minInSyncReplicas: 2,
};

/** What the settings of a topic are called by Kafka, and their values: https://kafka.apache.org/documentation/#topicconfigs */
export function listTopicSettings(spec: TopicSpec): Readonly<Record<string, string>> {
  return {
    'min.insync.replicas': String(spec.minInSyncReplicas),
    'retention.ms': String(spec.retentionMs),
    'retention.bytes': String(spec.retentionBytes),
    ...(spec.clock === 'broker' && { 'message.timestamp.type': 'LogAppendTime' }),
  };
}

/** The lab's topics, in the order in which they are created. */
export function buildTopicSpecs(sizing: TopicSizing = DEFAULT_TOPIC_SIZING): readonly TopicSpec[] {
  const { partitions, replicationFactor, minInSyncReplicas } = sizing;
  const durability = { replicationFactor, minInSyncReplicas };
  return [
    // Receipts come first: a consumer that finds `app` must find somewhere to account for it.
    {
      name: RECEIPTS_TOPIC,
      partitions,
      ...durability,
      retentionBytes: 256 * MEBIBYTE,
      retentionMs: 24 * HOUR_MS,
      // A receipt holds times by its member's clock: beside that of the broker it is seen how far it is off.
      clock: 'broker',
    },
    {
      name: DEAD_LETTERS_TOPIC,
      partitions: 1,
      ...durability,
      retentionBytes: 64 * MEBIBYTE,
      retentionMs: 24 * HOUR_MS,
    },
    { name: APP_TOPIC, partitions, ...durability, retentionBytes: 256 * MEBIBYTE, retentionMs: 24 * HOUR_MS },
  ];
}
