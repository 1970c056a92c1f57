/** kafkajs as it comes stores records, without HTTP. */
import { Kafka, logLevel } from 'kafkajs';
import { readInstructions } from './peer-process.ts';
import { producePasses, type ProduceInstructions } from './produce-passes.ts';

const instructions = readInstructions() as ProduceInstructions & { readonly idempotent: boolean };
const { brokers, topic, idempotent } = instructions;
const producer = new Kafka({ brokers: [...brokers], clientId: 'plain', logLevel: logLevel.ERROR }).producer({
  idempotent,
});
await producer.connect();
await producePasses(instructions, (rows) => producer.send({ topic, acks: -1, messages: [...rows] }));
