import { createSafeProducer } from '../../lib/kafka/producer/safe-producer.ts';
import type { Logger } from '../../lib/log/create-logger.ts';

/** Puts records into the topic that no consumer can read as messages. */
export interface PoisonSender {
  /** @returns its offset */
  send(partition: number): Promise<number>;
  stop(): Promise<void>;
}

const PATIENCE_MS = 30_000;
const STOP_MS = 5000;
/** JSON that breaks off. */
const POISON = '{"name": "poi';

export function createPoisonSender(options: {
  readonly brokers: readonly string[];
  readonly topic: string;
  readonly logger: Logger;
}): PoisonSender {
  let producer: ReturnType<typeof createSafeProducer> | undefined;
  return {
    async send(partition) {
      producer ??= createSafeProducer({
        ...options,
        clientId: 'lab-poison',
        handoverTimeoutMs: PATIENCE_MS,
        confirmTimeoutMs: PATIENCE_MS,
        maxRecords: 100,
      });
      const { offset } = await producer.send({ key: 'poison', value: POISON, partition });
      return offset;
    },
    async stop() {
      await producer?.stop(STOP_MS);
    },
  };
}
