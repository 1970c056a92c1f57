import { setTimeout as delay } from 'node:timers/promises';
import type { Operation, Outcome } from '../checks/history.ts';
import { buildMessage, createOperationLog, readBreak, readProblem, type InvokedOperation } from './operation-log.ts';

export { DRIVER } from './operation-log.ts';

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
  const log = createOperationLog();
  const startedAt = Date.now();
  let isStopped = false;
  let newKeys = keys;
  const laneCount = Math.min(LANES, keys);

  const invoke = (lane: Lane): InvokedOperation => {
    const key = lane.keys[lane.next % lane.keys.length] ?? 'key';
    lane.next += 1;
    lane.sent += 1;
    return log.invoke(key);
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
    operations: log.operations,
    async stop() {
      isStopped = true;
      await Promise.all(lanes);
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
async function post(url: string, runId: string, batch: readonly InvokedOperation[]): Promise<void> {
  const messages = batch.map((operation) => buildMessage(runId, operation));
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
    const outcome = readBreak(error instanceof Error ? error.cause : undefined);
    outcomes = () => outcome;
  }
  batch.forEach((operation, index) => (operation.outcome = outcomes(index)));
}

function readOutcome(answer: BatchAnswer, index: number): Outcome {
  const result = answer.results?.[index];
  if (result?.outcome === 'stored') return { kind: 'ok', partition: result.partition, offset: result.offset };
  return readProblem(result?.code ?? answer.code);
}
