/**
 * kafkajs as it comes: a consumer with all its defaults, which prints one line for each record that it processes, in
 * the form of our consumer's log. Arguments: brokers, topic, group, client id.
 */
import { Kafka } from 'kafkajs';

const [brokers = '', topic = '', groupId = '', clientId = ''] = process.argv.slice(2);

function print(fields: Readonly<Record<string, unknown>>): void {
  process.stdout.write(`${JSON.stringify({ time: Date.now(), ...fields })}\n`);
}

const consumer = new Kafka({ clientId, brokers: brokers.split(',') }).consumer({ groupId });
process.once('SIGTERM', () => {
  consumer.disconnect().then(
    () => process.exit(0),
    () => process.exit(1),
  );
});
print({ msg: `${clientId} begins to join` });
await consumer.connect();
await consumer.subscribe({ topics: [topic] });
await consumer.run({
  eachMessage: ({ partition, message }) => {
    print({ partition, offset: Number(message.offset), msg: 'processed' });
    return Promise.resolve();
  },
});
