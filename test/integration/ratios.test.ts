/**
 * Guards against losing a factor of two: ours beside kafkajs as it comes, in turn on the same brokers, in one run. CPU time
 * for a record says what a client costs whatever else the machine is doing; the rate also says whether it waits. What the
 * ratios are is in docs/performance.md.
 */
import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { openBenchCluster, type BenchCluster } from '../../bench/bench-cluster.ts';
import { median } from '../../verify/checks/statistics.ts';
import { consumeOnce, type FilledTopic } from '../../bench/throughput/consume-once.ts';
import { createPlainConsumer, ourConsumer } from '../../bench/throughput/consumers.ts';
import { fillTopic, PLAIN_IDEMPOTENT, PRODUCE_CLIENTS, SAFE_PRODUCER } from '../../bench/throughput/produce-clients.ts';
import { createSilentLogger } from '../../lib/log/create-logger.ts';
import { connectLocalPlatform } from '../../platforms/local/connect-local-platform.ts';
import { CLUSTER_DIR } from './test-cluster.ts';

jest.setTimeout(240_000);

const ROUNDS = 3;
const RECORDS = 100_000;
/** 1.1 to 1.3 when it was written. */
const MOST_CPU_TO_CONSUME = 2;
/** 0.8 to 1.2 when it was written. */
const MOST_CPU_TO_STORE = 2;
/** 0.5 to 1.3 when it was written, on a busy machine. */
const LEAST_RATE_TO_CONSUME = 0.4;
/** 1.5 to 1.7 when it was written. */
const LEAST_RATE_TO_STORE = 0.75;

describe('beside kafkajs as it comes', () => {
  const logger = createSilentLogger();
  const { signal } = new AbortController();
  let cluster: BenchCluster;
  beforeAll(async () => {
    const { addresses } = await connectLocalPlatform(CLUSTER_DIR);
    cluster = await openBenchCluster({ brokers: addresses.kafka, logger, tell: () => undefined });
  });
  afterAll(() => cluster.stop());

  it('the whole consumer, with receipts, costs less than twice what the same work costs, and hardly waits', async () => {
    const cpu: number[] = [];
    const rate: number[] = [];
    for (let round = 0; round < ROUNDS; round += 1) {
      const topics = await cluster.createTopics('ratio');
      await fillTopic(cluster, topics.topic, RECORDS, signal);
      const filled: FilledTopic = { cluster, topics, ranges: await cluster.log.readRanges(topics.topic) };
      const ours = await consumeOnce(ourConsumer, 1, filled, { logger, signal });
      const plain = await consumeOnce(createPlainConsumer('kafkajs', 'work'), 1, filled, { logger, signal });
      cpu.push((ours.cpuUsPerRecord ?? NaN) / (plain.cpuUsPerRecord ?? NaN));
      rate.push((ours.nearlyAllPerSecond ?? NaN) / (plain.nearlyAllPerSecond ?? NaN));
    }
    expect(median(cpu)).toBeLessThan(MOST_CPU_TO_CONSUME);
    expect(median(rate)).toBeGreaterThan(LEAST_RATE_TO_CONSUME);
  });

  it('the client layer of the producer costs less than twice what an idempotent kafkajs costs, and hardly waits', async () => {
    const cpu: number[] = [];
    const rate: number[] = [];
    for (let round = 0; round < ROUNDS; round += 1) {
      const { topic } = await cluster.createTopics('ratio');
      const [ours, plain] = [await store(SAFE_PRODUCER, topic), await store(PLAIN_IDEMPOTENT, topic)];
      cpu.push((ours?.cpuUsPerRecord ?? NaN) / (plain?.cpuUsPerRecord ?? NaN));
      rate.push((ours?.warmPerSecond ?? NaN) / (plain?.warmPerSecond ?? NaN));
    }
    expect(median(cpu)).toBeLessThan(MOST_CPU_TO_STORE);
    expect(median(rate)).toBeGreaterThan(LEAST_RATE_TO_STORE);
  });

  const store = (name: string, topic: string) =>
    PRODUCE_CLIENTS.find((client) => client.name === name)?.store(cluster, topic, RECORDS, signal);
});
