import { count } from '../../lib/wording/wording.ts';
import type { BenchCluster, BenchTopics } from '../bench-cluster.ts';
import { BATCH_SIZE, VALUE_BYTES } from '../peers/records.ts';
import type { Cell, Table } from '../../verify/report/render-table.ts';
import type { SuiteContext } from '../suite.ts';
import { CONNECTIONS, measureHttp } from './http-load.ts';
import { ourProducer, waitUrl } from './http-services.ts';
import { JAVA, PLAIN_KAFKAJS, PRODUCE_CLIENTS, SAFE_PRODUCER, type ProduceMeasurement } from './produce-clients.ts';
import { collect, describeRange, interleave, medianOf, medianRatio, type Measured } from './rounds.ts';
import { withProcess } from './run-process.ts';

const RECORDS = 200_000;
/** Connections at which the new service stores its first records. */
const FIRST_CONNECTIONS = 16;
const WARM_UP_SECONDS = 1;
const MEASURED_SECONDS = 4;

interface Row extends ProduceMeasurement {
  readonly name: string;
  readonly otherAnswers: number;
}

/** `POST /producer/batch`, beside clients that store the same records without HTTP. */
export async function measureBatches(cluster: BenchCluster, rounds: number, context: SuiteContext): Promise<Table> {
  const { signal } = context;
  const topics = await cluster.createTopics('batch');
  const compared = [
    { name: 'POST /producer/batch', measure: () => measureHttpBatch(cluster, topics, signal) },
    ...PRODUCE_CLIENTS.map((client) => ({
      name: client.name,
      measure: async () => {
        const measurement = await client.store(cluster, topics.topic, RECORDS, signal);
        return [{ name: client.name, otherAnswers: 0, ...measurement }];
      },
    })),
  ];
  return buildTable(splitRows(await interleave<readonly Row[]>(compared, rounds, context)));
}

async function measureHttpBatch(cluster: BenchCluster, topics: BenchTopics, signal: AbortSignal): Promise<Row[]> {
  return withProcess(ourProducer.start(cluster, topics), signal, async (service) => {
    const base = { url: `${await waitUrl(service)}/producer/batch`, bodies: 'batch' } as const;
    const first = await measureHttp(
      service,
      {
        ...base,
        connections: FIRST_CONNECTIONS,
        warmUpSeconds: 0,
        measure: { requests: RECORDS / BATCH_SIZE },
      },
      signal,
    );
    const rows: Row[] = [];
    for (const connections of CONNECTIONS) {
      const measure = { seconds: MEASURED_SECONDS };
      const load = { ...base, connections, warmUpSeconds: WARM_UP_SECONDS, measure };
      const warm = await measureHttp(service, load, signal);
      const isFirst = connections === FIRST_CONNECTIONS;
      rows.push({
        name: nameHttpRow(connections),
        firstPerSecond: isFirst ? first.requestsPerSecond * BATCH_SIZE : null,
        warmPerSecond: warm.requestsPerSecond * BATCH_SIZE,
        cpuUsPerRecord: warm.cpuUsPerRequest / BATCH_SIZE,
        otherAnswers: warm.otherAnswers + (isFirst ? first.otherAnswers : 0),
      });
    }
    return rows;
  });
}

function nameHttpRow(connections: number): string {
  return `POST /producer/batch, ${count(connections, 'connection')}`;
}

/** One measurement of the service gives several rows. */
function splitRows(measured: Measured<readonly Row[]>): Measured<Row> {
  const rows = new Map<string, Row[]>();
  for (const row of [...measured.values()].flat().flatMap((one) => one ?? [])) {
    rows.set(row.name, [...(rows.get(row.name) ?? []), row]);
  }
  return rows;
}

function buildTable(measured: Measured<Row>): Table {
  const names = [...CONNECTIONS.map(nameHttpRow), ...PRODUCE_CLIENTS.map(({ name }) => name)];
  const read = (name: string, field: Exclude<keyof Row, 'name'>) => collect(measured, name, (row) => row[field]);
  const count = (name: string): number => read(name, 'otherAnswers').reduce((sum, answers) => sum + answers, 0);
  const hasOthers = names.some((name) => count(name) > 0);
  const rows = names.map((name): readonly Cell[] => [
    name,
    medianOf(read(name, 'firstPerSecond')),
    medianOf(read(name, 'warmPerSecond')),
    describeRange(read(name, 'warmPerSecond')),
    medianOf(read(name, 'cpuUsPerRecord')),
    medianRatio(read(name, 'warmPerSecond'), read(SAFE_PRODUCER, 'warmPerSecond')),
    medianRatio(read(name, 'warmPerSecond'), read(PLAIN_KAFKAJS, 'warmPerSecond')),
    medianRatio(read(name, 'firstPerSecond'), read(JAVA, 'firstPerSecond')),
    ...(hasOthers ? [count(name)] : []),
  ]);
  return {
    title: `Records in batches: POST /producer/batch, and clients without HTTP`,
    columns: [
      { name: 'by' },
      { name: `first ${RECORDS.toLocaleString('en')}`, unit: 'records/s' },
      { name: 'warmed up', unit: 'records/s' },
      { name: 'range' },
      { name: 'CPU a record', unit: 'µs', decimals: 1 },
      { name: 'warmed up, this ÷ SafeProducer', decimals: 2 },
      { name: 'warmed up, this ÷ kafkajs', decimals: 2 },
      { name: 'first, this ÷ Java', decimals: 2 },
      ...(hasOthers ? [{ name: 'other answers' }] : []),
    ],
    rows,
    notes: [
      `Values of ${String(VALUE_BYTES)} bytes into one topic of 6 partitions and 3 copies, acknowledged by all in-sync replicas. A request has ${String(BATCH_SIZE)} messages. Clients without HTTP send 500 records at a time, five times at once. All use 120 keys but the Java tool, which has none and so fills one partition's batch after the other.`,
      `“First” is what a new process stores, its own warm-up included: the only figure that the Java tool has, so that Java is compared with that alone. “Warmed up” is the next ${RECORDS.toLocaleString('en')} of the same process; for HTTP ${String(MEASURED_SECONDS)} s at each number of connections.`,
      'SafeProducer is the client layer of the service: what stands between it and the rows above it is HTTP and JSON. It is idempotent, as is the Java tool (linger.ms 5, batches of 64 KiB); kafkajs is only when it is told to be.',
      'CPU is that of the storing process alone. Ratios are medians of those within a round.',
    ],
  };
}
