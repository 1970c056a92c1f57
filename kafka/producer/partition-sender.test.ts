import { describe, expect, it } from '@jest/globals';
import { setTimeout as delay } from 'node:timers/promises';
import type { AppError } from '../../lib/errors/app-error.ts';
import { createSilentLogger } from '../../lib/log/create-logger.ts';
import type { ProduceAttempt } from '../kafkajs/internals.ts';
import type { QueuedRecord } from './partition-queue.ts';
import { PartitionSender, type SendBatch } from './partition-sender.ts';

/** What became of a record, as its caller sees it. */
interface Fate {
  stored?: number;
  failed?: string;
  handedOver: number;
}

type TestRecord = { -readonly [K in keyof QueuedRecord]: QueuedRecord[K] };

/** A record that may wait for a minute, until a test says that it is late. */
function createRecord(fates: Fate[], options: { bytes?: number } = {}): TestRecord {
  const fate: Fate = { handedOver: 0 };
  fates.push(fate);
  return {
    key: null,
    value: String(fates.length - 1),
    headers: {},
    bytes: options.bytes ?? 1,
    handoverBy: Date.now() + 60_000,
    settle: {
      stored: (offset) => void (fate.stored = offset),
      failed: (error: AppError) => void (fate.failed = error.code),
      handedOver: () => void (fate.handedOver += 1),
    },
  };
}

/** Makes a record late in the middle of an attempt, whatever the speed of the machine. */
const lateDuring =
  (record: TestRecord, answer: (attempt: ProduceAttempt) => number) =>
  (attempt: ProduceAttempt): number => {
    record.handoverBy = 0;
    return answer(attempt);
  };

/** A client whose attempts end as told, one after the other; the last answer repeats. */
function createClient(answers: readonly ((attempt: ProduceAttempt) => number)[]) {
  const batches: string[][] = [];
  let offset = 0;
  let identity = 0;
  const send: SendBatch = async (_, records, attempt) => {
    const answer = answers[Math.min(batches.length, answers.length - 1)];
    batches.push(records.map(({ value }) => String(value)));
    await delay(1);
    const stored = answer?.(attempt) ?? 0;
    offset += stored;
    return offset - stored;
  };
  const sender = new PartitionSender({
    partition: 3,
    send,
    currentIdentity: () => identity,
    renewIdentity: () => {
      identity += 1;
      return Promise.resolve();
    },
    logger: createSilentLogger(),
  });
  return { sender, batches, loseIdentity: () => (identity += 1), readIdentity: () => identity };
}

const fail = (type: string): never => {
  throw Object.assign(new Error(type), { type });
};
const store = (count: number) => (attempt: ProduceAttempt) => {
  attempt.isHandedOver = true;
  return count;
};
const refuse = (type: string) => (attempt: ProduceAttempt) => {
  attempt.isHandedOver = true;
  return fail(type);
};
const breakAfterHandover = (attempt: ProduceAttempt) => {
  attempt.isHandedOver = true;
  return fail('connection closed');
};
const breakBefore = () => fail('no broker');

