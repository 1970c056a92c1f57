import { describe, expect, it } from '@jest/globals';
import type { GroupPartition } from '../lib/contracts/group.ts';
import { AppError } from '../lib/errors/app-error.ts';
import { createSilentLogger } from '../lib/log/create-logger.ts';
import { createUnreadableWatch } from './unreadable-watch.ts';

function create() {
  const reads: string[] = [];
  const damaged = new Map<number, number>();
  let failure: Error | undefined;
  const watch = createUnreadableWatch(
    {
      // eslint-disable-next-line @typescript-eslint/require-await -- the port's form
      async *readRecords(topic, partition, from, to) {
        reads.push(`${String(partition)}@${String(from)}-${String(to)}`);
        if (failure) throw failure;
        if (damaged.get(partition) !== from) return;
        const place = { topic, partition, offset: from, reason: 'it is damaged' };
        throw new AppError('log-unreadable', 'it cannot be read', { details: place });
        yield undefined as never;
      },
    },
    'app',
    createSilentLogger(),
  );
  return { watch, reads, damaged, fail: (error: Error | undefined) => (failure = error) };
}

function at(partition: number, offset: number, lag: number): GroupPartition {
  return { partition, owner: 'c', committedOffset: offset, logEndOffset: offset + lag, lag };
}

describe('createUnreadableWatch', () => {
  it('reads nothing of partitions that move, or have nothing waiting', async () => {
    const { watch, reads } = create();
    for (let second = 0; second < 60; second += 1) {
      expect(await watch.look([at(0, second, 5), at(1, 9, 0)], second * 1000)).toEqual([]);
    }
    expect(reads).toEqual([]);
  });

  it('finds where a partition stands still over a batch that cannot be read, and forgets it once it is passed', async () => {
    const { watch, reads, damaged } = create();
    damaged.set(0, 42);
    expect(await watch.look([at(0, 42, 5)], 0)).toEqual([]);
    expect(await watch.look([at(0, 42, 6)], 4000)).toEqual([]);
    const found = [{ topic: 'app', partition: 0, offset: 42, reason: 'it is damaged' }];
    expect(await watch.look([at(0, 42, 7)], 5000)).toEqual(found);
    expect(await watch.look([at(0, 42, 8)], 6000)).toEqual(found);
    expect(reads).toEqual(['0@42-43']);
    expect(await watch.look([at(0, 43, 7)], 7000)).toEqual([]);
  });

  it('reads again every ten seconds, and says nothing of a log that can be read', async () => {
    const { watch, reads, damaged } = create();
    damaged.set(0, 42);
    for (let second = 0; second <= 25; second += 1) await watch.look([at(0, 42, 5), at(1, 7, 1)], second * 1000);
    expect(reads.filter((read) => read.startsWith('0'))).toHaveLength(3);
    damaged.clear();
    expect(await watch.look([at(0, 42, 5), at(1, 7, 1)], 35_000)).toEqual([]);
  });

  it('does not fail with the brokers', async () => {
    const { watch, fail } = create();
    fail(new AppError('kafka-unavailable', 'nobody answers'));
    await watch.look([at(0, 42, 5)], 0);
    expect(await watch.look([at(0, 42, 5)], 5000)).toEqual([]);
  });
});
