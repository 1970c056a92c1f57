import type { BenchCluster } from '../bench-cluster.ts';
import { VALUE_BYTES } from '../peers/records.ts';
import { buildProducerPerformance, parseProducerPerformance } from './java-tools.ts';
import { runPeer, runTool } from './run-process.ts';

/** How fast records were stored: by a new process, and by one that has warmed up. */
export interface ProduceMeasurement {
  readonly firstPerSecond: number | null;
  readonly warmPerSecond: number | null;
  /** CPU time of the storing process for one record once warmed up, in microseconds. */
  readonly cpuUsPerRecord: number | null;
}

/** A client that stores records without HTTP. */
export interface ProduceClient {
  readonly name: string;
  store(cluster: BenchCluster, topic: string, records: number, signal: AbortSignal): Promise<ProduceMeasurement>;
}

export const SAFE_PRODUCER = 'SafeProducer, in-process';
export const PLAIN_KAFKAJS = 'kafkajs as it comes, in-process';
export const PLAIN_IDEMPOTENT = 'kafkajs as it comes, idempotent, in-process';
export const JAVA = "Kafka's own Java tool";

export const PRODUCE_CLIENTS: readonly ProduceClient[] = [
  createPeerClient(SAFE_PRODUCER, 'safe-producer.ts'),
  createPeerClient(PLAIN_KAFKAJS, 'plain-kafkajs-load.ts', { idempotent: false }),
  createPeerClient(PLAIN_IDEMPOTENT, 'plain-kafkajs-load.ts', { idempotent: true }),
  {
    name: JAVA,
    async store({ brokers, jarsDir }, topic, records, signal) {
      const command = buildProducerPerformance({ jarsDir, brokers, topic, records, recordBytes: VALUE_BYTES });
      const lines = await runTool('ProducerPerformance', command, / 99\.9th\.$/, signal);
      const { recordsPerSecond } = parseProducerPerformance(lines, records);
      return { firstPerSecond: recordsPerSecond, warmPerSecond: null, cpuUsPerRecord: null };
    },
  },
];

/** Fills a topic with messages under many keys. */
export async function fillTopic({ brokers }: BenchCluster, topic: string, records: number, signal: AbortSignal) {
  await runPeer('safe-producer.ts', { brokers, topic, recordsPerPass: records, passes: 1 }, signal);
}

function createPeerClient(name: string, file: string, extra: object = {}): ProduceClient {
  return {
    name,
    async store({ brokers }, topic, records, signal) {
      const instructions = { brokers, topic, recordsPerPass: records, passes: 2, ...extra };
      const [first, second] = (await runPeer(file, instructions, signal)) as { seconds: number; cpuMs: number }[];
      if (first === undefined || second === undefined) throw new RangeError(`${file} reported no two passes`);
      return {
        firstPerSecond: records / first.seconds,
        warmPerSecond: records / second.seconds,
        cpuUsPerRecord: (second.cpuMs * 1000) / records,
      };
    },
  };
}
