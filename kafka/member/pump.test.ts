import { describe, expect, it, jest } from '@jest/globals';
import { createSilentLogger } from '../../lib/log/create-logger.ts';
import type { LogRecord } from '../records/log-record.ts';
import { Accounting } from './accounting.ts';
import type { Tenure } from './membership.ts';
import { Pump } from './pump.ts';
import { toRecord } from './testing/fake-group.ts';
import { assign, createOwned, OWNED_GENERATION, tenureOf } from './testing/owned-partitions.ts';
import { letOthersRun, until } from './testing/until.ts';

jest.setTimeout(30_000);

interface Options {
  readonly partitions?: readonly number[];
  readonly concurrency?: number;
  readonly commitEveryRecords?: number;
  readonly process?: (record: LogRecord, signal: AbortSignal) => Promise<void> | undefined;
}

/** A batch with a record at each of the offsets. */
function batch(partition: number, offsets: readonly number[], { offset = offsets[0] ?? 0, next = 0 } = {}) {
  const records = offsets.map((each) => toRecord(partition, each));
  return { offset, records, next: Math.max(next, (offsets.at(-1) ?? -1) + 1) };
}

const range = (from: number, to: number): number[] => Array.from({ length: to - from }, (_, at) => from + at);

function create({ partitions = [0, 1], concurrency = 16, commitEveryRecords = 1000, process }: Options = {}) {
  const { membership } = createOwned(partitions);
  const begun: string[] = [];
  const told: string[] = [];
  const receiptGates: Promise<unknown>[] = [];
  const emptied = { times: 0 };
  const accounting = new Accounting({
    topic: 'app',
    member: 'consumer-1',
    async writeReceipt({ partition, from, to, generation }) {
      await receiptGates.shift();
      told.push(`receipt ${String(partition)}@${String(from)}-${String(to)} in ${String(generation)}`);
    },
    commit(offsets) {
      for (const [{ partition }, offset] of offsets) told.push(`commit ${String(partition)}@${String(offset)}`);
      return Promise.resolve();
    },
    onResumed: (tenure) => pump.resume(tenure),
    logger: createSilentLogger(),
  });
  const pump: Pump = new Pump({
    process(record, signal) {
      begun.push(`${String(record.partition)}@${String(record.offset)}`);
      return process?.(record, signal);
    },
    accounting,
    readGeneration: () => membership.assignedGeneration,
    ...{ concurrency, commitEveryRecords },
    onEmpty: () => (emptied.times += 1),
    logger: createSilentLogger(),
  });
  return {
    membership,
    accounting,
    pump,
    begun,
    told,
    receiptGates,
    emptied,
    of: (p: number) => tenureOf(membership, p),
  };
}

/** Records that wait, by name, until they are let go. */
function createGates() {
  const gates = new Map<string, PromiseWithResolvers<undefined>>();
  const nameOf = ({ partition, offset }: LogRecord): string => `${String(partition)}@${String(offset)}`;
  return {
    process(record: LogRecord): Promise<void> {
      const gate = Promise.withResolvers<undefined>();
      gates.set(nameOf(record), gate);
      return gate.promise;
    },
    open: (name: string) => gates.get(name)?.resolve(undefined),
  };
}

