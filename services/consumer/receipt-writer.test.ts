import { beforeEach, describe, expect, it } from '@jest/globals';
import type { Receipt } from '../../lib/contracts/receipt.ts';
import { createSilentLogger } from '../../lib/log/create-logger.ts';
import { createReceiptWriter } from './receipt-writer.ts';

describe('createReceiptWriter', () => {
  let sizes: Record<string, number>;
  let raises: number;
  let mayRaise: boolean;
  let isGone: boolean;
  let sent: number[];
  let write: (receipt: Receipt) => Promise<void>;

  const receipt = (partition: number): Receipt => {
    const at = '2026-11-24T10:00:00.000Z';
    return { topic: 'app', partition, from: 0, to: 1, member: 'm', generation: 1, startedAt: at, finishedAt: at };
  };

  beforeEach(() => {
    sizes = { app: 8, 'app.receipts': 6 };
    [raises, mayRaise, isGone, sent] = [0, true, false, []];
    write = createReceiptWriter({
      topic: 'app',
      receiptsTopic: 'app.receipts',
      ledger: {
        send: ({ partition = 0 }) => {
          if (isGone) return Promise.reject(new Error('no broker took it'));
          sent.push(partition);
          return Promise.resolve({ partition, offset: 0 });
        },
      },
      countPartitions: (topic) => Promise.resolve(sizes[topic] ?? 0),
      raisePartitions: (topic, count) => {
        raises += 1;
        if (!mayRaise) return Promise.reject(new Error('not authorized'));
        sizes[topic] = count;
        return Promise.resolve(true);
      },
      logger: createSilentLogger(),
    });
  });

  it('raises the ledger once for all partitions that it lacks', async () => {
    await Promise.all([5, 6, 7].map((partition) => write(receipt(partition))));
    expect(sent.sort()).toEqual([5, 6, 7]);
    expect([raises, sizes['app.receipts']]).toEqual([1, 8]);
  });

  it('leaves a ledger alone that has more partitions than the topic', async () => {
    sizes['app.receipts'] = 12;
    await write(receipt(7));
    expect([raises, sent]).toEqual([0, [7]]);
  });

  it('fails only for partitions without a place, where the ledger cannot be raised', async () => {
    mayRaise = false;
    await write(receipt(5));
    await expect(write(receipt(6))).rejects.toThrow(
      'partition 6 of app has no partition in app.receipts: nothing of it is committed until it has one; not authorized',
    );
    expect(sent).toEqual([5]);
    sizes['app.receipts'] = 8;
    await write(receipt(6));
    expect(sent).toEqual([5, 6]);
  });

  it('says that the ledger is gone, also when it was there before', async () => {
    await write(receipt(0));
    isGone = true;
    await expect(write(receipt(0))).rejects.toThrow('no broker took it');
    delete sizes['app.receipts'];
    await expect(write(receipt(0))).rejects.toThrow('there is no topic app.receipts');
    expect(raises).toBe(1);
  });
});
