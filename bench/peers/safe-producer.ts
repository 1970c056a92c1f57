/** The client layer of the producer service stores records, without HTTP. */
import { createSafeProducer } from '../../kafka/producer/safe-producer.ts';
import { createSilentLogger } from '../../lib/log/create-logger.ts';
import { readInstructions } from './peer-process.ts';
import { producePasses, type ProduceInstructions } from './produce-passes.ts';

const instructions = readInstructions() as ProduceInstructions;
// As the producer service has them by default, but for the patience: a run that gives up measures nothing.
const producer = createSafeProducer({
  brokers: instructions.brokers,
  clientId: 'safe',
  topic: instructions.topic,
  handoverTimeoutMs: 30_000,
  confirmTimeoutMs: 30_000,
  maxRecords: 10_000,
  logger: createSilentLogger(),
});
await producePasses(instructions, (rows) => Promise.all(rows.map((row) => producer.send(row))));
