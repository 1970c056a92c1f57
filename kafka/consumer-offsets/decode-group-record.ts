/**
 * Reads the group coordinator's own log, the topic `__consumer_offsets`: what every group committed, and who owned
 * what in every generation. The key's version says what the record is about, the value's version how it is laid out.
 */
import { ByteReader, DamagedBytesError, readOrElse } from './byte-reader.ts';
import type { DecodedGroupRecord, GroupRecord, GroupRecordMember, OffsetCommitRecord } from './group-record.ts';

/**
 * Decodes one record of `__consumer_offsets` as Kafka up to 3.9 writes them for classic groups.
 *
 * Never throws: other key versions (KIP-848 groups) and truncated or damaged bytes give `unknown` with the reason.
 * The buffers in the result are copies. Semantics: apache/kafka 3.9,
 * group-coordinator/src/main/resources/common/message/{OffsetCommit,GroupMetadata}{Key,Value}.json
 */
export function decodeGroupRecord(key: Buffer | null, value: Buffer | null): DecodedGroupRecord {
  if (key === null) return { kind: 'unknown', reason: 'the record has no key' };
  return readOrElse(
    () => readRecord(new ByteReader(key), value === null ? null : new ByteReader(value)),
    (reason) => ({ kind: 'unknown', reason: `damaged: ${reason}` }),
  );
}

function readRecord(key: ByteReader, value: ByteReader | null): DecodedGroupRecord {
  const version = key.readInt16();
  switch (version) {
    case 0:
    case 1:
      return readOffsetRecord(key, value);
    case 2:
      return readGroupRecord(key, value);
    default:
      return { kind: 'unknown', reason: `key version ${version}` };
  }
}

function readOffsetRecord(key: ByteReader, value: ByteReader | null): DecodedGroupRecord {
  const place = { group: key.readString(), topic: key.readString(), partition: key.readInt32() };
  key.expectEnd();
  if (value === null) return { kind: 'offset-tombstone', ...place };
  return { kind: 'offset-commit', ...place, ...readOffsetCommit(value) };
}

function readGroupRecord(key: ByteReader, value: ByteReader | null): DecodedGroupRecord {
  const group = key.readString();
  key.expectEnd();
  if (value === null) return { kind: 'group-tombstone', group };
  return { kind: 'group', group, ...readGroup(value) };
}

type OffsetCommit = Omit<OffsetCommitRecord, 'kind' | 'group' | 'topic' | 'partition'>;

function readOffsetCommit(value: ByteReader): OffsetCommit {
  const version = readVersion(value);
  const offset = value.readAnyInt64();
  const leaderEpoch = version >= 3 ? value.readInt32() : -1;
  const metadata = isFlexible(version) ? value.readCompactString() : value.readString();
  const commitTimestampMs = value.readInt64();
  // Only version 1 says when the offset expires; nothing here asks for it.
  if (version === 1) value.readInt64();
  endValue(value, version);
  return { offset, ...(leaderEpoch >= 0 && { leaderEpoch }), metadata, commitTimestampMs };
}

type Group = Omit<GroupRecord, 'kind' | 'group'>;

function readGroup(value: ByteReader): Group {
  const version = readVersion(value);
  const text = readText(version);
  const protocolType = text.required(value);
  const generation = value.readInt32();
  const protocol = text.nullable(value);
  const leader = text.nullable(value);
  const stateTimestampMs = version >= 2 ? value.readInt64() : -1;
  const members = isFlexible(version)
    ? value.readCompactArray((reader) => readMember(reader, version))
    : value.readArray((reader) => readMember(reader, version));
  endValue(value, version);
  return { protocolType, generation, protocol, leader, ...(stateTimestampMs >= 0 && { stateTimestampMs }), members };
}

function readMember(value: ByteReader, version: number): GroupRecordMember {
  const text = readText(version);
  const memberId = text.required(value);
  const groupInstanceId = version >= 3 ? text.nullable(value) : null;
  const clientId = text.required(value);
  const clientHost = text.required(value);
  const rebalanceTimeoutMs = version >= 1 ? value.readInt32() : undefined;
  const sessionTimeoutMs = value.readInt32();
  const subscription = isFlexible(version) ? value.readCompactBytes() : value.readBytes();
  const assignment = isFlexible(version) ? value.readCompactBytes() : value.readBytes();
  if (isFlexible(version)) value.skipTaggedFields();
  return {
    memberId,
    groupInstanceId,
    clientId,
    clientHost,
    rebalanceTimeoutMs: rebalanceTimeoutMs ?? sessionTimeoutMs,
    sessionTimeoutMs,
    subscription,
    assignment,
  };
}

/** The newest layout of either value. */
const NEWEST_VERSION = 4;

function readVersion(value: ByteReader): number {
  const version = value.readInt16();
  if (version < 0 || version > NEWEST_VERSION) throw new DamagedBytesError(`value version ${version}`);
  return version;
}

/** Version 4 is the first with compact lengths and tagged fields, of both values. */
function isFlexible(version: number): boolean {
  return version >= 4;
}

interface TextReaders {
  readonly required: (value: ByteReader) => string;
  readonly nullable: (value: ByteReader) => string | null;
}

function readText(version: number): TextReaders {
  return isFlexible(version)
    ? { required: (value) => value.readCompactString(), nullable: (value) => value.readCompactNullableString() }
    : { required: (value) => value.readString(), nullable: (value) => value.readNullableString() };
}

function endValue(value: ByteReader, version: number): void {
  if (isFlexible(version)) value.skipTaggedFields();
  value.expectEnd();
}
