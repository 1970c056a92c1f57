/**
 * `@platformatic/kafka`: a consumer that commits each record after it was processed, which prints one line for each, in
 * the form of our consumer's log. The client merges commits that are made while one is under way.
 */
import { Consumer } from '@platformatic/kafka';
import { readInstructions } from './peer-process.ts';

export interface PlatformaticInstructions {
  readonly brokers: readonly string[];
  readonly topic: string;
  readonly groupId: string;
  readonly name: string;
  readonly assignor: 'roundrobin' | 'cooperative-sticky';
  readonly sessionTimeoutMs: number;
  readonly heartbeatIntervalMs: number;
  readonly rebalanceTimeoutMs: number;
}

const told = readInstructions() as PlatformaticInstructions;

function print(fields: Readonly<Record<string, unknown>>): void {
  process.stdout.write(`${JSON.stringify({ time: Date.now(), ...fields })}\n`);
}

/** A stream that failed is dead, and a client that lost its group may be: whoever runs this process starts another. */
function fail(error: unknown): void {
  console.error(error);
  process.exit(1);
}

const consumer = new Consumer({
  clientId: told.name,
  groupId: told.groupId,
  bootstrapBrokers: [...told.brokers],
  protocols: [{ name: told.assignor, version: 1 }],
  sessionTimeout: told.sessionTimeoutMs,
  heartbeatInterval: told.heartbeatIntervalMs,
  rebalanceTimeout: told.rebalanceTimeoutMs,
  autocommit: false,
});
consumer.on('error', fail);
print({ msg: `${told.name} begins to join` });
const stream = await consumer.consume({ topics: [told.topic], mode: 'committed', fallbackMode: 'earliest' });
stream.on('error', fail);
stream.on('data', (message) => {
  print({ partition: message.partition, offset: Number(message.offset), msg: 'processed' });
  Promise.resolve(message.commit()).catch((error: unknown) => console.error('commit failed', error));
});
// The stream first: it commits what it still has to while its consumer is a member.
process.once('SIGTERM', () => {
  stream
    .close()
    .then(() => consumer.close())
    .then(() => process.exit(0), fail);
});
