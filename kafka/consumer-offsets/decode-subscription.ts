/**
 * Reads what consumers tell each other through the broker, which does not look into it: what a member subscribed to,
 * and what the group's leader assigned to it. Newer versions only append fields, so they are read as far as known.
 */
import type { PartitionsByTopic } from '../../lib/contracts/group-generation.ts';
import { ByteReader, DamagedBytesError, readOrElse } from './byte-reader.ts';

/** What a member told when it joined. */
export interface ConsumerSubscription {
  readonly topics: readonly string[];
  /** The assignor's own bytes. */
  readonly userData: Buffer | null;
  /** What the member owned when it joined; from version 1, and only if it told. @default not told */
  readonly ownedPartitions?: PartitionsByTopic;
  /** The generation in which it owned that; from version 2, absent before its first. @default not told */
  readonly generation?: number;
  /** The member's rack; from version 3, and only if it has one. @default none */
  readonly rackId?: string;
}

/** What a member was assigned. */
export interface ConsumerAssignment {
  readonly partitions: PartitionsByTopic;
  /** The assignor's own bytes. */
  readonly userData: Buffer | null;
}

/**
 * Decodes a member's subscription, of any version.
 *
 * Bytes that end where version 1's owned partitions should begin are accepted: several clients write version 0's
 * fields under a later number (kafkajs does, whatever version its assigner asks for).
 * Semantics: apache/kafka 3.9, clients/src/main/resources/common/message/ConsumerProtocolSubscription.json
 *
 * @returns undefined when the bytes are truncated or damaged; never throws.
 */
export function decodeSubscription(bytes: Buffer): ConsumerSubscription | undefined {
  return readOrElse(
    () => readSubscription(new ByteReader(bytes)),
    () => undefined,
  );
}

/**
 * Decodes what a member was assigned, of any version. No bytes at all are how the broker says that the leader
 * assigned nothing to the member. Semantics: apache/kafka 3.9,
 * clients/src/main/resources/common/message/ConsumerProtocolAssignment.json
 *
 * @returns undefined when the bytes are truncated or damaged; never throws.
 */
export function decodeAssignment(bytes: Buffer): ConsumerAssignment | undefined {
  if (bytes.length === 0) return { partitions: {}, userData: null };
  return readOrElse(
    () => readAssignment(new ByteReader(bytes)),
    () => undefined,
  );
}

/** The newest version whose fields are all read here: bytes left over after an older one are damage. */
const NEWEST_VERSION = 3;

function readSubscription(reader: ByteReader): ConsumerSubscription {
  const version = readVersion(reader);
  const topics = reader.readArray((item) => item.readString());
  const userData = reader.readNullableBytes();
  if (version < 1 || reader.remaining === 0) {
    reader.expectEnd();
    return { topics, userData };
  }
  const ownedPartitions = readPartitions(reader);
  const generation = version >= 2 ? reader.readInt32() : -1;
  const rackId = version >= 3 ? reader.readNullableString() : null;
  if (version <= NEWEST_VERSION) reader.expectEnd();
  return {
    topics,
    userData,
    ownedPartitions,
    ...(generation >= 0 && { generation }),
    ...(rackId !== null && { rackId }),
  };
}

function readAssignment(reader: ByteReader): ConsumerAssignment {
  const version = readVersion(reader);
  const partitions = readPartitions(reader);
  const userData = reader.readNullableBytes();
  if (version <= NEWEST_VERSION) reader.expectEnd();
  return { partitions, userData };
}

function readVersion(reader: ByteReader): number {
  const version = reader.readInt16();
  if (version < 0) throw new DamagedBytesError(`version ${version}`);
  return version;
}

function readPartitions(reader: ByteReader): PartitionsByTopic {
  const entries = reader.readArray((item) => ({
    topic: item.readString(),
    partitions: item.readArray((partition) => partition.readInt32()),
  }));
  const byTopic = new Map<string, number[]>();
  for (const { topic, partitions } of entries) {
    const known = byTopic.get(topic);
    if (known) for (const partition of partitions) known.push(partition);
    else byTopic.set(topic, partitions);
  }
  return Object.fromEntries(byTopic);
}
