/** A consumer by kafkajs as it comes, as its documentation shows it. Says when it was given partitions. */
import { Kafka, logLevel, type ConsumerRunConfig } from 'kafkajs';
import { readInstructions, report } from './peer-process.ts';

export interface ConsumerInstructions {
  readonly brokers: readonly string[];
  readonly topic: string;
  readonly groupId: string;
  readonly name: string;
  /** `work` is what the consumer service does on a record: parse, check, count, and at most 20 lines a second. */
  readonly mode: 'work' | 'each-message' | 'each-batch';
}

const LINES_PER_SECOND = 20;

const { brokers, topic, groupId, name, mode } = readInstructions() as ConsumerInstructions;
const consumer = new Kafka({ brokers: [...brokers], clientId: name, logLevel: logLevel.ERROR }).consumer({ groupId });
consumer.on(consumer.events.GROUP_JOIN, ({ payload }) => {
  report('assigned', { atMs: Date.now(), partitions: payload.memberAssignment[topic]?.length ?? 0 });
});
await consumer.connect();
await consumer.subscribe({ topic, fromBeginning: true });
await consumer.run(chooseRun());

function chooseRun(): ConsumerRunConfig {
  switch (mode) {
    case 'each-batch':
      return { eachBatch: () => Promise.resolve() };
    case 'each-message':
      return { eachMessage: () => Promise.resolve() };
    case 'work':
      return createWork();
  }
}

function createWork(): ConsumerRunConfig {
  let processed = 0;
  let second = 0;
  let lines = 0;
  return {
    eachMessage: ({ partition, message }) => {
      const parsed = JSON.parse(message.value?.toString() ?? '') as { name?: unknown };
      if (typeof parsed.name !== 'string' || parsed.name === '') throw new Error('the record is no message');
      processed += 1;
      const now = Math.floor(Date.now() / 1000);
      if (now !== second) [second, lines] = [now, 0];
      if (lines < LINES_PER_SECOND) {
        lines += 1;
        const { offset, key } = message;
        console.log(JSON.stringify({ partition, offset, key: key?.toString(), message: parsed.name, processed }));
      }
      return Promise.resolve();
    },
  };
}
