/** One topic as it must be: sizes in bytes per partition, times in milliseconds. */
export interface TopicSpec {
  readonly name: string;
  readonly partitions: number;
  readonly replicationFactor: number;
  readonly minInSyncReplicas: number;
  readonly retentionBytes: number;
  readonly retentionMs: number;
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

export const DEFAULT_TOPIC_SIZING: TopicSizing = {
  partitions: 6,
  replicationFactor: 3,
  minInSyncReplicas: 2,
};

/** The lab's topics, in the order in which they are created. */
export function buildTopicSpecs(sizing: TopicSizing = DEFAULT_TOPIC_SIZING): readonly TopicSpec[] {
  const { partitions, replicationFactor, minInSyncReplicas } = sizing;
  const durability = { replicationFactor, minInSyncReplicas };
  return [
    // Receipts come first: a consumer that finds `app` must find somewhere to account for it.
    { name: RECEIPTS_TOPIC, partitions, ...durability, retentionBytes: 256 * MEBIBYTE, retentionMs: 24 * HOUR_MS },
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
