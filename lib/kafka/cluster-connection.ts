import { setTimeout as delay } from 'node:timers/promises';
import { toAppError } from './kafka-error.ts';
import { createKafka, type KafkaOptions } from './create-kafka.ts';
import { createCluster, type ClusterInternals } from './kafkajs-internals.ts';

export interface ClusterConnectionOptions extends KafkaOptions {
  /** How long a call is tried again before it fails, in milliseconds. @default 5000 */
  readonly patienceMs?: number;
}

/** A connection to the brokers that repairs itself: every call finds it connected and with fresh metadata. */
export interface ClusterConnection {
  /**
   * Runs a call, again after a failure until patience ends.
   *
   * @param doing what the call does, for the error's sentence: "reading offsets of app"
   * @throws AppError `kafka-unavailable`
   */
  run<T>(doing: string, call: (cluster: ClusterInternals) => Promise<T>): Promise<T>;
  disconnect(): Promise<void>;
}

const METADATA_MAX_AGE_MS = 15_000;
const RETRY_AFTER_MS = 200;
const DEFAULT_PATIENCE_MS = 5000;

export function createClusterConnection(options: ClusterConnectionOptions): ClusterConnection {
  const patienceMs = options.patienceMs ?? DEFAULT_PATIENCE_MS;
  const cluster = createCluster(createKafka(options), { metadataMaxAgeMs: METADATA_MAX_AGE_MS });
  let isClosed = false;
  const attempt = async <T>(call: (cluster: ClusterInternals) => Promise<T>): Promise<T> => {
    if (!cluster.isConnected()) await cluster.connect();
    return call(cluster);
  };
  return {
    async run(doing, call) {
      const deadline = Date.now() + patienceMs;
      for (;;) {
        try {
          return await attempt(call);
        } catch (error) {
          if (isClosed || Date.now() > deadline) throw toAppError(error, doing);
          forgetBrokenBroker(cluster, error);
          await delay(RETRY_AFTER_MS);
          await cluster.refreshMetadata().catch(() => undefined);
        }
      }
    },
    async disconnect() {
      isClosed = true;
      await cluster.disconnect();
    },
  };
}

/** kafkajs keeps a closed connection in its pool until it is told to drop it. */
export function forgetBrokenBroker(cluster: ClusterInternals, error: unknown): void {
  if (!(error instanceof Error) || error.name !== 'KafkaJSConnectionClosedError') return;
  if (!('host' in error) || !('port' in error)) return;
  cluster.removeBroker({ host: String(error.host), port: Number(error.port) });
}
