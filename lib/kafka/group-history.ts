import { decodeGroupRecord } from './consumer-offsets/decode-group-record.ts';
import { decodeAssignment, type PartitionsByTopic } from './consumer-offsets/decode-subscription.ts';
import type { GroupRecord } from './consumer-offsets/group-record.ts';
import type { LogReader } from './log-reader.ts';

/** One generation of a group as its coordinator wrote it down: who was a member, and who owned what. */
export interface GroupGeneration {
  readonly generation: number;
  readonly assignor: string | null;
  /** When the coordinator wrote it, in milliseconds since the epoch. */
  readonly at: number;
  readonly members: readonly {
    readonly memberId: string;
    readonly clientId: string;
    /** Silence after which the group goes on without it, in milliseconds. */
    readonly sessionTimeoutMs: number;
    readonly partitions: PartitionsByTopic;
  }[];
}

/** Reads a group's own history from Kafka, for any client and after any death. */
export interface GroupHistoryReader {
  /**
   * The generations that were written since the last call; at first, all that the broker still keeps.
   *
   * @throws AppError `kafka-unavailable`
   */
  readNew(): Promise<readonly GroupGeneration[]>;
}

const OFFSETS_TOPIC = '__consumer_offsets';

export function createGroupHistoryReader(log: LogReader, groupId: string): GroupHistoryReader {
  let position = 0;
  return {
    async readNew() {
      const ranges = await log.readRanges(OFFSETS_TOPIC);
      const range = ranges[choosePartition(groupId, ranges.length)];
      if (range === undefined) return [];
      const generations: GroupGeneration[] = [];
      for await (const { key, value, timestampMs } of log.readRecords(
        OFFSETS_TOPIC,
        range.partition,
        Math.max(position, range.start),
        range.end,
      )) {
        const record = decodeGroupRecord(key, value);
        if (record.kind === 'group' && record.group === groupId) generations.push(toGeneration(record, timestampMs));
      }
      position = range.end;
      return generations;
    },
  };
}

/** The partition that keeps a group: the absolute value of its Java hash code, modulo their number. */
export function choosePartition(groupId: string, partitions: number): number {
  let hash = 0;
  for (let index = 0; index < groupId.length; index += 1) hash = (Math.imul(hash, 31) + groupId.charCodeAt(index)) | 0;
  // The one integer without a positive counterpart counts as 0 (org.apache.kafka.common.utils.Utils.abs).
  const positive = hash === -2_147_483_648 ? 0 : Math.abs(hash);
  return partitions === 0 ? 0 : positive % partitions;
}

function toGeneration(record: GroupRecord, timestampMs: number): GroupGeneration {
  return {
    generation: record.generation,
    assignor: record.protocol,
    at: timestampMs,
    members: record.members.map(({ memberId, clientId, sessionTimeoutMs, assignment }) => ({
      memberId,
      clientId,
      sessionTimeoutMs,
      partitions: decodeAssignment(assignment)?.partitions ?? {},
    })),
  };
}
