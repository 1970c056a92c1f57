import { setTimeout as delay } from 'node:timers/promises';
import { waitUntil } from '../../platforms/wait-until.ts';
import type { BenchCluster, BenchTopics } from '../bench-cluster.ts';
import type { BenchProcess } from '../bench-process.ts';
import { buildSingleBodies } from '../peers/records.ts';
import type { Cell, Table } from '../../verify/report/render-table.ts';
import type { SuiteContext } from '../suite.ts';
import { createPlainConsumer, ourConsumer, type ConsumerKind } from './consumers.ts';
import { ourProducer, plainProducer, waitUrl, type HttpService } from './http-services.ts';
import { probeReadiness } from './probe-readiness.ts';
import { collect, describeRange, medianOf, medianRatio, type Measured } from './rounds.ts';
import { withProcesses } from './run-process.ts';

const SETTLE_MS = 10_000;
const MEASURED_MS = 30_000;
const JOIN_TIMEOUT_MS = 60_000;
/** Enough different keys to make a producer connect to every broker. */
const POSTS = 24;

/** A process that has nothing to do. */
interface Idle {
  readonly name: string;
  /** With which of the others it is compared. */
  readonly besides: string;
  readonly process: BenchProcess;
  /** Resolves when it is connected and idle. */
  readonly connected: () => Promise<unknown>;
  readonly isProbed: boolean;
}

const PLAIN_PRODUCER = 'express, kafkajs as it comes: producer';
const PLAIN_CONSUMER = 'kafkajs as it comes: consumer, no HTTP';
const plainConsumer = createPlainConsumer(PLAIN_CONSUMER, 'work');

/** What processes use that have nothing to do: all at the same time, because none does anything to another. */
export async function measureIdleCpu(cluster: BenchCluster, rounds: number, context: SuiteContext): Promise<Table> {
  const posted = await cluster.createTopics('posted');
  const empty = await cluster.createTopics('empty');
  const measured = new Map<string, number[]>();
  let idles: readonly Idle[] = [];
  for (let round = 0; round < rounds; round += 1) {
    context.signal.throwIfAborted();
    context.tell(`round ${String(round + 1)} of ${String(rounds)}: idle processes`);
    idles = startIdles(cluster, { posted, empty }, round, context.signal);
    for (const [name, cpuMsPerSecond] of await measureRound(idles, context.signal)) {
      measured.set(name, [...(measured.get(name) ?? []), cpuMsPerSecond]);
    }
  }
  return buildTable(idles, measured);
}

function startIdles(
  cluster: BenchCluster,
  topics: { readonly posted: BenchTopics; readonly empty: BenchTopics },
  round: number,
  signal: AbortSignal,
): readonly Idle[] {
  const produce = (name: string, service: HttpService, besides: string): Idle => {
    const process = service.start(cluster, topics.posted);
    return { name, besides, process, connected: () => postSome(process, signal), isProbed: false };
  };
  const consume = (name: string, kind: ConsumerKind, isProbed = false): Idle => {
    const groupId = `idle-${kind.id}-${isProbed ? 'probed-' : ''}${String(round)}`;
    const process = kind.start(cluster, topics.empty, groupId, groupId);
    let isAssigned = false;
    process.onLine((line) => (isAssigned ||= kind.parseAssigned(line) !== undefined));
    const options = { what: `${name} to join its group`, timeoutMs: JOIN_TIMEOUT_MS, signal };
    const connected = () => waitUntil(() => (isAssigned ? true : undefined), options);
    return { name, besides: PLAIN_CONSUMER, process, connected, isProbed };
  };
  return [
    produce('kafka-lab producer', ourProducer, PLAIN_PRODUCER),
    produce(PLAIN_PRODUCER, plainProducer, PLAIN_PRODUCER),
    consume('kafka-lab consumer', ourConsumer),
    consume('kafka-lab consumer, asked for its readiness', ourConsumer, true),
    consume(PLAIN_CONSUMER, plainConsumer),
  ];
}

async function measureRound(idles: readonly Idle[], signal: AbortSignal): Promise<ReadonlyMap<string, number>> {
  return withProcesses(
    idles.map(({ process }) => process),
    signal,
    async () => {
      await Promise.all(idles.map(({ connected }) => connected()));
      const probed = idles.filter(({ isProbed }) => isProbed);
      const stopProbes = await Promise.all(probed.map(async ({ process }) => probeReadiness(await waitUrl(process))));
      try {
        await delay(SETTLE_MS, undefined, { signal });
        const startedAt = performance.now();
        const before = idles.map(({ process }) => process.cpuMs());
        await delay(MEASURED_MS, undefined, { signal });
        const after = idles.map(({ process }) => process.cpuMs());
        const seconds = (performance.now() - startedAt) / 1000;
        return new Map(
          idles.map(({ name }, index) => [name, ((after[index] ?? NaN) - (before[index] ?? NaN)) / seconds]),
        );
      } finally {
        for (const stop of stopProbes) stop();
      }
    },
  );
}

async function postSome(service: BenchProcess, signal: AbortSignal): Promise<void> {
  const url = `${await waitUrl(service)}/producer`;
  for (const body of buildSingleBodies().slice(0, POSTS)) {
    const answer = await fetch(url, { method: 'POST', headers: { 'content-type': 'application/json' }, body, signal });
    await answer.text();
  }
}

function buildTable(idles: readonly Idle[], measured: Measured<number>): Table {
  const read = (name: string) => collect(measured, name, (cpuMsPerSecond) => cpuMsPerSecond);
  return {
    title: 'CPU of idle processes',
    columns: [
      { name: 'process' },
      { name: 'CPU', unit: 'ms/s', decimals: 1 },
      { name: 'range' },
      { name: 'this ÷ kafkajs as it comes', decimals: 2 },
    ],
    rows: idles.map(({ name, besides }): readonly Cell[] => [
      name,
      medianOf(read(name)),
      describeRange(read(name), 1),
      medianRatio(read(name), read(besides)),
    ]),
    notes: [
      `CPU time of the whole process over ${String(MEASURED_MS / 1000)} s, ${String(SETTLE_MS / 1000)} s after it was connected; 10 ms/s are 1 % of a core. All at the same time, medians of the rounds.`,
      'The producers have stored a few records under keys of all partitions and so are connected to every broker. The consumers own 6 empty partitions each, alone in their groups. Ours fetches and heartbeats more often than the defaults of kafkajs, so that a rebalance is short. Readiness is asked for every 5 s over a new connection, as a kubelet asks.',
    ],
  };
}
