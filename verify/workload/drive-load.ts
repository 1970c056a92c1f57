import { setTimeout as delay } from 'node:timers/promises';
import type { Operation, Outcome } from '../checks/history.ts';
import {
  buildMessage,
  createOperationLog,
  readBreak,
  readProblem,
  type InvokedOperation,
  type OperationListener,
} from './operation-log.ts';

/** What is sent, and to which producers. */
export interface LoadOptions {
  /** Base URL of the producers. */
  readonly url: string;
  readonly runId: string;
  readonly ratePerSecond: number;
  /** Distinct keys. */
  readonly keys: number;
  /** Told of each record. @default nobody */
  readonly listener?: OperationListener;
}

/** A running load: the driver is the client, and notes what it asked for and what it was told. */
export interface LoadDriver {
  /** What was invoked so far, in order. */
  readonly operations: readonly Operation[];
  /** Sends no more, and waits for the answers under way. */
  stop(): Promise<void>;
}

/** A load whose rate can be changed. */
export interface SteadyLoadDriver extends LoadDriver {
  /** Records a second from now on; 0 for none. */
  setRate(ratePerSecond: number): void;
}

const TICK_MS = 100;
const LANES = 8;
const ANSWER_TIMEOUT_MS = 40_000;
/** After a stall the missed records are made up for, but not in one request. */
const LARGEST_BATCH = 200;

interface Lane {
  readonly keys: string[];
  next: number;
  /** Records that are due and not sent. */
  due: number;
  countedAt: number;
}

/**
 * Posts numbered, keyed records at a steady rate. Keys are shared out to lanes, each with one request at a
 * time, so that records of one key are sent in order; a key whose record has an unknown fate is not used
 * again, because that record may still be stored, behind later ones.
 */
export function driveLoad({ url, runId, ratePerSecond, keys, listener }: LoadOptions): SteadyLoadDriver {
  const log = createOperationLog(listener);
  let rate = ratePerSecond;
  let isStopped = false;
  let newKeys = keys;
  const laneCount = Math.min(LANES, keys);

  const takeKey = (lane: Lane): string => lane.keys[lane.next++ % lane.keys.length] ?? 'key';
  const countDue = (lane: Lane): void => {
    const now = Date.now();
    lane.due += ((now - lane.countedAt) / 1000) * (rate / laneCount);
    lane.countedAt = now;
  };

  const runLane = async (lane: Lane): Promise<void> => {
    while (!isStopped) {
      countDue(lane);
      const count = Math.min(Math.floor(lane.due), LARGEST_BATCH);
      if (count > 0) {
        lane.due -= count;
        const batch = log.invoke(Array.from({ length: count }, () => takeKey(lane)));
        const outcomes = await post(url, runId, batch);
        log.answer(batch, outcomes);
        for (const operation of batch) {
          if (operation.outcome.kind !== 'unknown') continue;
          const place = lane.keys.indexOf(operation.key);
          if (place >= 0) lane.keys[place] = `key-${String(newKeys++)}`;
        }
      }
      await delay(TICK_MS);
    }
  };
  const lanes = Array.from({ length: laneCount }, (_, index): Lane => ({
    keys: Array.from(
      { length: Math.ceil((keys - index) / laneCount) },
      (__, key) => `key-${String(index + key * laneCount)}`,
    ),
    next: 0,
    due: 0,
    countedAt: Date.now(),
  }));
  const running = Promise.all(lanes.map(runLane));
  // A lane that cannot go on is told of by `stop`, not by the end of the process.
  running.catch(() => undefined);
  return {
    operations: log.operations,
    setRate(next) {
      lanes.forEach(countDue);
      rate = next;
      // What was not sent at the old rate is not made up for at the new one.
      if (next === 0) for (const lane of lanes) lane.due = 0;
    },
    async stop() {
      isStopped = true;
      await running;
    },
  };
}

interface BatchAnswer {
  readonly results?: readonly (
    | { readonly outcome: 'stored'; readonly partition: number; readonly offset: number }
    | { readonly outcome: 'failed'; readonly code: string }
  )[];
  readonly code?: string;
}

/** One request, and the outcome of each of its records as the producer told it. */
async function post(
  url: string,
  runId: string,
  batch: readonly InvokedOperation[],
): Promise<(index: number) => Outcome> {
  const messages = batch.map((operation) => buildMessage(runId, operation));
  try {
    const response = await fetch(`${url}/producer/batch`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ messages }),
      signal: AbortSignal.timeout(ANSWER_TIMEOUT_MS),
    });
    const answer = ((await response.json()) ?? {}) as BatchAnswer;
    return (index) => readOutcome(answer, index);
  } catch (error) {
    const outcome = readBreak(error instanceof Error ? error.cause : undefined);
    return () => outcome;
  }
}

function readOutcome(answer: BatchAnswer, index: number): Outcome {
  const result = answer.results?.[index];
  if (result?.outcome === 'stored') return { kind: 'ok', partition: result.partition, offset: result.offset };
  return readProblem(result?.code ?? answer.code);
}
