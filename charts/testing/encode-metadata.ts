/** A partition as Kafka's metadata tells it. */
export interface PartitionMetadata {
  readonly topic: string;
  readonly partition: number;
  /** -1: none. */
  readonly leader: number;
  readonly replicas: readonly number[];
  readonly inSync: readonly number[];
}

/** A broker's answer to a Metadata request of version 1, as bytes: https://kafka.apache.org/39/protocol.html */
export function encodeMetadata(brokers: readonly number[], partitions: readonly PartitionMetadata[]): Buffer {
  const topics = [...new Set(partitions.map(({ topic }) => topic))];
  const body = Buffer.concat([
    int(1, 4),
    array(brokers, (id) => [int(id, 4), text('host'), int(29_029, 4), int(-1, 2)]),
    int(brokers[0] ?? -1, 4),
    array(topics, (topic) => [
      int(0, 2),
      text(topic),
      int(0, 1),
      array(
        partitions.filter((partition) => partition.topic === topic),
        ({ partition, leader, replicas, inSync }) => [
          int(leader < 0 ? 5 : 0, 2),
          int(partition, 4),
          int(leader, 4),
          array(replicas, (id) => [int(id, 4)]),
          array(inSync, (id) => [int(id, 4)]),
        ],
      ),
    ]),
  ]);
  return Buffer.concat([int(body.length, 4), body]);
}

function int(value: number, bytes: number): Buffer {
  const buffer = Buffer.alloc(bytes);
  buffer.writeIntBE(value, 0, bytes);
  return buffer;
}

function text(value: string): Buffer {
  return Buffer.concat([int(value.length, 2), Buffer.from(value)]);
}

function array<T>(items: readonly T[], encode: (item: T) => readonly Buffer[]): Buffer {
  return Buffer.concat([int(items.length, 4), ...items.flatMap(encode)]);
}