describe('PartitionSender', () => {
  it('sends what came in one turn as one batch, and what comes meanwhile as the next, never two at once', async () => {
    const fates: Fate[] = [];
    const { sender, batches } = createClient([store(2), store(3)]);
    for (let index = 0; index < 2; index += 1) sender.enqueue(createRecord(fates));
    while (batches.length === 0) await new Promise((resolve) => setImmediate(resolve));
    for (let index = 0; index < 3; index += 1) sender.enqueue(createRecord(fates));
    await sender.idle();
    expect(batches).toEqual([
      ['0', '1'],
      ['2', '3', '4'],
    ]);
    expect(fates.map(({ stored }) => stored)).toEqual([0, 1, 2, 3, 4]);
  });

  it('repeats the very same batch until its outcome is known, before anything behind it', async () => {
    const fates: Fate[] = [];
    const { sender, batches } = createClient([breakAfterHandover, breakAfterHandover, store(1), store(1)]);
    sender.enqueue(createRecord(fates));
    while (batches.length === 0) await delay(1);
    sender.enqueue(createRecord(fates));
    await sender.idle();
    expect(batches).toEqual([['0'], ['0'], ['0'], ['1']]);
    expect(fates.map(({ stored }) => stored)).toEqual([0, 1]);
  });

  it('gives up as not stored what no broker was given in time', async () => {
    const fates: Fate[] = [];
    const record = createRecord(fates);
    const { sender, batches } = createClient([breakBefore, lateDuring(record, breakBefore)]);
    sender.enqueue(record);
    await sender.idle();
    expect(batches).toHaveLength(2);
    expect(fates).toEqual([{ failed: 'kafka-unavailable', handedOver: 0 }]);
  });

  it('never gives up what a broker was given, however late it is', async () => {
    const fates: Fate[] = [];
    const record = createRecord(fates);
    const { sender, batches } = createClient([
      lateDuring(record, breakAfterHandover),
      breakBefore,
      breakBefore,
      store(1),
    ]);
    sender.enqueue(record);
    while (batches.length < 2) await delay(1);
    sender.sweep(Date.now());
    sender.sweep(Date.now());
    await sender.idle();
    expect(fates).toEqual([{ stored: 0, handedOver: 1 }]);
  });

  it('gives up what was refused as a whole, because a refusal stores nothing', async () => {
    const fates: Fate[] = [];
    const record = createRecord(fates);
    const { sender } = createClient([lateDuring(record, refuse('NOT_ENOUGH_REPLICAS'))]);
    sender.enqueue(record);
    await sender.idle();
    expect(fates).toEqual([{ failed: 'kafka-unavailable', handedOver: 0 }]);
  });

  it('cancels an attempt under way when its record is answered as not stored, so that it is not handed over after all', async () => {
    const fates: Fate[] = [];
    const attempts: ProduceAttempt[] = [];
    const { promise, resolve } = Promise.withResolvers<true>();
    const sender = new PartitionSender({
      partition: 0,
      send: async (_, __, attempt) => {
        attempts.push(attempt);
        await promise;
        if (attempt.isCancelled) throw new Error('given up');
        attempt.isHandedOver = true;
        return 7;
      },
      currentIdentity: () => 0,
      renewIdentity: () => Promise.resolve(),
      logger: createSilentLogger(),
    });
    const late = createRecord(fates);
    sender.enqueue(late);
    sender.enqueue(createRecord(fates));
    while (attempts.length === 0) await delay(1);
    late.handoverBy = 0;
    sender.sweep(Date.now());
    expect(fates[0]?.failed).toBe('kafka-unavailable');
    resolve(true);
    await sender.idle();
    expect(attempts.map(({ isHandedOver }) => isHandedOver)).toEqual([false, true]);
    expect(fates[1]).toMatchObject({ stored: 7 });
  });

  it('renews a lost identity, and sends what was never stored under the new one', async () => {
    const fates: Fate[] = [];
    const { sender, batches } = createClient([refuse('UNKNOWN_PRODUCER_ID'), store(1)]);
    sender.enqueue(createRecord(fates));
    await sender.idle();
    expect(batches).toEqual([['0'], ['0']]);
    expect(fates[0]).toMatchObject({ stored: 0 });
  });

  it('does not repeat what may be stored under another identity, which would store it twice', async () => {
    const fates: Fate[] = [];
    const loseDuring = (attempt: ProduceAttempt): number => {
      client.loseIdentity();
      return breakAfterHandover(attempt);
    };
    const client = createClient([loseDuring, store(1)]);
    const { sender, batches } = client;
    sender.enqueue(createRecord(fates));
    await sender.idle();
    expect(batches).toEqual([['0']]);
    expect(fates[0]).toMatchObject({ failed: 'outcome-unknown' });
  });

  it.each(['NOT_LEADER_FOR_PARTITION', 'UNKNOWN_TOPIC_OR_PARTITION', 'LEADER_NOT_AVAILABLE', 'KAFKA_STORAGE_ERROR'])(
    'does not take %s for a refusal: it may come after the append, or from the metadata asked for afterwards',
    async (type) => {
      const fates: Fate[] = [];
      const record = createRecord(fates);
      const { sender, batches } = createClient([lateDuring(record, refuse(type)), store(1)]);
      sender.enqueue(record);
      await sender.idle();
      expect(batches).toEqual([['0'], ['0']]);
      expect(fates[0]).toMatchObject({ stored: 0 });
    },
  );

  it('takes a new identity after giving up what a broker has seen, because its sequence is free again', async () => {
    const fates: Fate[] = [];
    const record = createRecord(fates);
    const { sender, readIdentity } = createClient([lateDuring(record, refuse('NOT_ENOUGH_REPLICAS'))]);
    sender.enqueue(record);
    await sender.idle();
    expect(fates[0]?.failed).toBe('kafka-unavailable');
    expect(readIdentity()).toBe(1);
  });

  it('keeps its identity after giving up what no broker has seen', async () => {
    const fates: Fate[] = [];
    const record = createRecord(fates);
    const { sender, readIdentity } = createClient([lateDuring(record, breakBefore)]);
    sender.enqueue(record);
    await sender.idle();
    expect(readIdentity()).toBe(0);
  });

  it('repeats a batch under the identity of the attempt that may have stored it, not of an earlier refusal', async () => {
    const fates: Fate[] = [];
    const { sender, batches } = createClient([refuse('OUT_OF_ORDER_SEQUENCE_NUMBER'), breakAfterHandover, store(1)]);
    sender.enqueue(createRecord(fates));
    await sender.idle();
    expect(batches).toEqual([['0'], ['0'], ['0']]);
    expect(fates[0]).toMatchObject({ stored: 0 });
  });

  it('tells a record that is too large from one that is late', async () => {
    const fates: Fate[] = [];
    const { sender } = createClient([refuse('MESSAGE_TOO_LARGE')]);
    sender.enqueue(createRecord(fates));
    await sender.idle();
    expect(fates).toEqual([{ failed: 'record-too-large', handedOver: 0 }]);
  });

  it('tells another refusal from one of size, with the reason of the broker', async () => {
    const fates: Fate[] = [];
    const { sender } = createClient([refuse('INVALID_RECORD')]);
    sender.enqueue(createRecord(fates));
    await sender.idle();
    expect(fates).toEqual([{ failed: 'record-refused', handedOver: 0 }]);
  });

  it('refuses of a batch only the records that are to blame, and stores the others in their order', async () => {
    const fates: Fate[] = [];
    const isRefused = new Set(['2', '5']);
    const { sender, batches, readIdentity } = createClient([
      (attempt) => {
        attempt.isHandedOver = true;
        const batch = batches.at(-1) ?? [];
        return batch.some((value) => isRefused.has(value)) ? fail('INVALID_RECORD') : batch.length;
      },
    ]);
    for (let index = 0; index < 8; index += 1) sender.enqueue(createRecord(fates));
    await sender.idle();
    expect(fates.map(({ stored, failed }) => stored ?? failed)).toEqual([
      0,
      1,
      'record-refused',
      2,
      3,
      'record-refused',
      4,
      5,
    ]);
    // A broker has seen the sequence of each batch that it refused.
    expect(readIdentity()).toBe(batches.filter((batch) => batch.some((value) => isRefused.has(value))).length);
  });

  it('ends the search for those to blame when all are', async () => {
    const fates: Fate[] = [];
    const { sender, batches } = createClient([refuse('INVALID_RECORD')]);
    for (let index = 0; index < 1000; index += 1) sender.enqueue(createRecord(fates));
    await sender.idle();
    expect(fates.every(({ failed }) => failed === 'record-refused')).toBe(true);
    expect(batches.length).toBeLessThan(100);
  });

  it('bounds a batch in bytes, but lets a single large record go', async () => {
    const fates: Fate[] = [];
    const { sender, batches } = createClient([store(1), store(1), store(1)]);
    for (const bytes of [600_000, 400_000, 400_000]) sender.enqueue(createRecord(fates, { bytes }));
    await sender.idle();
    expect(batches).toEqual([['0'], ['1'], ['2']]);
  });
});
