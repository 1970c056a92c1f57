/**
 * Runs one replica of somebody's consumer and looks at what it does: records before it starts, records after it has
 * joined, SIGTERM at the end. It is judged elsewhere, from what is seen here.
 */
import { randomUUID } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import { AppError } from '../../lib/errors/app-error.ts';
import { listActiveGroups } from '../../kafka/list-active-groups.ts';
import { createSafeProducer } from '../../kafka/producer/safe-producer.ts';
import type { Logger } from '../../lib/log/create-logger.ts';
import type { PlatformWith } from '../../platforms/platform.ts';
import { waitUntil } from '../../platforms/wait-until.ts';
import type { CommitSample } from '../checks/history.ts';
import { prepareRun } from '../checks/prepare-run.ts';
import { createLabObserver, type LabObserver } from '../history/lab-observer.ts';
import { readPlainHistory } from '../history/read-plain-history.ts';
import { buildMessage, createOperationLog, type OperationLog } from '../workload/operation-log.ts';
import type { Observation } from './observation.ts';

/** Where the consumer runs, and who hears of its progress. */
export interface ObserveOptions {
  readonly platform: PlatformWith<'scale' | 'logs'>;
  readonly logger: Logger;
  readonly signal: AbortSignal;
  readonly tell: (sentence: string) => void;
}

/** Records before it starts, and as many after it has joined. */
const RECORDS_EACH = 50;
const KEYS = 20;
const LOOK_MS = 100;
const JOIN_MS = 15_000;
/** A program that has ended so often does not join by waiting. */
const MOST_ENDS = 3;
/** Nothing new for so long: it has stopped, or it is slower than one waits for. */
const SILENT_MS = 10_000;
const AT_MOST_MS = 60_000;
/** Who leaves does it before its process ends. */
const LOOK_AFTER_END_MS = 2000;
const PRINTED_LINES = 8;
const PATIENCE_MS = 30_000;

/** @throws AppError when the lab itself fails it */
export async function observeConsumer(options: ObserveOptions): Promise<Observation> {
  const { platform, logger, signal, tell } = options;
  const brokers = platform.addresses.kafka;
  const observer = createLabObserver({ brokers, logger });
  const sender = createSender({ brokers, topic: observer.topic, logger });
  const ends: string[] = [];
  const removedAt = new Map<string, number>();
  const unsubscribe = platform.subscribe((event) => {
    if (event.kind === 'removed') removedAt.set(event.replica.name, Date.now());
    if (event.kind !== 'phase' || event.replica.workload !== 'consumer') return;
    if (event.replica.phase === 'failed') ends.push(event.reason ?? 'for an unknown reason');
  });
  try {
    const isAlone = async (): Promise<true | undefined> =>
      (await platform.listReplicas('consumer')).length === 0 || undefined;
    await waitUntil(isAlone, { what: 'the consumers before it to end', timeoutMs: PATIENCE_MS, signal });
    const start = await observer.markStart();
    await sender.send(RECORDS_EACH);
    await platform.scale('consumer', 1);
    const startedAt = Date.now();
    const clientId = (await platform.listReplicas('consumer'))[0]?.name ?? '';
    tell(`${clientId} starts; ${String(RECORDS_EACH)} records wait for it`);
    const strangers = new Set<string>();
    const samples: CommitSample[] = [];
    const join = async (): Promise<number | undefined> => {
      if (ends.length >= MOST_ENDS) return -1;
      samples.push(await observer.sampleCommits());
      const { members } = await observer.inspectGroup();
      for (const member of members) if (member.clientId !== clientId) strangers.add(member.clientId);
      return members.some((member) => member.clientId === clientId) ? Date.now() - startedAt : undefined;
    };
    const joined = await waitUntil(join, { what: 'it to join', timeoutMs: JOIN_MS, intervalMs: LOOK_MS, signal }).catch(
      (error: unknown) => {
        if (error instanceof AppError && error.code === 'timed-out') return -1;
        throw error;
      },
    );
    const lateFrom = await observer.markEnd();
    if (joined >= 0) {
      tell(`it has joined; ${String(RECORDS_EACH)} more are sent`);
      await sender.send(RECORDS_EACH);
    }
    const end = await observer.markEnd();
    if (joined >= 0 || strangers.size > 0) await watchProgress(observer, end, samples, signal);
    const otherGroups = joined >= 0 ? [] : await listActiveGroups({ brokers, clientId: 'lab-check', logger });
    const printed = await readPrinted(platform, clientId);
    tell('it is told to end');
    const stop = await stopIt(platform, observer, clientId, () => removedAt.get(clientId));
    const history = await readPlainHistory(observer, {
      runId: sender.runId,
      start,
      end,
      operations: sender.log.operations,
      assignments: [],
    });
    return {
      clientId,
      groupId: observer.group,
      receiptsTopic: observer.receiptsTopic,
      ends: [...ends],
      printed,
      joinedAfterMs: joined >= 0 ? joined : undefined,
      strangers: [...strangers],
      otherGroups: otherGroups.filter((group) => group !== observer.group),
      run: prepareRun({ ...history, commitSamples: samples }),
      lateFrom,
      stop,
    };
  } finally {
    unsubscribe();
    await Promise.allSettled([sender.stop(), observer.close()]);
  }
}

