import type { Cell, Table } from '../../verify/report/render-table.ts';
import { BURST_BATCHES, BURST_BATCH_RECORDS, BURST_VALUE_BYTES, type Burst } from './burst.ts';
import { measureTrend, SAMPLES_PER_MINUTE, splitMinutes, type MinuteOfService } from './minutes.ts';
import { BATCH_RECORDS, BYTES_PER_SECOND, VALUE_BYTES, type FlowMark, type SteadyFlow } from './steady-flow.ts';

const MEGABYTE = 1_000_000;

/** Memory, CPU and flow of both services, minute by minute. */
export function buildMinutesTable(flow: SteadyFlow): Table {
  const perSecond = (minute: number, pick: (mark: FlowMark) => number): number => {
    const [before, after] = flow.marks.slice(minute, minute + 2).map(pick);
    return (((after ?? NaN) - (before ?? NaN)) * VALUE_BYTES) / SAMPLES_PER_MINUTE / MEGABYTE;
  };
  const buildRow = (
    minute: number,
    service: string,
    { residentMiB, heapMiB, cpuMsPerSecond }: MinuteOfService,
    flowCells: readonly Cell[],
  ): readonly Cell[] => [minute + 1, service, ...residentMiB, ...heapMiB, cpuMsPerSecond, ...flowCells];
  const consumer = splitMinutes(flow.consumer);
  const rows = splitMinutes(flow.producer).flatMap((ofProducer, minute) => {
    const ofConsumer = consumer[minute];
    const lag = flow.marks[minute + 1]?.lag ?? null;
    return [
      buildRow(minute, 'producer', ofProducer, [perSecond(minute, ({ stored }) => stored), null]),
      ...(ofConsumer
        ? [buildRow(minute, 'consumer', ofConsumer, [perSecond(minute, ({ committed }) => committed), lag])]
        : []),
    ];
  });
  return {
    title: `${String(BYTES_PER_SECOND / MEGABYTE)} MB/s in through POST /producer/batch, and out through one consumer`,
    columns: [
      { name: 'minute' },
      { name: 'service' },
      { name: 'resident, min', unit: 'MiB' },
      { name: 'resident, median', unit: 'MiB' },
      { name: 'resident, max', unit: 'MiB' },
      { name: 'heap, min', unit: 'MiB' },
      { name: 'heap, median', unit: 'MiB' },
      { name: 'heap, max', unit: 'MiB' },
      { name: 'CPU', unit: 'ms/s' },
      { name: 'stored or committed', unit: 'MB/s', decimals: 2 },
      { name: "lag at the minute's end", unit: 'records' },
    ],
    rows,
    notes: [
      `Values of ${String(VALUE_BYTES)} bytes without a key, ${String(BATCH_RECORDS)} in a request, into one topic of 6 partitions and 3 copies, acknowledged by all in-sync replicas. Sampled once a second: resident memory as Linux counts it, heap as the service says that it uses it, garbage included.`,
      'Bytes are those of the values that the producer stored, and of those that the consumer committed. The same machine makes the load.',
      `Answers to the batches: ${describeAnswers(flow.answers)}.`,
    ],
  };
}

/** Whether memory grows with time. */
export function buildTrendTable(flow: SteadyFlow): Table {
  const rows = [
    { name: 'producer', samples: flow.producer },
    { name: 'consumer', samples: flow.consumer },
  ].map(({ name, samples }): readonly Cell[] => {
    const { residentMiBPerMinute, heapMiBPerMinute } = measureTrend(samples);
    return [name, residentMiBPerMinute, heapMiBPerMinute];
  });
  return {
    title: 'Growth of memory under that flow',
    columns: [
      { name: 'service' },
      { name: 'resident', unit: 'MiB a minute', decimals: 2 },
      { name: 'heap', unit: 'MiB a minute', decimals: 2 },
    ],
    rows,
    notes: ['Slopes of the least-squares lines through the last two thirds of the samples above.'],
  };
}

/** What a burst costs, and how it is answered. */
export function buildBurstTable(bursts: readonly Burst[]): Table {
  return {
    title: `Bursts of ${(BURST_BATCHES * BURST_BATCH_RECORDS).toLocaleString('en')} records on a new producer`,
    columns: [
      { name: 'burst' },
      { name: 'resident before', unit: 'MiB' },
      { name: 'resident at most', unit: 'MiB' },
      { name: 'resident after', unit: 'MiB' },
      { name: 'took', unit: 'ms' },
      { name: 'CPU', unit: 'ms' },
      { name: 'stored', unit: 'records' },
      { name: 'answers' },
    ],
    rows: bursts.map(({ beforeMiB, peakMiB, afterMiB, tookMs, cpuMs, stored, answers }, index) => [
      index + 1,
      beforeMiB,
      peakMiB,
      afterMiB,
      tookMs,
      cpuMs,
      stored,
      describeAnswers(answers),
    ]),
    notes: [
      `${String(BURST_BATCHES)} requests at once over open connections, each with ${BURST_BATCH_RECORDS.toLocaleString('en')} values of ${String(BURST_VALUE_BYTES)} bytes; the next burst comes when all are answered. What does not fit into the queue (QUEUE_RECORDS) is answered 503 or, in part, 207 with queue-full, and is not kept.`,
      'Resident memory is read every 20 ms. What stays after a burst is mostly free heap that Node.js keeps for the next.',
    ],
  };
}

function describeAnswers(answers: ReadonlyMap<string, number>): string {
  const sorted = [...answers].sort(([, a], [, b]) => b - a);
  return sorted.map(([kind, count]) => `${count.toLocaleString('en')} × ${kind}`).join(', ');
}
