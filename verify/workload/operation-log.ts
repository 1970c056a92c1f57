import { formatLoadName } from '../../lib/contracts/load-record.ts';
import type { Operation, Outcome } from '../checks/history.ts';

/** Name under which a driver numbers its records. */
const DRIVER = 'driver';

/** An operation whose outcome is still to come. */
export type InvokedOperation = { -readonly [K in keyof Operation]: Operation[K] };

/** What a driver asked for, numbered in the order in which it asked. */
export interface OperationLog {
  /** Kept where nobody else is told of them. */
  readonly operations: readonly Operation[];
  /** Notes records before they are posted. */
  invoke(keys: readonly string[]): readonly InvokedOperation[];
  /** Notes what the driver was told about each of them. */
  answer(batch: readonly InvokedOperation[], outcomeOf: (index: number) => Outcome): void;
}

/** Told of the operations of each request: before it is posted, and when their outcomes are known. */
export interface OperationListener {
  invoked(batch: readonly Operation[]): void;
  answered(batch: readonly Operation[]): void;
}

/** With a listener it keeps none of the operations itself. */
export function createOperationLog(listener?: OperationListener): OperationLog {
  const operations: InvokedOperation[] = [];
  let count = 0;
  return {
    operations,
    invoke(keys) {
      const invokedAt = Date.now();
      const batch = keys.map((key, index): InvokedOperation => {
        const sequence = count + index;
        return { sequence, producer: DRIVER, key, invokedAt, outcome: { kind: 'pending' } };
      });
      count += batch.length;
      if (listener === undefined) operations.push(...batch);
      else listener.invoked(batch);
      return batch;
    },
    answer(batch, outcomeOf) {
      for (const [index, operation] of batch.entries()) operation.outcome = outcomeOf(index);
      listener?.answered(batch);
    },
  };
}

/** The message of an operation's record, as the producer takes it. */
export function buildMessage(runId: string, { key, producer, sequence }: Operation): { key: string; name: string } {
  return { key, name: formatLoadName({ runId, producer, sequence }) };
}

/** What the code of a problem says about the record: refused for certain, or nothing for certain. */
export function readProblem(code = 'no-answer'): Outcome {
  return { kind: code === 'outcome-unknown' || code === 'no-answer' || code === 'internal' ? 'unknown' : 'fail', code };
}

/** What a connection that failed says. Nobody listened: then nothing was sent. Any other break leaves it open. */
export function readBreak(error: unknown): Outcome {
  const isRefused = typeof error === 'object' && error !== null && 'code' in error && error.code === 'ECONNREFUSED';
  return isRefused ? { kind: 'fail', code: 'no-producer' } : { kind: 'unknown', code: 'no-answer' };
}
