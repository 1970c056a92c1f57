import { randomUUID } from 'node:crypto';
import { digestValue } from '../../lib/contracts/receipt-digest.ts';
import { createSafeProducer } from '../../kafka/producer/safe-producer.ts';
import type { Logger } from '../../lib/log/create-logger.ts';
import type { PoisonRecord } from '../checks/history.ts';

/** Puts records into the topic that no consumer can read as messages. */
export interface PoisonSender {
  /** @returns where it stands now */
  send(partition: number): Promise<PoisonRecord>;
  stop(): Promise<void>;
}

const PATIENCE_MS = 30_000;
const STOP_MS = 5000;
/** JSON that breaks off, and is no other's. */
const makePoison = (): string => `{"name": "poison ${randomUUID()}`;

/** Connects with the first record that is sent. */
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
      const value = makePoison();
      const { offset } = await producer.send({ key: 'poison', value, partition });
      return { partition, offset, valueCrc: digestValue(Buffer.from(value)) };
    },
    async stop() {
      await producer?.stop(STOP_MS);
    },
  };
}
