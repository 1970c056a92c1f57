import { setTimeout as delay } from 'node:timers/promises';
import type { Rebalance } from '../../lib/contracts/lab-snapshot.ts';
import type { GroupWatch } from '../../live/group-watch.ts';
import type { Replica } from '../../lib/contracts/replica.ts';
import type { PlatformWith } from '../../platforms/platform.ts';
import { waitUntil } from '../../platforms/wait-until.ts';
import type { LabObserver } from '../../verify/history/lab-observer.ts';
import { waitBalanced } from '../../verify/scenarios/balanced-group.ts';

export interface TryOptions {
  readonly platform: PlatformWith<'scale' | 'faults'>;
  readonly observer: LabObserver;
  readonly group: GroupWatch;
  /** Members with one more than there are partitions; after the try one less. */
  readonly replicas: number;
  /** Whether the pods are to have deletion costs when the scale goes down. */
  readonly hasCosts: boolean;
  readonly signal: AbortSignal;
}

/** What a scale-down by one did while the oldest pod was the idle one. */
export interface Try {
  readonly hasCosts: boolean;
  /** Whether the pod that went was the idle one. */
  readonly wasIdle: boolean;
  /** Place of the pod that went among all by age, from 1 for the oldest. */
  readonly ageRank: number;
  readonly moved: number;
  /** Longest silence of a partition, in milliseconds; nothing when it was not seen. */
  readonly longestPauseMs: number | null;
}

const TIMEOUT_MS = 60_000;
/** The ledger tells of a pause when the next records are accounted for. */
const PAUSES_TOLD_MS = 4000;

/**
 * Makes the oldest pod idle, by pausing it until its session has ended, and scales down by one.
 *
 * @throws AppError `timed-out` when a step does not come to its end
 */
export async function runTry(options: TryOptions): Promise<Try> {
  const { platform, observer, group, replicas, hasCosts, signal } = options;
  await platform.scale('consumer', replicas);
  await waitBalanced(platform, observer, replicas);
  const before = (await platform.listReplicas('consumer')).toSorted(compareAge);
  const oldest = before[0]?.name ?? '';
  await makeIdle(options, oldest);
  await waitCosts(options);
  signal.throwIfAborted();
  const generation = group.snapshot().generation ?? 0;
  await platform.scale('consumer', replicas - 1);
  await waitBalanced(platform, observer, replicas - 1);
  await delay(PAUSES_TOLD_MS, undefined, { signal });
  const rebalances = group.snapshot().rebalances.filter((rebalance) => rebalance.generation > generation);
  const left = new Set((await platform.listReplicas('consumer')).map(({ name }) => name));
  const gone = before.findIndex(({ name }) => !left.has(name));
  return {
    hasCosts,
    wasIdle: before[gone]?.name === oldest,
    ageRank: gone + 1,
    moved: countMoved(rebalances),
    longestPauseMs: findLongest(rebalances),
  };
}

/** The group goes on without a member that is paused; when it joins again, everything has an owner already. */
async function makeIdle({ platform, observer, replicas, signal }: TryOptions, target: string): Promise<void> {
  await platform.inject({ kind: 'pause', target });
  try {
    await waitUntil(
      async () => {
        const { members, state } = await observer.inspectGroup();
        return state === 'Stable' && members.every(({ clientId }) => clientId !== target) ? true : undefined;
      },
      { what: `the group to go on without ${target}`, timeoutMs: TIMEOUT_MS, signal },
    );
  } finally {
    await platform.inject({ kind: 'resume', target });
  }
  const { view } = await waitBalanced(platform, observer, replicas);
  if (!view.idle.includes(target)) throw new Error(`${target} is not idle: ${view.idle.join(', ')} is`);
}

/** Waits until the operator has said of every pod what it costs, or has taken it back. */
async function waitCosts({ platform, observer, hasCosts, signal }: TryOptions): Promise<void> {
  await waitUntil(
    async () => {
      const owned = new Map(
        (await observer.inspectGroup()).members.map((member) => [member.clientId, member.partitions]),
      );
      const replicas = await platform.listReplicas('consumer');
      const isRight = replicas.every(({ name, deletionCost }) =>
        hasCosts ? (deletionCost ?? 0) === (owned.get(name)?.length ?? 0) : deletionCost === undefined,
      );
      return isRight ? true : undefined;
    },
    { what: hasCosts ? 'deletion costs' : 'no deletion costs', timeoutMs: TIMEOUT_MS, signal },
  );
}

function compareAge(a: Replica, b: Replica): number {
  return (a.startedAt ?? '').localeCompare(b.startedAt ?? '');
}

function countMoved(rebalances: readonly Rebalance[]): number {
  return rebalances.reduce((sum, { moves }) => sum + moves.length, 0);
}

function findLongest(rebalances: readonly Rebalance[]): number | null {
  const pauses = rebalances.flatMap(({ longestPauseMs }) => (longestPauseMs === null ? [] : [longestPauseMs]));
  return pauses.length === 0 ? null : Math.max(...pauses);
}