describe('Pump', () => {
  it('processes a partition in order, across batches, and accounts for it in its generation', async () => {
    const { pump, accounting, begun, told, emptied, of } = create();
    pump.push(of(0), batch(0, [0, 1, 2]));
    pump.push(of(0), batch(0, [3, 4]));
    await until(() => emptied.times === 1);
    expect(begun).toEqual(['0@0', '0@1', '0@2', '0@3', '0@4']);
    await accounting.settleAll();
    expect(told).toEqual([`receipt 0@0-4 in ${String(OWNED_GENERATION)}`, 'commit 0@5']);
  });

  it('begins no record of a partition before the one before it is processed', async () => {
    const gates = createGates();
    const { pump, begun, of } = create({ process: (record) => gates.process(record) });
    pump.push(of(0), batch(0, [0, 1]));
    pump.push(of(0), batch(0, [2]));
    for (const [at, name] of ['0@0', '0@1', '0@2'].entries()) {
      await until(() => begun.length === at + 1);
      await letOthersRun();
      expect(begun[at]).toBe(name);
      expect(begun).toHaveLength(at + 1);
      gates.open(name);
    }
  });

  it('commits past offsets that hold no record, without a gap in the receipt', async () => {
    const { pump, accounting, told, emptied, of } = create();
    pump.push(of(0), batch(0, [3, 7], { offset: 1, next: 10 }));
    pump.push(of(0), batch(0, [12], { offset: 10, next: 13 }));
    await until(() => emptied.times === 1);
    await accounting.settleAll();
    expect(told).toEqual([`receipt 0@3-12 in ${String(OWNED_GENERATION)}`, 'commit 0@13']);
  });

  it('leaps over what nobody has seen, and ends the receipt before it', async () => {
    const { pump, accounting, told, emptied, of } = create();
    pump.push(of(0), batch(0, [0]));
    pump.push(of(0), { offset: 1, records: [], next: 500, isLeap: true });
    pump.push(of(0), batch(0, [500]));
    await until(() => emptied.times === 1);
    await accounting.settleAll();
    const generation = String(OWNED_GENERATION);
    expect(told).toEqual([`receipt 0@0-0 in ${generation}`, `receipt 0@500-500 in ${generation}`, 'commit 0@501']);
  });

  it('notes each record in the generation in which it was begun', async () => {
    const gates = createGates();
    const { pump, membership, accounting, begun, told, emptied, of } = create({ process: (r) => gates.process(r) });
    pump.push(of(0), batch(0, [0, 1]));
    await until(() => begun.length === 1);
    assign(membership, [0, 1], 9);
    gates.open('0@0');
    await until(() => begun.length === 2);
    gates.open('0@1');
    await until(() => emptied.times === 1);
    await accounting.settleAll();
    expect(told).toEqual([`receipt 0@0-0 in ${String(OWNED_GENERATION)}`, 'receipt 0@1-1 in 9', 'commit 0@2']);
  });

  it('processes no more partitions at the same time than it may, each in turn', async () => {
    const gates = createGates();
    const { pump, begun, of } = create({ partitions: [0, 1, 2], concurrency: 2, process: (r) => gates.process(r) });
    for (const partition of [0, 1, 2]) pump.push(of(partition), batch(partition, [0]));
    pump.push(of(0), batch(0, [1]));
    await until(() => begun.length === 2);
    await letOthersRun();
    expect(begun).toEqual(['0@0', '1@0']);
    gates.open('0@0');
    await until(() => begun.length === 3);
    await letOthersRun();
    // Another batch of the first one waits behind the partition that had no turn yet.
    expect(begun.slice(2)).toEqual(['2@0']);
    gates.open('1@0');
    await until(() => begun.length === 4);
    expect(begun.slice(3)).toEqual(['0@1']);
  });

  it('has room until as many records wait as memory is meant for, and again when they are processed', async () => {
    const gates = createGates();
    const { pump, begun, emptied, of } = create({ process: (record) => gates.process(record) });
    expect(pump.hasRoom(of(0))).toBe(true);
    pump.push(of(0), batch(0, [0]));
    pump.push(of(0), batch(0, range(1, 499)));
    expect(pump.hasRoom(of(0))).toBe(true);
    pump.push(of(0), batch(0, [499]));
    expect([pump.hasRoom(of(0)), pump.hasRoom(of(1))]).toEqual([false, true]);
    gates.open('0@0');
    await until(() => begun.length === 2);
    expect([pump.hasRoom(of(0)), emptied.times]).toEqual([true, 0]);
  });

  it('counts bytes as well: of a partition, and of all that are worked off', () => {
    const gates = createGates();
    const partitions = range(0, 40);
    const { pump, of } = create({ partitions, process: (record) => gates.process(record) });
    const large = { ...batch(0, [0]), records: [{ ...toRecord(0, 0), value: Buffer.alloc(600_000) }] };
    pump.push(of(0), large);
    expect([pump.hasRoom(of(0)), pump.hasRoom(of(1)), pump.isFull]).toEqual([false, true, false]);
    for (const partition of partitions.slice(1)) pump.push(of(partition), large);
    expect(pump.isFull).toBe(true);
    for (const partition of partitions.slice(1)) pump.forget(of(partition));
    expect(pump.isFull).toBe(false);
  });

  it('tells how long the longest record in hand has been so', async () => {
    const gates = createGates();
    const { pump, begun, emptied, of } = create({ process: (record) => gates.process(record) });
    expect(pump.longestInHandMs(Date.now() + 60_000)).toBe(0);
    pump.push(of(0), batch(0, [0]));
    pump.push(of(1), batch(1, [0]));
    await until(() => begun.length === 2);
    expect(pump.longestInHandMs(Date.now() + 60_000)).toBeGreaterThanOrEqual(60_000);
    for (const name of begun) gates.open(name);
    await until(() => emptied.times === 2);
    expect(pump.longestInHandMs(Date.now() + 60_000)).toBe(0);
  });

  it('processes more records at once than a slice is long, without keeping others from their turn', async () => {
    let others = 0;
    const seen: number[] = [];
    const { pump, begun, emptied, of } = create({
      process: () => {
        // Longer than a slice.
        for (const startedAt = performance.now(); performance.now() - startedAt < 3;);
        seen.push(others);
        return undefined;
      },
    });
    const counting = setInterval(() => (others += 1), 0);
    pump.push(of(0), batch(0, range(0, 20)));
    await until(() => emptied.times === 1);
    clearInterval(counting);
    expect(begun).toHaveLength(20);
    expect(seen.at(-1)).toBeGreaterThan(0);
  });
});

