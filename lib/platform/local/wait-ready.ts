import { AppError } from '../../errors/app-error.ts';
import { waitUntil } from '../wait-until.ts';
import type { ReplicaProcess } from './replica-process.ts';

export interface WaitReadyOptions {
  /** What is waited for, to follow "waiting for". */
  readonly what: string;
  readonly signal?: AbortSignal;
  /** Told once, with who is late, when the wait is longer than a moment. */
  readonly onSlow?: (sentence: string) => void;
  /** @default 120000 */
  readonly timeoutMs?: number;
}

const TIMEOUT_MS = 120_000;

/**
 * Waits until replicas are ready.
 *
 * @throws AppError `timed-out` with those that are not, and how their processes ended
 * @throws AppError `process-failed` at once when the program of one of them cannot be started at all
 */
export async function waitReady(replicas: readonly ReplicaProcess[], options: WaitReadyOptions): Promise<void> {
  const { what, signal, onSlow, timeoutMs = TIMEOUT_MS } = options;
  const findLate = (): readonly ReplicaProcess[] => replicas.filter((replica) => replica.snapshot().phase !== 'ready');
  const probe = (): true => {
    const late = findLate();
    const hopeless = late.find((replica) => replica.hopeless !== undefined)?.hopeless;
    if (hopeless !== undefined) throw new AppError('process-failed', hopeless);
    if (late.length > 0) throw new Error(late.map((replica) => replica.explainLateness()).join('; '));
    return true;
  };
  try {
    await waitUntil(probe, {
      what,
      timeoutMs,
      ...(signal && { signal }),
      ...(onSlow && {
        onSlow: () =>
          onSlow(
            `waiting for ${findLate()
              .map(({ spec }) => spec.name)
              .join(', ')}`,
          ),
      }),
    });
  } catch (error) {
    // Whoever gave it up has said why.
    signal?.throwIfAborted();
    throw error;
  }
}
