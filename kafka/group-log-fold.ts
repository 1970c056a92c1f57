import { decodeGroupRecord } from './consumer-offsets/decode-group-record.ts';
import { decodeAssignment } from './consumer-offsets/decode-subscription.ts';
import type { GroupRecord, OffsetTombstoneRecord } from './consumer-offsets/group-record.ts';
import { readForeignName } from './foreign-name.ts';
import type { GroupGeneration } from '../lib/contracts/group-generation.ts';
import type { GroupCommit } from './group-history.ts';
import type { WrittenEntry } from './log-reader.ts';
import type { LogRecord, TransactionEnd } from './records/log-record.ts';

/**
 * Makes a group's history of what its coordinator wrote, entry by entry. What was committed within a transaction counts
 * when that one was committed, and then at its end; what is aborted, or open to the last, does not.
 */
export class GroupLogFold {
  readonly generations: GroupGeneration[] = [];
  readonly commits: GroupCommit[] = [];
  readonly #groupId: string;
  /** Commits of transactions that are open, by the producer. */
  readonly #open = new Map<number, GroupCommit[]>();
  #next: number;
  #isWhole = true;

  /** @param from where the first entry stands when none is missing */
  constructor(groupId: string, from: number) {
    this.#groupId = groupId;
    this.#next = from;
  }

  /** Whether there was an entry at each offset before `end`: compaction takes away what was written again later. */
  isWholeTo(end: number): boolean {
    return this.#isWhole && this.#next >= end;
  }

  take(entry: WrittenEntry): void {
    const { offset } = entry;
    if (offset > this.#next) this.#isWhole = false;
    this.#next = offset + 1;
    if ('isCommitted' in entry) this.#endTransaction(entry);
    else this.#takeRecord(entry);
  }

  #endTransaction({ producerId, isCommitted, timestampMs }: TransactionEnd): void {
    const commits = this.#open.get(producerId) ?? [];
    this.#open.delete(producerId);
    if (isCommitted) this.commits.push(...commits.map((commit) => ({ ...commit, at: timestampMs })));
  }

  #takeRecord({ key, value, timestampMs, transaction }: LogRecord): void {
    const record = decodeGroupRecord(key, value);
    if (!('group' in record) || record.group !== this.#groupId) return;
    if (record.kind === 'group') this.generations.push(toGeneration(record, timestampMs));
    if (record.kind === 'offset-tombstone') this.#forget(record);
    if (record.kind !== 'offset-commit') return;
    const { topic, partition, offset, commitTimestampMs } = record;
    const commit = { topic, partition, offset, at: commitTimestampMs };
    if (transaction === undefined) this.commits.push(commit);
    else this.#open.set(transaction, [...(this.#open.get(transaction) ?? []), commit]);
  }

  /** What was deleted is no position any more, and a later one need not be beyond it. */
  #forget({ topic, partition }: OffsetTombstoneRecord): void {
    const kept = this.commits.filter((commit) => commit.topic !== topic || commit.partition !== partition);
    this.commits.splice(0, this.commits.length, ...kept);
  }
}

function toGeneration(record: GroupRecord, timestampMs: number): GroupGeneration {
  return {
    generation: record.generation,
    assignor: record.protocol === null ? null : readForeignName(record.protocol),
    at: timestampMs,
    members: record.members.map(({ groupInstanceId, sessionTimeoutMs, rebalanceTimeoutMs, ...member }) => ({
      memberId: readForeignName(member.memberId),
      clientId: readForeignName(member.clientId),
      sessionTimeoutMs,
      rebalanceTimeoutMs,
      ...(groupInstanceId !== null && { groupInstanceId: readForeignName(groupInstanceId) }),
      partitions: decodeAssignment(member.assignment)?.partitions ?? {},
    })),
  };
}
