import { measureBursts } from '../memory/burst.ts';
import { estimateDiskBytes, requireDiskSpace } from '../memory/disk-space.ts';
import { BYTES_PER_SECOND, measureSteadyFlow } from '../memory/steady-flow.ts';
import { buildBurstTable, buildMinutesTable, buildTrendTable } from '../memory/tables.ts';
import type { Suite } from '../suite.ts';

const DEFAULT_MINUTES = 10;

/** What the services keep in memory under a steady flow, and in a burst. */
export const MEMORY: Suite = {
  name: 'memory',
  description: 'memory of both services under 10 MB/s in and out, --rounds minutes long, and in bursts',
  platform: 'local',
  async run(context) {
    const minutes = context.rounds ?? DEFAULT_MINUTES;
    const cluster = await context.openCluster();
    requireDiskSpace(context.lab.data, estimateDiskBytes(BYTES_PER_SECOND, minutes * 60));
    const flow = await measureSteadyFlow(cluster, minutes, context);
    const bursts = await measureBursts(cluster, context);
    return [buildMinutesTable(flow), buildTrendTable(flow), buildBurstTable(bursts)];
  },
};
