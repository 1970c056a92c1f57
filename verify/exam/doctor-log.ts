import type { History, LoggedRecord, Operation } from '../checks/history.ts';
import type { Random } from '../scenarios/random.ts';
import { omit, pickOne, replace, type Mutation } from './mutation.ts';

/** What can be untrue of the topic's log, and of what its sender was told. */
export const LOG_MUTATIONS: readonly Mutation[] = [
  {
    name: 'an acknowledged record is not in the log',
    doctor: (history, random) => {
      const record = pickRecord(history, random);
      return record && { ...history, log: replace(history.log, record) };
    },
  },
  { name: 'a record is stored twice', doctor: storeTwice },
  { name: 'two records of a key are stored in the wrong order', doctor: swapStored },
  {
    name: 'a record is stored under another key',
    doctor: (history, random) => {
      const record = pickRecord(history, random);
      return (
        record && { ...history, log: replace(history.log, record, { ...record, key: `${record.key ?? ''}-other` }) }
      );
    },
  },
  {
    name: 'a record is stored in another partition',
    doctor: (history, random) => {
      const record = pickRecord(history, random);
      if (!record || history.partitions < 2) return undefined;
      const partition = (record.partition + 1) % history.partitions;
      return { ...history, log: replace(history.log, record, { ...record, partition }) };
    },
  },
  {
    name: 'a record is stored elsewhere than the answer said',
    doctor: (history, random) => {
      const operation = pickAcknowledged(history, random);
      if (operation?.outcome.kind !== 'ok') return undefined;
      const outcome = { ...operation.outcome, offset: operation.outcome.offset + 1 };
      return { ...history, operations: replace(history.operations, operation, { ...operation, outcome }) };
    },
  },
  {
    name: 'a record that was refused is stored all the same',
    doctor: (history, random) => {
      const operation = pickAcknowledged(history, random);
      if (!operation) return undefined;
      const outcome = { kind: 'fail', code: 'record-refused' } as const;
      return { ...history, operations: replace(history.operations, operation, { ...operation, outcome }) };
    },
  },
  {
    name: 'the log of a partition was not read',
    doctor: (history, random) => {
      const range = pickOne(history.logRange, random);
      if (!range) return undefined;
      const log = history.log.filter(({ partition }) => partition !== range.partition);
      return { ...history, log, logRange: replace(history.logRange, range) };
    },
  },
  {
    name: 'retention has cut off the beginning of a partition',
    doctor: (history, random) => {
      const range = pickOne(history.logRange, random);
      const record = history.log.find(({ partition }) => partition === range?.partition);
      if (!range || !record) return undefined;
      const logRange = replace(history.logRange, range, {
        ...range,
        logStart: record.offset + 1,
        readFrom: record.offset + 1,
      });
      return { ...history, log: replace(history.log, record), logRange };
    },
  },
];

function pickRecord({ log, runId }: History, random: Random): LoggedRecord | undefined {
  return pickOne(
    log.filter(({ identity }) => identity?.runId === runId),
    random,
  );
}

function pickAcknowledged({ operations }: History, random: Random): Operation | undefined {
  return pickOne(
    operations.filter(({ outcome }) => outcome.kind === 'ok'),
    random,
  );
}

/** The copy stands at the end, where it is processed and committed, too: nothing but the copy is wrong. */
function storeTwice(history: History, random: Random): History | undefined {
  const record = pickRecord(history, random);
  const range = history.logRange.find(({ partition }) => partition === record?.partition);
  const last = history.receipts.filter(({ partition }) => partition === record?.partition).at(-1);
  if (!record || !range || !last) return undefined;
  const offset = range.logEnd;
  const copy = { ...omit(last, ['records', 'digest']), from: offset, to: offset, ledgerOffset: last.ledgerOffset + 1 };
  return {
    ...history,
    log: [...history.log, { ...record, offset }],
    logRange: replace(history.logRange, range, { ...range, logEnd: offset + 1 }),
    receipts: [...history.receipts, copy],
    committed: history.committed.map((one) =>
      one.partition === record.partition ? { ...one, committedOffset: offset + 1, logEnd: offset + 1 } : one,
    ),
  };
}

function swapStored(history: History, random: Random): History | undefined {
  const first = pickRecord(history, random);
  const second = history.log.find(
    ({ partition, key, offset, identity }) =>
      partition === first?.partition &&
      key === first.key &&
      offset > first.offset &&
      identity?.producer === first.identity?.producer,
  );
  if (!first?.identity || !second?.identity) return undefined;
  const log = history.log.map((record) => {
    if (record === first) return { ...first, identity: second.identity };
    return record === second ? { ...second, identity: first.identity } : record;
  });
  return { ...history, log: log as readonly LoggedRecord[] };
}
