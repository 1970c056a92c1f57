import { describe, expect, it } from '@jest/globals';
import { setTimeout as delay } from 'node:timers/promises';
import type { BrokerInternals } from '../kafkajs/internals.ts';
import type { Produced } from '../kafkajs/produce.ts';
import { BrokerLane, type LaneBatch, type RequestBatches } from './broker-lane.ts';

const RECORD = { key: null, value: 'x', headers: {} };
const BROKER = { nodeId: 1 } as BrokerInternals;

function createBatch(partition: number, options: Partial<LaneBatch> = {}): LaneBatch {
  const attempt = { isHandedOver: false, isCancelled: false };
  return { partition, firstSequence: 0, messages: [RECORD], attempt, broker: BROKER, identity: 0, ...options };
}

/** A lane whose requests are answered when the test says so. */
function createLane() {
  const requests: {
    readonly partitions: readonly number[];
    answer(answers: Readonly<Record<number, Produced>>): void;
    fail(error: Error): void;
  }[] = [];
  const request: RequestBatches = (_, batches) =>
    new Promise((resolve, reject) => {
      requests.push({
        partitions: batches.map(({ partition }) => partition),
        answer: (answers) => resolve(new Map(Object.entries(answers).map(([key, value]) => [Number(key), value]))),
        fail: reject,
      });
    });
  return { lane: new BrokerLane(request), requests };
}

/** As long as a busy lane waits for more, and a little longer. */
const turn = (): Promise<unknown> => delay(10);

describe('BrokerLane', () => {
  it('sends the batches of one turn in one request, and those that come meanwhile in the next', async () => {
    const { lane, requests } = createLane();
    const sent = [lane.send(createBatch(0)), lane.send(createBatch(2))];
    await turn();
    const later = [lane.send(createBatch(1)), lane.send(createBatch(3))];
    await turn();
    expect(requests.map(({ partitions }) => partitions)).toEqual([[0, 2]]);
    requests[0]?.answer({ 0: { baseOffset: 10 }, 2: { baseOffset: 20 } });
    expect(await Promise.all(sent)).toEqual([10, 20]);
    await turn();
    expect(requests.map(({ partitions }) => partitions)).toEqual([
      [0, 2],
      [1, 3],
    ]);
    requests[1]?.answer({ 1: { baseOffset: 1 }, 3: { baseOffset: 3 } });
    expect(await Promise.all(later)).toEqual([1, 3]);
  });

  it("tells each batch its own partition's word, also when that is none", async () => {
    const { lane, requests } = createLane();
    const results = Promise.allSettled([0, 1, 2].map((partition) => lane.send(createBatch(partition))));
    await turn();
    requests[0]?.answer({ 0: { baseOffset: 5 }, 1: { error: new Error('NOT_ENOUGH_REPLICAS') } });
    expect(await results).toMatchObject([
      { status: 'fulfilled', value: 5 },
      { status: 'rejected', reason: { message: 'NOT_ENOUGH_REPLICAS' } },
      { status: 'rejected', reason: { message: 'the broker did not answer for the partition' } },
    ]);
  });

  it('fails what was sent and what waits behind it when the request breaks, and works again afterwards', async () => {
    const { lane, requests } = createLane();
    const sent = lane.send(createBatch(0));
    await turn();
    const results = Promise.allSettled([sent, lane.send(createBatch(1))]);
    requests[0]?.fail(new Error('connection closed'));
    expect(await results).toMatchObject([
      { status: 'rejected', reason: { message: 'connection closed' } },
      { status: 'rejected', reason: { message: 'not sent, for another request failed: connection closed' } },
    ]);
    const again = lane.send(createBatch(0));
    await turn();
    requests[1]?.answer({ 0: { baseOffset: 7 } });
    expect(await again).toBe(7);
  });

  it('sends those of the partitions that were just answered along with the others', async () => {
    const { lane, requests } = createLane();
    const first = lane.send(createBatch(0));
    await turn();
    const waiting = lane.send(createBatch(1));
    // As a partition does that has more: when it hears that its batch is stored.
    const again = first.then(() => lane.send(createBatch(0)));
    requests[0]?.answer({ 0: { baseOffset: 1 } });
    await turn();
    expect(requests.map(({ partitions }) => partitions)).toEqual([[0], [1, 0]]);
    requests[1]?.answer({ 0: { baseOffset: 2 }, 1: { baseOffset: 1 } });
    expect(await Promise.all([waiting, again])).toEqual([1, 2]);
  });

  it('waits a moment for those whom it has answered together', async () => {
    const { lane, requests } = createLane();
    const sent = [lane.send(createBatch(0)), lane.send(createBatch(2))];
    await turn();
    sent.push(lane.send(createBatch(1)));
    requests[0]?.answer({ 0: { baseOffset: 1 }, 2: { baseOffset: 1 } });
    // As a client over HTTP, which has to read the answer first.
    for (let turns = 0; turns < 3; turns += 1) await new Promise((resolve) => setImmediate(resolve));
    sent.push(lane.send(createBatch(0)));
    await turn();
    expect(requests.map(({ partitions }) => partitions)).toEqual([
      [0, 2],
      [1, 0],
    ]);
    requests[1]?.answer({ 0: { baseOffset: 2 }, 1: { baseOffset: 1 } });
    expect(await Promise.all(sent)).toEqual([1, 1, 1, 2]);
  });

  it('lets nobody wait who sends alone', async () => {
    const { lane, requests } = createLane();
    for (let offset = 0; offset < 50; offset += 1) {
      const sent = lane.send(createBatch(0));
      for (let turns = 0; turns < 3; turns += 1) await new Promise((resolve) => setImmediate(resolve));
      expect(requests).toHaveLength(offset + 1);
      requests[offset]?.answer({ 0: { baseOffset: offset } });
      expect(await sent).toBe(offset);
    }
  });

  it('keeps identities, and connections, apart', async () => {
    const { lane, requests } = createLane();
    const other = { nodeId: 1 } as BrokerInternals;
    const sent = [
      lane.send(createBatch(0)),
      lane.send(createBatch(1, { identity: 1 })),
      lane.send(createBatch(2, { broker: other })),
      lane.send(createBatch(3)),
    ];
    for (const partitions of [[0, 3], [1], [2]]) {
      await turn();
      const last = requests.at(-1);
      expect(last?.partitions).toEqual(partitions);
      last?.answer(Object.fromEntries(partitions.map((partition) => [partition, { baseOffset: partition }])));
    }
    expect(await Promise.all(sent)).toEqual([0, 1, 2, 3]);
  });
});
