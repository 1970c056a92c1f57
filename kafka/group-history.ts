import type { GroupGeneration } from '../lib/contracts/group-generation.ts';
import { GroupLogFold } from './group-log-fold.ts';
import type { WrittenLogReader } from './log-reader.ts';

/** A position of a group that its coordinator accepted. */
export interface GroupCommit {
  readonly topic: string;
  readonly partition: number;
  /** The offset of the next record to read. */
  readonly offset: number;
  /** When the coordinator took it, in milliseconds since the epoch; within a transaction, when that one was committed. */
  readonly at: number;
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

/** What a group's history holds between two offsets of its partition of `__consumer_offsets`. */
export interface GroupLog {
  readonly generations: readonly GroupGeneration[];
  readonly commits: readonly GroupCommit[];
  /** Whether nothing between the offsets was missing: compaction takes away what was written again later. */
  readonly isWhole: boolean;
  /** Where to go on. */
  readonly end: number;
}

const OFFSETS_TOPIC = '__consumer_offsets';

/** Of one group. The reader remembers how far it has come, so that two who read need two of them. */
export function createGroupHistoryReader(log: WrittenLogReader, groupId: string): GroupHistoryReader {
  let position = 0;
  return {
    async readNew() {
      const { generations, end } = await readGroupLog(log, groupId, { from: position });
      position = end;
      return generations;
    },
  };
}

/** Where what is written about a group ends. @throws AppError `kafka-unavailable` */
export async function readGroupLogEnd(log: WrittenLogReader, groupId: string): Promise<number> {
  return (await findEnd(log, groupId))?.end ?? 0;
}

/**
 * Reads what was written about a group between two offsets. It does not end at a transaction that is open: this partition is
 * the log of other groups, too, and who owns what is never written within one.
 *
 * @param span `to` is not included; without it, to the end
 * @throws AppError `kafka-unavailable`
 */
export async function readGroupLog(
  log: WrittenLogReader,
  groupId: string,
  { from, to = Infinity }: { readonly from: number; readonly to?: number },
): Promise<GroupLog> {
  const place = await findEnd(log, groupId);
  const fold = new GroupLogFold(groupId, from);
  const { generations, commits } = fold;
  if (place === undefined) return { generations, commits, isWhole: true, end: from };
  const end = Math.min(place.end, to);
  for await (const entry of log.readWritten(OFFSETS_TOPIC, place.partition, from, end)) fold.take(entry);
  return { generations, commits, isWhole: fold.isWholeTo(end), end };
}

/** The part of the coordinators' own log that the group is written in, and where it ends. */
async function findEnd(
  log: WrittenLogReader,
  groupId: string,
): Promise<{ partition: number; end: number } | undefined> {
  const ends = await log.readWrittenEnds(OFFSETS_TOPIC);
  const partition = choosePartition(groupId, ends.size);
  const end = ends.get(partition);
  return end === undefined ? undefined : { partition, end };
}

/** The partition that keeps a group: the absolute value of its Java hash code, modulo their number. */
export function choosePartition(groupId: string, partitions: number): number {
  let hash = 0;
  for (let index = 0; index < groupId.length; index += 1) hash = (Math.imul(hash, 31) + groupId.charCodeAt(index)) | 0;
  // The one integer without a positive counterpart counts as 0 (org.apache.kafka.common.utils.Utils.abs).
  const positive = hash === -2_147_483_648 ? 0 : Math.abs(hash);
  return partitions === 0 ? 0 : positive % partitions;
}
