import type { BenchCluster } from '../bench-cluster.ts';
import type { Cell, Table } from '../../verify/report/render-table.ts';
import type { SuiteContext } from '../suite.ts';
import { CONNECTIONS, measureHttp, type HttpMeasurement } from './http-load.ts';
import { FASTAPI, OURS, ourProducer, plainProducer, prepareFastApi, PLAIN, waitUrl } from './http-services.ts';
import { collect, describeRange, interleave, medianOf, medianRatio, type Measured } from './rounds.ts';
import { withProcess } from './run-process.ts';

const WARM_UP = { connections: 64, seconds: 4 };
const WARM_UP_SECONDS = 1;
const MEASURED_SECONDS = 4;

/** What a service stood, at each number of connections. */
type Levels = ReadonlyMap<number, HttpMeasurement>;

/** `POST /producer`: one message a request, by three services. */
export async function measureHttpSingle(cluster: BenchCluster, rounds: number, context: SuiteContext): Promise<Table> {
  const { signal } = context;
  const topics = await cluster.createTopics('single');
  const fastApi = await prepareFastApi(context);
  const services = [ourProducer, ...('missing' in fastApi ? [] : [fastApi]), plainProducer];
  const compared = services.map((one) => ({
    name: one.name,
    measure: (): Promise<Levels> =>
      withProcess(one.start(cluster, topics), signal, async (service) => {
        const base = { url: `${await waitUrl(service)}/producer`, bodies: 'single' } as const;
        const { connections, seconds } = WARM_UP;
        await measureHttp(service, { ...base, connections, warmUpSeconds: 0, measure: { seconds } }, signal);
        const levels = new Map<number, HttpMeasurement>();
        for (const connections of CONNECTIONS) {
          const measure = { seconds: MEASURED_SECONDS };
          const load = { ...base, connections, warmUpSeconds: WARM_UP_SECONDS, measure };
          levels.set(connections, await measureHttp(service, load, signal));
        }
        return levels;
      }),
  }));
  const measured = await interleave(compared, rounds, context);
  return buildTable(
    measured,
    'missing' in fastApi
      ? `FastAPI could not be measured here: ${fastApi.missing}.`
      : `FastAPI runs on ${fastApi.version} under one uvicorn process with uvloop and httptools; versions are in bench/peers/fastapi-aiokafka.`,
  );
}

function buildTable(measured: Measured<Levels>, aboutFastApi: string): Table {
  const names = [OURS, FASTAPI, PLAIN];
  const readAll = (name: string, connections: number, field: keyof HttpMeasurement) =>
    collect(measured, name, (levels) => levels.get(connections)?.[field]);
  const count = (name: string, connections: number): number =>
    readAll(name, connections, 'otherAnswers').reduce((sum, answers) => sum + (answers || 0), 0);
  const hasOthers = names.some((name) => CONNECTIONS.some((connections) => count(name, connections) > 0));
  const rows = CONNECTIONS.flatMap((connections) =>
    names.map((name): readonly Cell[] => {
      const read = (field: keyof HttpMeasurement, of = name) => readAll(of, connections, field);
      return [
        connections,
        name,
        medianOf(read('requestsPerSecond')),
        describeRange(read('requestsPerSecond')),
        medianOf(read('p50Ms')),
        medianOf(read('p99Ms')),
        medianOf(read('cpuUsPerRequest')),
        medianRatio(read('requestsPerSecond', OURS), read('requestsPerSecond')),
        medianRatio(read('p99Ms', OURS), read('p99Ms')),
        ...(hasOthers ? [count(name, connections)] : []),
      ];
    }),
  );
  return {
    title: 'One message a request: POST /producer',
    columns: [
      { name: 'connections' },
      { name: 'service' },
      { name: 'stored', unit: 'requests/s' },
      { name: 'range' },
      { name: 'p50', unit: 'ms', decimals: 2 },
      { name: 'p99', unit: 'ms', decimals: 2 },
      { name: 'CPU a request', unit: 'µs' },
      { name: 'requests/s of ours ÷ this', decimals: 2 },
      { name: 'p99 of ours ÷ this', decimals: 2 },
      ...(hasOthers ? [{ name: 'other answers' }] : []),
    ],
    rows,
    notes: [
      'Every service is one process that answers once the record is stored on all in-sync replicas, with an idempotent producer, in one topic of 6 partitions and 3 copies. A request is `{"name":"hello","key":"key-17"}` with 120 keys. Each service writes no line for a request.',
      `Medians of the rounds; each round starts every service anew, warms it up for ${String(WARM_UP.seconds)} s at ${String(WARM_UP.connections)} connections, then measures ${String(MEASURED_SECONDS)} s at each number of connections after ${String(WARM_UP_SECONDS)} s. Only answers 200 and 201 count. Ratios are medians of those within a round: above 1, requests/s are better; below 1, p99 is.`,
      'CPU is that of the service alone, all its threads, without the load and the brokers; it depends less on what else the machine does.',
      'The express service checks less than the other two: it has no schema. kafkajs as it comes can lose acknowledged records when a broker dies; what ours does against that is part of what it takes here.',
      aboutFastApi,
    ],
  };
}
