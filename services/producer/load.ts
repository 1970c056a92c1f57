import { formatLoadName } from '../../lib/contracts/load-record.ts';
import { AppError } from '../../lib/errors/app-error.ts';
import type { SafeProducer } from '../../kafka/producer/safe-producer.ts';

/** A load as it was asked for. */
export interface LoadSpec {
  readonly id: string;
  readonly ratePerSecond: number;
  /** Number of distinct keys. */
  readonly keys: number;
  /** Ends by itself after this time. */
  readonly durationSeconds: number;
}

/** A load as it was asked for, and what has become of its records. */
export interface LoadStatus extends LoadSpec {
  /** The replica that runs it. */
  readonly producer: string;
  readonly state: 'running' | 'finishing' | 'ended';
  readonly startedAt: string;
  /** Records given to the producer so far; their sequences are 0 up to this, not included. */
  readonly sent: number;
  readonly acknowledged: number;
  /** Records that are not stored, by the code of the problem. */
  readonly failed: Readonly<Record<string, number>>;
  /** Records that may be stored. */
  readonly unknown: number;
}

/** A load of one replica: numbered, keyed records at a steady rate. */
export interface Load {
  status(): LoadStatus;
  /** Sends no more; records under way still get their outcome. */
  stop(): void;
}

const TICK_MS = 20;
/** After a stall the missed records are made up for, but not all at once. */
const MOST_PER_TICK = 500;

/** Begins at once, and ends by itself when its time is over. */
export function startLoad(spec: LoadSpec, producerName: string, producer: SafeProducer): Load {
  const startedAt = Date.now();
  const failed: Record<string, number> = {};
  let sent = 0;
  let acknowledged = 0;
  let unknown = 0;
  let underWay = 0;
  let isStopped = false;

  const sendOne = async (sequence: number): Promise<void> => {
    const key = `key-${String(sequence % spec.keys)}`;
    const name = formatLoadName({ runId: spec.id, producer: producerName, sequence });
    underWay += 1;
    try {
      await producer.send({ key, value: JSON.stringify({ name }) });
      acknowledged += 1;
    } catch (error) {
      const code = error instanceof AppError ? error.code : 'internal';
      if (code === 'outcome-unknown') unknown += 1;
      else failed[code] = (failed[code] ?? 0) + 1;
    } finally {
      underWay -= 1;
    }
  };

  const stop = (): void => {
    isStopped = true;
    clearInterval(timer);
  };
  const timer = setInterval(() => {
    const elapsedSeconds = (Date.now() - startedAt) / 1000;
    const due = Math.floor(Math.min(elapsedSeconds, spec.durationSeconds) * spec.ratePerSecond);
    const until = Math.min(due, sent + MOST_PER_TICK);
    while (sent < until) {
      void sendOne(sent);
      sent += 1;
    }
    if (elapsedSeconds >= spec.durationSeconds && sent >= due) stop();
  }, TICK_MS);

  return {
    stop,
    status: () => ({
      ...spec,
      producer: producerName,
      state: !isStopped ? 'running' : underWay > 0 ? 'finishing' : 'ended',
      startedAt: new Date(startedAt).toISOString(),
      sent,
      acknowledged,
      failed: { ...failed },
      unknown,
    }),
  };
}