describe('Pump, beside the accounting', () => {
  it('waits when as many records are open as may be processed without a commit', async () => {
    const { pump, begun, told, receiptGates, emptied, of } = create({ commitEveryRecords: 4 });
    const acknowledged = Promise.withResolvers<undefined>();
    receiptGates.push(acknowledged.promise);
    pump.push(of(0), batch(0, range(0, 6)));
    pump.push(of(1), batch(1, range(0, 3)));
    await until(() => begun.filter((name) => name.startsWith('1@')).length === 3);
    await letOthersRun();
    expect(begun.filter((name) => name.startsWith('0@'))).toEqual(['0@0', '0@1', '0@2', '0@3']);
    acknowledged.resolve(undefined);
    await until(() => emptied.times === 2);
    expect(begun).toHaveLength(9);
    // What was open when it was half full went first.
    expect(told.find((line) => line.startsWith('receipt 0@'))).toMatch('receipt 0@0-1 ');
  });

  it('processes one record after the other where each is to be committed', async () => {
    const { pump, begun, told, emptied, of } = create({ commitEveryRecords: 0 });
    pump.push(of(0), batch(0, [0, 1]));
    await until(() => emptied.times === 1);
    expect(begun).toEqual(['0@0', '0@1']);
    expect(told.slice(0, 2)).toEqual([`receipt 0@0-0 in ${String(OWNED_GENERATION)}`, 'commit 0@1']);
  });

  it('leaves a partition that is held until it is resumed, and goes on where it was', async () => {
    const { pump, accounting, begun, receiptGates, emptied, of } = create({ commitEveryRecords: 2 });
    const acknowledged = Promise.withResolvers<undefined>();
    receiptGates.push(Promise.reject(new Error('no such partition')), acknowledged.promise);
    pump.push(of(0), batch(0, range(0, 5)));
    await until(() => accounting.isHeld(of(0)));
    await pump.settleDown(of(0));
    const before = begun.length;
    pump.push(of(0), batch(0, [5]));
    await letOthersRun();
    expect(begun).toHaveLength(before);
    acknowledged.resolve(undefined);
    await until(() => emptied.times === 1);
    expect(begun).toEqual(range(0, 6).map((offset) => `0@${String(offset)}`));
  });
});

describe('Pump, when a record fails', () => {
  it('tries it again, and begins nothing behind it before', async () => {
    let failures = 2;
    const { pump, begun, accounting, told, emptied, of } = create({
      process: ({ offset }) => {
        if (offset !== 1 || failures === 0) return undefined;
        failures -= 1;
        // At once, and later.
        if (failures === 1) throw new Error('it fails');
        return Promise.reject(new Error('it fails'));
      },
    });
    pump.push(of(0), batch(0, [0, 1, 2]));
    pump.push(of(1), batch(1, [0]));
    await until(() => emptied.times === 2);
    expect(begun.filter((name) => name.startsWith('0@'))).toEqual(['0@0', '0@1', '0@1', '0@1', '0@2']);
    // The other partition did not wait.
    expect(begun.indexOf('1@0')).toBeLessThan(begun.lastIndexOf('0@1'));
    await accounting.settleAll();
    expect(told).toContain(`receipt 0@0-2 in ${String(OWNED_GENERATION)}`);
  });

  it('leaves it to the next owner when the tenure ends meanwhile', async () => {
    const { pump, membership, begun, accounting, told, of } = create({
      process: ({ offset }) => (offset === 1 ? Promise.reject(new Error('it fails')) : undefined),
    });
    const tenure = of(0);
    pump.push(tenure, batch(0, [0, 1, 2]));
    await until(() => begun.length === 2);
    membership.end();
    await pump.settleDown(tenure);
    expect(begun).toEqual(['0@0', '0@1']);
    await accounting.finish(tenure);
    expect(told).toEqual([`receipt 0@0-0 in ${String(OWNED_GENERATION)}`, 'commit 0@1']);
  });
});

