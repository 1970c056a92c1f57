import type { ProducerRecord, SafeProducer, Stored } from '../../../kafka/producer/safe-producer.ts';

/** A producer without brokers: what a record becomes is a test's own affair. */
export interface FakeProducer extends SafeProducer {
  readonly sent: readonly ProducerRecord[];
}

/** @param fail the error of a record that is not stored; by default all are, one behind the other */
export function createFakeProducer(
  fail: (record: ProducerRecord) => Error | undefined = () => undefined,
): FakeProducer {
  const sent: ProducerRecord[] = [];
  return {
    sent,
    pendingRecords: 0,
    lastAttemptAt: undefined,
    stop: () => Promise.resolve(),
    send(record): Promise<Stored> {
      const failure = fail(record);
      if (failure !== undefined) return Promise.reject(failure);
      return Promise.resolve({ partition: 1, offset: sent.push(record) - 1 });
    },
  };
}
