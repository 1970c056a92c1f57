import { setTimeout as delay } from 'node:timers/promises';
import type { GroupDescription } from '../../lib/contracts/group.ts';
import { createClusterConnection } from '../../kafka/cluster-connection.ts';
import { createGroupInspector } from '../../kafka/group-inspector.ts';
import { waitUntil } from '../../platforms/wait-until.ts';
import type { BenchCluster } from '../bench-cluster.ts';
import type { SuiteContext } from '../suite.ts';
import { waitUrl } from '../throughput/http-services.ts';
import { withProcesses } from '../throughput/run-process.ts';
import { buildBatchBody, createBatchClient } from './batch-client.ts';
import { SAMPLES_PER_MINUTE } from './minutes.ts';
import { startPacedBatches } from './paced-batches.ts';
import { sampleService, type MeasuredService, type ServiceSample } from './service-sample.ts';

/** Where the flow stood at the end of a minute; records are counted from its beginning. */
export interface FlowMark {
  readonly stored: number;
  readonly committed: number;
  readonly lag: number;
}

export interface SteadyFlow {
  /** One a second, of each service; the first is the state before. */
  readonly producer: readonly ServiceSample[];
  readonly consumer: readonly ServiceSample[];
  /** One a minute; the first is the state before. */
  readonly marks: readonly FlowMark[];
  /** Batches by their answer. */
  readonly answers: ReadonlyMap<string, number>;
}

export const VALUE_BYTES = 1024;
export const BATCH_RECORDS = 200;
export const BYTES_PER_SECOND = 10_000_000;
const LANES = 8;
const SECOND_MS = 1000;
const JOIN_TIMEOUT_MS = 60_000;

/** Ten megabytes a second in through the producer's HTTP interface, and out through one consumer. */
export async function measureSteadyFlow(
  cluster: BenchCluster,
  minutes: number,
  context: SuiteContext,
): Promise<SteadyFlow> {
  const { logger, signal } = context;
  const topics = await cluster.createTopics('memory');
  const producer = cluster.startService('producer', 'producer-1', topics);
  const consumer = cluster.startService('consumer', 'consumer-1', topics);
  const connection = createClusterConnection({ brokers: cluster.brokers, clientId: 'bench', logger });
  try {
    return await withProcesses([producer, consumer], signal, async () => {
      const services = {
        producer: { process: producer, url: await waitUrl(producer) },
        consumer: { process: consumer, url: await waitUrl(consumer) },
      };
      const inspector = createGroupInspector(connection);
      const inspect = (): Promise<GroupDescription> => inspector.inspect(topics.topic, topics.topic);
      await waitUntil(async () => ((await inspect()).state === 'Stable' ? true : undefined), {
        what: 'the consumer to join',
        timeoutMs: JOIN_TIMEOUT_MS,
        signal,
      });
      return watchFlow(services, inspect, minutes, context);
    });
  } finally {
    await connection.disconnect();
  }
}

async function watchFlow(
  services: { readonly producer: MeasuredService; readonly consumer: MeasuredService },
  inspect: () => Promise<GroupDescription>,
  minutes: number,
  { signal, tell }: SuiteContext,
): Promise<SteadyFlow> {
  const client = createBatchClient(services.producer.url, LANES);
  const producer = [await sampleService(services.producer)];
  const consumer = [await sampleService(services.consumer)];
  const flow = startPacedBatches(client, {
    body: buildBatchBody(BATCH_RECORDS, VALUE_BYTES),
    batchesPerSecond: BYTES_PER_SECOND / VALUE_BYTES / BATCH_RECORDS,
    lanes: LANES,
  });
  const mark = async (): Promise<FlowMark> => {
    const stored = flow.stored();
    const { partitions, lag } = await inspect();
    return { stored, lag, committed: partitions.reduce((sum, one) => sum + (one.committedOffset ?? 0), 0) };
  };
  const marks: FlowMark[] = [{ stored: 0, committed: 0, lag: 0 }];
  const startedAt = performance.now();
  try {
    for (let second = 1; second <= minutes * SAMPLES_PER_MINUTE; second += 1) {
      await delay(Math.max(0, startedAt + second * SECOND_MS - performance.now()), undefined, { signal });
      const sampled = await Promise.all([sampleService(services.producer), sampleService(services.consumer)]);
      producer.push(sampled[0]);
      consumer.push(sampled[1]);
      if (second % SAMPLES_PER_MINUTE > 0) continue;
      marks.push(await mark());
      tell(`minute ${String(second / SAMPLES_PER_MINUTE)} of ${String(minutes)}`);
    }
  } finally {
    await flow.stop();
    client.close();
  }
  return { producer, consumer, marks, answers: flow.answers };
}