interface Sender {
  readonly runId: string;
  readonly log: OperationLog;
  send(records: number): Promise<void>;
  stop(): Promise<void>;
}

function createSender(options: {
  readonly brokers: readonly string[];
  readonly topic: string;
  readonly logger: Logger;
}): Sender {
  const runId = randomUUID().slice(0, 8);
  const log = createOperationLog();
  const producer = createSafeProducer({
    ...options,
    clientId: 'lab-check',
    handoverTimeoutMs: PATIENCE_MS,
    confirmTimeoutMs: PATIENCE_MS,
    maxRecords: RECORDS_EACH,
  });
  return {
    runId,
    log,
    async send(records) {
      for (let count = 0; count < records; count += 1) {
        const [operation] = log.invoke([`key-${String(log.operations.length % KEYS)}`]);
        if (operation === undefined) return;
        const { key, name } = buildMessage(runId, operation);
        const { partition, offset } = await producer.send({ key, value: JSON.stringify({ name }) });
        log.answer([operation], () => ({ kind: 'ok', partition, offset }));
      }
    },
    stop: () => producer.stop(PATIENCE_MS),
  };
}

/** Notes the positions until all is committed, or nothing has changed for some time. */
async function watchProgress(
  observer: LabObserver,
  end: ReadonlyMap<number, number>,
  samples: CommitSample[],
  signal: AbortSignal,
): Promise<void> {
  const begunAt = Date.now();
  let progressAt = begunAt;
  let last = '';
  while (Date.now() - progressAt < SILENT_MS && Date.now() - begunAt < AT_MOST_MS) {
    const sample = await observer.sampleCommits();
    const positions = JSON.stringify(sample.partitions);
    if (positions !== last) [last, progressAt] = [positions, Date.now()];
    samples.push(sample);
    if ((await observer.countLeft(end)) === 0) return;
    await delay(LOOK_MS, undefined, { signal });
  }
}

async function readPrinted(platform: PlatformWith<'scale' | 'logs'>, replica: string): Promise<readonly string[]> {
  const lines: string[] = [];
  try {
    for await (const line of platform.readLogs(replica, { tail: PRINTED_LINES, follow: false })) lines.push(line);
  } catch {
    // It has printed nothing.
  }
  return lines;
}

async function stopIt(
  platform: PlatformWith<'scale' | 'logs'>,
  observer: LabObserver,
  clientId: string,
  readRemovedAt: () => number | undefined,
): Promise<Observation['stop']> {
  const toldAt = Date.now();
  let leftAt: number | undefined;
  await platform.scale('consumer', 0);
  for (;;) {
    const { members } = await observer.inspectGroup();
    if (!members.some((member) => member.clientId === clientId)) leftAt ??= Date.now();
    const removedAt = readRemovedAt();
    const isOver = removedAt !== undefined && (leftAt !== undefined || Date.now() - removedAt > LOOK_AFTER_END_MS);
    if (isOver)
      return { endedAfterMs: removedAt - toldAt, leftAfterMs: leftAt === undefined ? undefined : leftAt - toldAt };
    await delay(LOOK_MS);
  }
}
