import { describe, expect, it } from '@jest/globals';
import { array, blob, int16, int32, int64, text } from './consumer-offsets/assemble-bytes.ts';
import { readGroupLog } from './group-history.ts';
import { GroupLogFold } from './group-log-fold.ts';
import type { WrittenEntry, WrittenLogReader } from './log-reader.ts';

const TAKEN_AT = 1_763_800_000_000;
const ENDED_AT = TAKEN_AT + 500;

/** A position of the group, within the transaction of a producer if one is named. */
function commit(offset: number, position: number | bigint, transaction?: number, group = 'app'): WrittenEntry {
  const key = Buffer.concat([int16(1), text(group), text('app'), int32(0)]);
  const value = Buffer.concat([int16(3), int64(BigInt(position)), int32(7), text(''), int64(BigInt(TAKEN_AT))]);
  return buildRecord(offset, key, value, transaction);
}

/** The position of the group in a partition was deleted. */
function deletion(offset: number, group = 'app', partition = 0): WrittenEntry {
  return buildRecord(offset, Buffer.concat([int16(1), text(group), text('app'), int32(partition)]), null);
}

function generation(offset: number, number: number): WrittenEntry {
  const key = Buffer.concat([int16(2), text('app')]);
  const member = [
    text('id'),
    text('consumer-1'),
    text('/h'),
    int32(1000),
    blob(Buffer.alloc(0)),
    blob(Buffer.alloc(0)),
  ];
  const members = array(Buffer.concat(member));
  const value = Buffer.concat([int16(0), text('consumer'), int32(number), text('range'), text('id'), members]);
  return buildRecord(offset, key, value);
}

/** A generation of one member in a layout that knows static members. */
function staticGeneration(offset: number, instanceId: string | null): WrittenEntry {
  const key = Buffer.concat([int16(2), text('app')]);
  const none = Buffer.alloc(0);
  const names = [text('id'), text(instanceId), text('consumer-1'), text('/h')];
  const member = Buffer.concat([...names, int32(60_000), int32(1000), blob(none), blob(none)]);
  const head = [int16(3), text('consumer'), int32(1), text('range'), text('id'), int64(BigInt(TAKEN_AT))];
  return buildRecord(offset, key, Buffer.concat([...head, array(member)]));
}

function buildRecord(offset: number, key: Buffer, value: Buffer | null, transaction?: number): WrittenEntry {
  const record = { topic: '__consumer_offsets', partition: 0, offset, key, value, timestampMs: TAKEN_AT, headers: {} };
  return transaction === undefined ? record : { ...record, transaction };
}

function end(offset: number, producerId: number, isCommitted: boolean): WrittenEntry {
  return { offset, producerId, isCommitted, timestampMs: ENDED_AT };
}

function fold(...entries: WrittenEntry[]): GroupLogFold {
  const made = new GroupLogFold('app', 0);
  entries.forEach((entry) => made.take(entry));
  return made;
}
const positionsOf = ({ commits }: GroupLogFold): number[] => commits.map(({ offset }) => offset);

describe('the history of a group', () => {
  it('has what was committed within a transaction when that one was, and then', () => {
    const history = fold(commit(0, 10, 5), commit(1, 7), end(2, 5, true));
    expect(history.commits).toEqual([
      { topic: 'app', partition: 0, offset: 7, at: TAKEN_AT },
      { topic: 'app', partition: 0, offset: 10, at: ENDED_AT },
    ]);
  });

  it('has nothing of a transaction that was aborted: no position goes back after it', () => {
    const history = fold(commit(0, 46), commit(1, 63, 5), end(2, 5, false), commit(3, 50, 5), end(4, 5, true));
    expect(positionsOf(history)).toEqual([46, 50]);
  });

  it('has nothing of a transaction that is open to the last, and is whole with it', () => {
    const history = fold(commit(0, 46), commit(1, 63, 5), generation(2, 8), commit(3, 50));
    expect(positionsOf(history)).toEqual([46, 50]);
    expect(history.generations.map((one) => one.generation)).toEqual([8]);
    expect(history.isWholeTo(4)).toBe(true);
  });

  it('tells transactions of several producers apart', () => {
    const history = fold(commit(0, 1, 5), commit(1, 2, 6), end(2, 6, false), end(3, 5, true), end(4, 9, true));
    expect(positionsOf(history)).toEqual([1]);
  });

  it('forgets positions that were deleted, of their partition only', () => {
    const history = fold(commit(0, 46), commit(1, 5, undefined, 'other'), deletion(2, 'other'), commit(3, 50));
    expect(positionsOf(history)).toEqual([46, 50]);
    expect(positionsOf(fold(commit(0, 46), deletion(1), commit(2, 7)))).toEqual([7]);
    expect(positionsOf(fold(commit(0, 46), deletion(1, 'app', 3), commit(2, 50)))).toEqual([46, 50]);
  });

  it('tells static members from others', () => {
    const { generations } = fold(staticGeneration(0, 'instance-1'), staticGeneration(1, null));
    expect(generations.map(({ members }) => members[0]?.groupInstanceId)).toEqual(['instance-1', undefined]);
  });

  it('has no gap at an end, nor at what other groups write', () => {
    const history = fold(commit(0, 1, 5), end(1, 5, true), commit(2, 9, 6, 'other'), end(3, 6, false), commit(4, 2));
    expect(history.isWholeTo(5)).toBe(true);
    expect(positionsOf(history)).toEqual([1, 2]);
  });

  it('has a gap where an offset has nothing, in the middle, at the beginning or at the end', () => {
    expect(fold(commit(0, 1), commit(2, 2)).isWholeTo(3)).toBe(false);
    expect(fold(commit(1, 1)).isWholeTo(2)).toBe(false);
    expect(fold(commit(0, 1)).isWholeTo(2)).toBe(false);
    expect(fold().isWholeTo(0)).toBe(true);
  });

  it('has positions beyond 2^53 as the nearest number', () => {
    expect(positionsOf(fold(commit(0, 2n ** 63n - 1n), commit(1, 7)))).toEqual([2 ** 63, 7]);
  });

  it('is read to the end of what is written, behind transactions that are open', async () => {
    const entries = [commit(0, 1), commit(1, 63, 5), commit(2, 2)];
    const log: WrittenLogReader = {
      readWrittenEnds: () => Promise.resolve(new Map([[0, entries.length]])),
      async *readWritten(_topic, _partition, from, to) {
        yield* await Promise.resolve(entries.slice(from, to));
      },
    };
    expect(await readGroupLog(log, 'app', { from: 0 })).toMatchObject({ isWhole: true, end: 3 });
    expect(await readGroupLog(log, 'app', { from: 0, to: 1 })).toMatchObject({ isWhole: true, end: 1 });
  });
});
