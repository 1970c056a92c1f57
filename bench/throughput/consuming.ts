import type { BenchCluster } from '../bench-cluster.ts';
import { VALUE_BYTES } from '../peers/records.ts';
import type { Cell, Table } from '../../verify/report/render-table.ts';
import type { SuiteContext } from '../suite.ts';
import { consumeOnce, type ConsumeMeasurement, type FilledTopic } from './consume-once.ts';
import { CONSUMER_KINDS, OUR_CONSUMER, PLAIN_IDLE, PLAIN_WORK } from './consumers.ts';
import { buildConsumerPerformance, parseConsumerPerformance } from './java-tools.ts';
import { fillTopic } from './produce-clients.ts';
import { collect, describeRange, interleave, medianOf, medianRatio, type Measured } from './rounds.ts';
import { runTool } from './run-process.ts';

const RECORDS = 200_000;
const REPLICAS = [1, 3] as const;
const JAVA = "Kafka's own Java tool";
/** A row of ConsumerPerformance begins with a time. */
const JAVA_ROW = /^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d:\d{3}, /;

/** Consumers, alone and by three, each in a group of its own on one topic that is filled before. */
export async function measureConsuming(cluster: BenchCluster, rounds: number, context: SuiteContext): Promise<Table> {
  const fillOfRound = createFill(cluster, context);
  const compared = CONSUMER_KINDS.flatMap((kind) =>
    REPLICAS.map((replicas) => ({
      name: nameRow(kind.name, replicas),
      measure: async (round: number) => consumeOnce(kind, replicas, await fillOfRound(round), context),
    })),
  );
  const java = {
    name: nameRow(JAVA, 1),
    measure: async (round: number) => consumeByJava(await fillOfRound(round), context.signal),
  };
  return buildTable(await interleave<ConsumeMeasurement>([...compared, java], rounds, context));
}

/** Fills a topic when a round first asks for it. */
function createFill(cluster: BenchCluster, { signal, tell }: SuiteContext): (round: number) => Promise<FilledTopic> {
  const filled = new Map<number, Promise<FilledTopic>>();
  const fill = async (): Promise<FilledTopic> => {
    tell(`filling a topic with ${RECORDS.toLocaleString('en')} records`);
    const topics = await cluster.createTopics('consume');
    await fillTopic(cluster, topics.topic, RECORDS, signal);
    return { cluster, topics, ranges: await cluster.log.readRanges(topics.topic) };
  };
  return (round) => {
    const topic = filled.get(round) ?? fill();
    filled.set(round, topic);
    return topic;
  };
}

async function consumeByJava({ cluster, topics }: FilledTopic, signal: AbortSignal): Promise<ConsumeMeasurement> {
  const { brokers, jarsDir } = cluster;
  const { topic } = topics;
  const options = { jarsDir, brokers, topic, records: RECORDS, groupId: `${topic}-java` };
  const lines = await runTool('ConsumerPerformance', buildConsumerPerformance(options), JAVA_ROW, signal);
  return { ...parseConsumerPerformance(lines, RECORDS), nearlyAllPerSecond: null, tailMs: null, cpuUsPerRecord: null };
}

function nameRow(name: string, replicas: number): string {
  return `${name} ×${String(replicas)}`;
}

function buildTable(measured: Measured<ConsumeMeasurement>): Table {
  const read = (name: string, replicas: number, field: keyof ConsumeMeasurement) =>
    collect(measured, nameRow(name, replicas), (one) => one[field]);
  const buildRow = (name: string, replicas: number): readonly Cell[] => {
    const rates = read(name, replicas, 'recordsPerSecond');
    return [
      replicas,
      name,
      medianOf(rates),
      describeRange(rates),
      medianOf(read(name, replicas, 'tailMs')),
      medianOf(read(name, replicas, 'cpuUsPerRecord')),
      medianRatio(read(OUR_CONSUMER, replicas, 'recordsPerSecond'), rates),
      medianRatio(read(OUR_CONSUMER, replicas, 'nearlyAllPerSecond'), read(name, replicas, 'nearlyAllPerSecond')),
      medianRatio(read(OUR_CONSUMER, replicas, 'cpuUsPerRecord'), read(name, replicas, 'cpuUsPerRecord')),
    ];
  };
  const kinds = CONSUMER_KINDS.map(({ name }) => name);
  return {
    title: `Consuming ${RECORDS.toLocaleString('en')} records from the beginning`,
    columns: [
      { name: 'replicas' },
      { name: 'consumer' },
      { name: 'committed', unit: 'records/s' },
      { name: 'range' },
      { name: 'last 1 %', unit: 'ms' },
      { name: 'CPU a record', unit: 'µs', decimals: 1 },
      { name: 'records/s of ours ÷ this', decimals: 2 },
      { name: 'up to 99 %', decimals: 2 },
      { name: 'CPU of ours ÷ this', decimals: 2 },
    ],
    rows: REPLICAS.flatMap((replicas) => [
      ...kinds.map((name) => buildRow(name, replicas)),
      ...(replicas === 1 ? [buildRow(JAVA, replicas)] : []),
    ]),
    notes: [
      `Messages of ${String(VALUE_BYTES)} bytes under 120 keys in 6 partitions of 3 copies; each round fills a topic once, and each consumer reads it in a new group. Counted from the group's first assignment until its committed offsets, read from outside, reach the ends; three replicas are given their partitions at the same time.`,
      'Ours writes a receipt, acknowledged by all in-sync replicas, before every commit, and commits as often as COMMIT_EVERY_RECORDS and COMMIT_EVERY_MS say by default; what is left over at the end is accounted for at once, and the ratio “up to 99 %” leaves it out. kafkajs as it comes commits after every fetched batch, and has no receipts.',
      `“${PLAIN_WORK}” parses the value, checks a field, counts, and writes at most 20 lines a second, as ours does; “${PLAIN_IDLE}” is what the client alone can do. Both process one partition at a time (partitionsConsumedConcurrently 1), ours several (PARTITION_CONCURRENCY).`,
      'The Java tool parses nothing, counts the time of fetching without that of joining, and commits when it ends; its figure is mostly the warm-up of its virtual machine. CPU is that of all replicas together. Ratios are medians of those within a round.',
    ],
  };
}
