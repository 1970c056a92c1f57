import type { Table } from '../../verify/report/render-table.ts';
import type { Suite } from '../suite.ts';
import { measureBatches } from '../throughput/batches.ts';
import { measureConsuming } from '../throughput/consuming.ts';
import { measureHttpSingle } from '../throughput/http-single.ts';
import { measureIdleCpu } from '../throughput/idle-cpu.ts';

const DEFAULT_ROUNDS = 3;

/** How much the services take, beside the same made with other clients as they come. */
export const THROUGHPUT: Suite = {
  name: 'throughput',
  description: 'requests and records a second, latency and idle CPU, beside other clients as they come',
  platform: 'local',
  async run(context) {
    const cluster = await context.openCluster();
    const rounds = context.rounds ?? DEFAULT_ROUNDS;
    const tables: Table[] = [];
    for (const measure of [measureHttpSingle, measureBatches, measureConsuming, measureIdleCpu]) {
      tables.push(await measure(cluster, rounds, context));
    }
    return tables;
  },
};
