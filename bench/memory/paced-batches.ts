import { setTimeout as delay } from 'node:timers/promises';
import type { BatchClient } from './batch-client.ts';

export interface PacedBatchesOptions {
  readonly body: string;
  readonly batchesPerSecond: number;
  /** Batches that may be under way at once. */
  readonly lanes: number;
}

/** A running flow of batches at a steady rate. */
export interface PacedBatches {
  /** Records stored so far. */
  stored(): number;
  /** Batches by their answer. */
  readonly answers: ReadonlyMap<string, number>;
  /** Sends no more, and waits for the answers under way. */
  stop(): Promise<void>;
}

/** What was missed is made up for, but not more than so much. */
const MOST_DEBT_MS = 1000;

export function startPacedBatches(client: BatchClient, options: PacedBatchesOptions): PacedBatches {
  const { body, batchesPerSecond, lanes } = options;
  const answers = new Map<string, number>();
  let stored = 0;
  let isStopped = false;
  let turn = performance.now();
  const takeTurn = async (): Promise<void> => {
    const now = performance.now();
    turn = Math.max(now - MOST_DEBT_MS, turn + 1000 / batchesPerSecond);
    if (turn > now) await delay(turn - now);
  };
  const runLane = async (): Promise<void> => {
    for (;;) {
      await takeTurn();
      if (isStopped) return;
      const answer = await client.post(body);
      answers.set(answer.kind, (answers.get(answer.kind) ?? 0) + 1);
      stored += answer.stored;
    }
  };
  const running = Promise.all(Array.from({ length: lanes }, runLane));
  return {
    stored: () => stored,
    answers,
    async stop() {
      isStopped = true;
      await running;
    },
  };
}