describe('Pump, when a tenure ends', () => {
  const endings: { title: string; end: (under: ReturnType<typeof create>) => unknown }[] = [
    { title: 'is about to be given up', end: ({ membership }) => membership.end() },
    { title: 'is lost', end: ({ membership }) => membership.lose(true) },
  ];
  it.each(endings)('begins no record more when it $title', async ({ end }) => {
    const gates = createGates();
    const under = create({ process: (record) => gates.process(record) });
    const { pump, begun, emptied, of } = under;
    const tenure = of(0);
    pump.push(tenure, batch(0, [0, 1]));
    pump.push(tenure, batch(0, [2]));
    await until(() => begun.length === 1);
    end(under);
    gates.open('0@0');
    await pump.settleDown(tenure);
    pump.push(tenure, batch(0, [3]));
    await letOthersRun();
    expect([begun, emptied.times]).toEqual([['0@0'], 0]);
  });

  it.each([
    { title: 'the first batch', batches: [[0]], inHand: '0@0' },
    { title: 'a later batch', batches: [[0], [1], [2]], inHand: '0@2' },
  ])('settles down when the record in hand is processed, in $title, and notes it', async ({ batches, inHand }) => {
    const gates = createGates();
    const { pump, membership, accounting, begun, told, of } = create({
      process: (record) => (`0@${String(record.offset)}` === inHand ? gates.process(record) : undefined),
    });
    const tenure: Tenure = of(0);
    for (const offsets of batches) pump.push(tenure, batch(0, offsets));
    await until(() => begun.includes(inHand));
    await letOthersRun();
    membership.end();
    let isDown = false;
    const settledDown = pump.settleDown(tenure).then(() => (isDown = true));
    await letOthersRun();
    expect(isDown).toBe(false);
    gates.open(inHand);
    await settledDown;
    await accounting.finish(tenure);
    expect(told.at(-1)).toBe(`commit 0@${String(begun.length)}`);
  });

  it('leaves a record in hand to the next owner when it gives it up', async () => {
    const { pump, membership, accounting, begun, told, of } = create({
      process: (_, signal) =>
        new Promise((_resolve, reject) => signal.addEventListener('abort', () => reject(new Error('given up')))),
    });
    const tenure = of(0);
    pump.push(tenure, batch(0, [0]));
    await until(() => begun.length === 1);
    membership.end();
    await pump.settleDown(tenure);
    await accounting.finish(tenure);
    expect([begun, told, pump.longestInHandMs(Date.now() + 1000)]).toEqual([['0@0'], [], 0]);
  });

  it('notes nothing of what was lost, though its record in hand is processed', async () => {
    const gates = createGates();
    const { pump, membership, accounting, begun, told, of } = create({ process: (record) => gates.process(record) });
    const tenure = of(0);
    pump.push(tenure, batch(0, [0]));
    await until(() => begun.length === 1);
    membership.lose(false);
    pump.forget(tenure);
    expect(pump.longestInHandMs(Date.now() + 1000)).toBe(0);
    gates.open('0@0');
    await letOthersRun();
    await accounting.settleAll();
    expect([told, accounting.countOpen(tenure)]).toEqual([[], 0]);
  });

  it('gives its turn to another partition', async () => {
    const gates = createGates();
    const { pump, membership, begun, of } = create({ concurrency: 1, process: (record) => gates.process(record) });
    const lost = of(0);
    pump.push(lost, batch(0, [0, 1]));
    pump.push(of(1), batch(1, [0]));
    await until(() => begun.length === 1);
    membership.end([0]);
    gates.open('0@0');
    await until(() => begun.length === 2);
    expect(begun).toEqual(['0@0', '1@0']);
  });
});

describe('Pump, when a partition is resumed', () => {
  it('goes on with it also when that happens while its turn is just ending', async () => {
    const { membership } = createOwned([0]);
    const tenure = tenureOf(membership, 0);
    const begun: number[] = [];
    let looks = 0;
    const accounting = {
      countOpen: () => 0,
      // Held at the first look, and resumed right behind it.
      isHeld: () => {
        looks += 1;
        if (looks === 1) queueMicrotask(() => pump.resume(tenure));
        return looks === 1;
      },
      add: () => undefined,
      pass: () => undefined,
    } as unknown as Accounting;
    const pump = new Pump({
      process: ({ offset }) => void begun.push(offset),
      readGeneration: () => OWNED_GENERATION,
      ...{ accounting, concurrency: 1, commitEveryRecords: 10, onEmpty: () => undefined },
      logger: createSilentLogger(),
    });
    pump.push(tenure, batch(0, [0]));
    await letOthersRun();
    expect(begun).toEqual([0]);
  });
});
