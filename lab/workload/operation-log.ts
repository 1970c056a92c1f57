import { formatLoadName } from '../../lib/contracts/load-record.ts';
import type { Operation, Outcome } from '../checks/history.ts';

/** Name under which a driver numbers its records. */
export const DRIVER = 'driver';

/** An operation whose outcome is still to come. */
export type InvokedOperation = { -readonly [K in keyof Operation]: Operation[K] };

/** What a driver asked for, numbered in the order in which it asked. */
export interface OperationLog {
  readonly operations: readonly Operation[];
  /** Notes a record before it is posted. */
  invoke(key: string): InvokedOperation;
  /** Notes what the driver was told about it. */
  answer(operation: InvokedOperation, outcome: Outcome): void;
}

/** Told of each operation: before it is posted, and when its outcome is known. */
export interface OperationListener {
  invoked(operation: Operation): void;
  answered(operation: Operation): void;
}

export function createOperationLog(listener?: OperationListener): OperationLog {
  const operations: InvokedOperation[] = [];
  return {
    operations,
    invoke(key) {
      const operation: InvokedOperation = {
        sequence: operations.length,
        producer: DRIVER,
        key,
        invokedAt: Date.now(),
        outcome: { kind: 'pending' },
      };
      operations.push(operation);
      listener?.invoked(operation);
      return operation;
    },
    answer(operation, outcome) {
      operation.outcome = outcome;
      listener?.answered(operation);
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
