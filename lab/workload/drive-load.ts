import { setTimeout as delay } from 'node:timers/promises';
import { formatLoadName } from '../../lib/contracts/load-record.ts';
import type { Operation, Outcome } from '../checks/history.ts';

export interface LoadOptions {
  /** Base URL of the producers. */
  readonly url: string;
  readonly runId: string;
  readonly ratePerSecond: number;
  /** Distinct keys. */
  readonly keys: number;
}

/** A running load: the driver is the client, and notes what it asked for and what it was told. */
export interface LoadDriver {
  /** What was invoked so far, in order. */
  readonly operations: readonly Operation[];
  /** Sends no more, and waits for the answers under way. */
  stop(): Promise<void>;
}

/** Name under which the driver numbers its records. */
export const DRIVER = 'driver';

const TICK_MS = 100;
const LANES = 8;
const ANSWER_TIMEOUT_MS = 40_000;
/** After a stall the missed records are made up for, but not in one request. */
const LARGEST_BATCH = 200;

interface Lane {
  readonly keys: string[];
  next: number;
  sent: number;
}

/**
 * Posts numbered, keyed records at a steady rate. Keys are shared out to lanes, each with one request at a
 * time, so that records of one key are sent in order; a key whose record has an unknown fate is not used
 * again, because that record may still be stored, behind later ones.
 */
export function driveLoad({ url, runId, ratePerSecond, keys }: LoadOptions): LoadDriver {
  const operations: MutableOperation[] = [];
  const startedAt = Date.now();
  let isStopped = false;
  let newKeys = keys;
  const laneCount = Math.min(LANES, keys);

  const invoke = (lane: Lane): MutableOperation => {
    const key = lane.keys[lane.next % lane.keys.length] ?? 'key';
    lane.next += 1;
    lane.sent += 1;
    const operation = {
      sequence: operations.length,
      producer: DRIVER,
      key,
      invokedAt: Date.now(),
      outcome: { kind: 'pending' } as Outcome,
    };
    operations.push(operation);
    return operation;
  };

  const runLane = async (lane: Lane): Promise<void> => {
    while (!isStopped) {
      const due = Math.floor(((Date.now() - startedAt) / 1000) * (ratePerSecond / laneCount));
      const count = Math.min(due - lane.sent, LARGEST_BATCH);
      if (count > 0) {
        const batch = Array.from({ length: count }, () => invoke(lane));
        await post(url, runId, batch);
        for (const { key, outcome } of batch) {
          if (outcome.kind !== 'unknown') continue;
          const index = lane.keys.indexOf(key);
          if (index >= 0) lane.keys[index] = `key-${String(newKeys++)}`;
        }
      }
      await delay(TICK_MS);
    }
  };
  const lanes = Array.from({ length: laneCount }, (_, lane) =>
    runLane({
      keys: Array.from(
        { length: Math.ceil((keys - lane) / laneCount) },
        (__, index) => `key-${String(lane + index * laneCount)}`,
      ),
      next: 0,
      sent: 0,
    }),
  );
  return {
    operations,
    async stop() {
      isStopped = true;
      await Promise.all(lanes);
    },
  };
}

type MutableOperation = { -readonly [K in keyof Operation]: Operation[K] };

interface BatchAnswer {
  readonly results?: readonly (
    | { readonly outcome: 'stored'; readonly partition: number; readonly offset: number }
    | { readonly outcome: 'failed'; readonly code: string }
  )[];
  readonly code?: string;
}

/** One request, and the outcome of each of its records as the producer told it. */
async function post(url: string, runId: string, batch: readonly MutableOperation[]): Promise<void> {
  const messages = batch.map(({ key, producer, sequence }) => ({
    key,
    name: formatLoadName({ runId, producer, sequence }),
  }));
  let outcomes: (index: number) => Outcome;
  try {
    const response = await fetch(`${url}/producer/batch`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ messages }),
      signal: AbortSignal.timeout(ANSWER_TIMEOUT_MS),
    });
    const answer = (await response.json()) as BatchAnswer;
    outcomes = (index) => readOutcome(answer, index);
  } catch (error) {
    // Nobody listened: then nothing was sent. Any other break leaves open how far the request came.
    const cause = error instanceof Error ? error.cause : undefined;
    const isRefused = cause instanceof Error && 'code' in cause && cause.code === 'ECONNREFUSED';
    outcomes = () => ({ kind: isRefused ? 'fail' : 'unknown', code: isRefused ? 'no-producer' : 'no-answer' });
  }
  batch.forEach((operation, index) => (operation.outcome = outcomes(index)));
}

function readOutcome(answer: BatchAnswer, index: number): Outcome {
  const result = answer.results?.[index];
  if (result?.outcome === 'stored') return { kind: 'ok', partition: result.partition, offset: result.offset };
  const code = result?.code ?? answer.code ?? 'no-answer';
  return { kind: code === 'outcome-unknown' || code === 'no-answer' || code === 'internal' ? 'unknown' : 'fail', code };
}
