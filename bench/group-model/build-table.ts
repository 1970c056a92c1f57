import type { Cell, Table } from '../../verify/report/render-table.ts';
import { median, quantile } from '../../verify/checks/statistics.ts';
import type { Passes, PassesOptions } from './measure-passes.ts';

export interface MeasuredPasses {
  readonly options: PassesOptions;
  readonly passes: Passes;
}

const KIBIBYTE = 2 ** 10;

/** What a pass over a large group takes, a row for each group. */
export function buildPassesTable(measured: readonly MeasuredPasses[]): Table {
  return {
    title: 'One pass of the model of a large group: the group, its replicas and the snapshot',
    columns: [
      { name: 'partitions' },
      { name: 'members' },
      { name: 'rebalances' },
      { name: 'passes' },
      { name: 'CPU, median', unit: 'ms', decimals: 2 },
      { name: 'CPU, p95', unit: 'ms', decimals: 2 },
      { name: 'CPU, p99.9', unit: 'ms', decimals: 2 },
      { name: 'CPU, max', unit: 'ms', decimals: 2 },
      { name: 'JSON', unit: 'KiB' },
      { name: 'CPU for JSON, median', unit: 'ms', decimals: 2 },
      { name: 'heap after warm-up', unit: 'KiB' },
      { name: 'heap at the end', unit: 'KiB' },
      { name: 'heap growth in 1,000 passes, median', unit: 'KiB', decimals: 1 },
    ],
    rows: measured.map(({ options, passes: { cpuMs, jsonCpuMs, jsonBytes, heapBytes } }): readonly Cell[] => [
      options.partitions,
      options.members,
      options.rebalances,
      options.passes,
      ...[0.5, 0.95, 0.999, 1].map((share) => quantile(cpuMs, share)),
      jsonBytes / KIBIBYTE,
      median(jsonCpuMs),
      (heapBytes[0] ?? NaN) / KIBIBYTE,
      (heapBytes.at(-1) ?? NaN) / KIBIBYTE,
      median(heapBytes.slice(1).map((bytes, index) => bytes - (heapBytes[index] ?? NaN))) / KIBIBYTE,
    ]),
    notes: [
      'Nothing is read from Kafka: a pass takes what Kafka says of a group in which every partition has moved on, and of its pods, and makes the snapshot that the live page sends.',
      'Rebalances: what the snapshot shows of the past. Each moved every partition and paused it, which is the most there can be.',
      `CPU: of all threads of the process, the garbage collector’s among them, over the passes after the first ${measured.map(({ options }) => options.warmUp.toLocaleString('en'))[0] ?? '0'}. The live page makes a pass every 400 ms.`,
      'Heap: of the thread that makes the passes, in use after full garbage collections, after the warm-up and every 1,000 passes from there. A model that kept something of every pass would grow each time; what was left from loading the code goes once, sooner or later.',
    ],
  };
}
