import { AppError } from '../../lib/errors/app-error.ts';
import { waitUntil } from '../wait-until.ts';
import { readLogFile } from './read-log-file.ts';
import type { ReplicaProcess } from './replica-process.ts';

interface WaitReadyOptions {
  /** What is waited for, to follow "waiting for". */
  readonly what: string;
  readonly signal?: AbortSignal;
  /** Told once, with who is late, when the wait is longer than a moment. */
  readonly onSlow?: (sentence: string) => void;
  /** @default 120000 */
  readonly timeoutMs?: number;
  /** How often in a row the process of one may end without having been ready. @default as often as the time allows */
  readonly mostEnds?: number;
}

const TIMEOUT_MS = 120_000;

/**
 * Waits until replicas are ready.
 *
 * @throws AppError `timed-out` with those that are not, and how their processes ended
 * @throws AppError `process-failed` at once when the program of one of them cannot be started at all, or has ended too
 *   often; with what it printed last
 */
export async function waitReady(replicas: readonly ReplicaProcess[], options: WaitReadyOptions): Promise<void> {
  const { what, signal, onSlow, timeoutMs = TIMEOUT_MS, mostEnds = Infinity } = options;
  const findLate = (): readonly ReplicaProcess[] => replicas.filter((replica) => replica.snapshot().phase !== 'ready');
  const probe = async (): Promise<true> => {
    const late = findLate();
    const ending = late.find((replica) => replica.endsBeforeReady >= mostEnds);
    if (ending) throw await explainEnds(ending);
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
              .map(({ spec, lastEnd }) =>
                lastEnd === undefined ? spec.name : `${spec.name}, whose process ended (${lastEnd})`,
              )
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

const LAST_LINES = 8;

async function explainEnds(replica: ReplicaProcess): Promise<AppError> {
  const { spec, endsBeforeReady, logFile } = replica;
  const times = `${String(endsBeforeReady)} times in a row, and was never ready`;
  if (logFile === undefined) return new AppError('process-failed', `${replica.explainLateness()}: ${times}`);
  const lines: string[] = [];
  for await (const line of readLogFile(logFile, spec.name, { tail: LAST_LINES, follow: false })) lines.push(line);
  const printed =
    lines.length === 0 ? 'it printed nothing' : `it printed last:\n${lines.map((line) => `  ${line}`).join('\n')}`;
  return new AppError(
    'process-failed',
    `${replica.explainLateness()}, ${times}; ${printed}\nall of its output: ${logFile}`,
  );
}
