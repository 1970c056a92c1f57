/** A plain express service that stores messages by kafkajs as it comes, as their documentation shows it. */
import express from 'express';
import { Kafka, logLevel } from 'kafkajs';
import type { AddressInfo } from 'node:net';
import { readInstructions, report } from './peer-process.ts';

const { brokers, topic } = readInstructions() as { brokers: string[]; topic: string };
const producer = new Kafka({ brokers, clientId: 'plain', logLevel: logLevel.ERROR }).producer({ idempotent: true });
await producer.connect();

const app = express();
app.use(express.json());
app.post('/producer', async (request, response) => {
  const { name, description, key } = request.body as { name?: unknown; description?: unknown; key?: unknown };
  if (typeof name !== 'string' || name === '' || (key !== undefined && typeof key !== 'string')) {
    response.status(400).json({ error: 'name is missing, or key is no string' });
    return;
  }
  const [stored] = await producer.send({
    topic,
    acks: -1,
    messages: [{ key: key ?? null, value: JSON.stringify({ name, description }) }],
  });
  response.status(201).json({ topic, partition: stored?.partition, offset: Number(stored?.baseOffset) });
});
const server = app.listen(0, '127.0.0.1', () => {
  report('url', `http://127.0.0.1:${String((server.address() as AddressInfo).port)}`);
});
