import { buildPassesTable, type MeasuredPasses } from '../group-model/build-table.ts';
import { runPasses } from '../group-model/run-passes.ts';
import type { Suite } from '../suite.ts';

const WARM_UP = 1000;
const DEFAULT_PASSES = 10_000;
const SIZES = [
  { partitions: 6, members: 4, rebalances: 20 },
  { partitions: 1000, members: 200, rebalances: 0 },
  { partitions: 1000, members: 200, rebalances: 20 },
];

/** What the model behind the live page takes of a large group. */
export const GROUP_MODEL: Suite = {
  name: 'group-model',
  description:
    'CPU, memory and bytes of the model of a group of 1,000 partitions and 200 members; --rounds thousand passes',
  platform: 'local',
  async run({ rounds, tell, signal }) {
    const passes = rounds === undefined ? DEFAULT_PASSES : (rounds + 1) * WARM_UP;
    const measured: MeasuredPasses[] = [];
    for (const size of SIZES) {
      tell(`${String(passes)} passes: ${String(size.partitions)} partitions, ${String(size.members)} members`);
      const options = { ...size, passes, warmUp: WARM_UP };
      measured.push({ options, passes: await runPasses(options, signal) });
    }
    return [buildPassesTable(measured)];
  },
};
