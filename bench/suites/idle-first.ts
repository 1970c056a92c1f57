import { randomUUID } from 'node:crypto';
import { APP_GROUP } from '../../lib/contracts/topics.ts';
import { createClusterConnection } from '../../kafka/cluster-connection.ts';
import { createLabObserver } from '../../verify/history/lab-observer.ts';
import { runKubectl } from '../../lab/kind/kind-lab.ts';
import { openLab } from '../../lab/platforms.ts';
import { watchAppGroup } from '../../live/watch-app-group.ts';
import { driveLoad } from '../../verify/workload/drive-load.ts';
import { runTry, type Try } from '../idle-first/run-try.ts';
import type { Table } from '../../verify/report/render-table.ts';
import type { Suite } from '../suite.ts';

const ROUNDS = 10;
const RATE_PER_SECOND = 120;
const KEYS = 120;

/** Whether a scale-down takes the idle pod, when that is the oldest: with the operator's deletion costs and without. */
export const IDLE_FIRST: Suite = {
  name: 'idle-first',
  description: 'which pod a scale-down takes when the oldest is idle, and what that moves',
  platform: 'kubernetes',
  async run(context) {
    const { rounds = ROUNDS, logger, tell, signal } = context;
    const lab = await openLab(
      { ...context.lab, platform: 'kubernetes' },
      { logger, tell, interrupted: signal, replicas: { producer: 1, consumer: 1 } },
    );
    const { platform } = lab;
    const brokers = platform.addresses.kafka;
    const observer = createLabObserver({ brokers, logger });
    const connection = createClusterConnection({ brokers, clientId: 'lab-bench', logger });
    const group = watchAppGroup(platform, connection, logger);
    const load = driveLoad({
      url: platform.addresses.producer,
      runId: randomUUID().slice(0, 8),
      ratePerSecond: RATE_PER_SECOND,
      keys: KEYS,
    });
    try {
      const { partitions } = await observer.inspectGroup();
      const tries: Try[] = [];
      for (const hasCosts of [true, false]) {
        await setIdleFirst(hasCosts);
        for (let round = 1; round <= rounds; round += 1) {
          const replicas = partitions.length + 1;
          tries.push(await runTry({ platform, observer, group, replicas, hasCosts, signal }));
          tell(describeTry(tries.at(-1), round));
        }
      }
      return [buildTable(tries, partitions.length)];
    } finally {
      await setIdleFirst(true);
      await load.stop();
      await group.stop();
      await Promise.all([observer.close(), connection.disconnect()]);
      await lab.stop();
    }
  },
};

async function setIdleFirst(isWanted: boolean): Promise<void> {
  const patch = JSON.stringify({ spec: { idleFirstScaleDown: isWanted } });
  await runKubectl(['patch', 'consumergroup', APP_GROUP, '--type', 'merge', '--patch', patch]);
}

function describeTry(last: Try | undefined, round: number): string {
  if (last === undefined) return '';
  const which = last.wasIdle
    ? 'the idle pod went'
    : `a pod with partitions went (number ${String(last.ageRank)} by age)`;
  return `${last.hasCosts ? 'with' : 'without'} costs, ${String(round)}: ${which}, ${String(last.moved)} moved`;
}

function buildTable(tries: readonly Try[], partitions: number): Table {
  const row = (name: string, hasCosts: boolean) => {
    const made = tries.filter((one) => one.hasCosts === hasCosts);
    const pauses = made
      .flatMap(({ longestPauseMs }) => (longestPauseMs === null ? [] : [longestPauseMs]))
      .sort(byNumber);
    return [
      name,
      made.length,
      made.filter(({ wasIdle }) => wasIdle).length,
      made.filter(({ moved }) => moved === 0).length,
      made.reduce((sum, { moved }) => sum + moved, 0),
      pauses[Math.floor(pauses.length / 2)] ?? null,
      pauses.at(-1) ?? null,
    ];
  };
  return {
    title: `Scaling from ${String(partitions + 1)} to ${String(partitions)} while the oldest pod is the idle one`,
    columns: [
      { name: 'idleFirstScaleDown' },
      { name: 'tries' },
      { name: 'the idle pod went' },
      { name: 'no partition moved' },
      { name: 'partitions moved in all' },
      { name: 'longest pause, median', unit: 'ms' },
      { name: 'longest pause, longest', unit: 'ms' },
    ],
    rows: [row('true', true), row('false', false)],
    notes: [
      `Under ${String(RATE_PER_SECOND)} records a second. The oldest pod is made idle by pausing it until its session has ended: when it joins again, every partition has an owner.`,
      'Pause: the longest silence of a partition in the rebalance, from the last record processed before to the first processed after, by the receipts. The eager protocol stops every member for a moment, also when nothing moves.',
    ],
  };
}

function byNumber(a: number, b: number): number {
  return a - b;
}
