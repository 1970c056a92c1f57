/**
 * The demonstration: under load, the consumers are scaled step by step; after each step the group shows how
 * it shares the partitions, and at the end everything that was acknowledged is looked for.
 */
import { setTimeout as delay } from 'node:timers/promises';
import type { GroupView } from '../../lib/contracts/group.ts';
import type { Platform } from '../../lib/platform/platform.ts';
import type { AssignmentSnapshot, History } from '../checks/history.ts';
import { judge, type Judgement } from '../checks/judge.ts';
import type { LabObserver } from '../history/lab-observer.ts';
import { snapshotAssignment } from '../history/snapshot-assignment.ts';
import { driveLoad } from '../workload/drive-load.ts';
import { waitBalanced } from './wait-balanced.ts';
import { waitCaughtUp } from './wait-caught-up.ts';

export interface ScaleStepsOptions {
  readonly steps: readonly number[];
  readonly ratePerSecond: number;
  readonly keys: number;
  /** How long each step is watched after it is balanced, in milliseconds. */
  readonly holdMs: number;
  readonly runId: string;
  /** Ends the run before its next step. @default never */
  readonly signal?: AbortSignal;
}

/** What one step did. */
export interface StepResult {
  readonly from: number;
  readonly to: number;
  readonly tookMs: number;
  /** Partitions whose owner is another than before. */
  readonly moved: number;
  readonly generation: number;
  readonly view: GroupView;
}

export interface ScaleStepsResult {
  readonly history: History;
  readonly judgement: Judgement;
}

export async function runScaleSteps(
  platform: Platform,
  observer: LabObserver,
  options: ScaleStepsOptions,
  onStep: (step: StepResult) => void,
): Promise<ScaleStepsResult> {
  const { runId, steps, ratePerSecond, keys, holdMs } = options;
  const start = await observer.markStart();
  const assignments: AssignmentSnapshot[] = [];
  let before: GroupView | undefined;
  const load = driveLoad({ url: platform.addresses.producer, runId, ratePerSecond, keys });
  try {
    for (const replicas of steps) {
      options.signal?.throwIfAborted();
      const from = (await platform.listReplicas('consumer')).filter(({ phase }) => phase !== 'terminating').length;
      await platform.scale('consumer', replicas);
      const { tookMs } = await waitBalanced(platform, observer, replicas);
      await delay(holdMs);
      const { view } = await waitBalanced(platform, observer, replicas);
      const snapshot = snapshotAssignment(await observer.readLatestGeneration(), view.topic, replicas);
      assignments.push(snapshot);
      onStep({ from, to: replicas, tookMs, moved: countMoves(before, view), generation: snapshot.generation, view });
      before = view;
    }
  } finally {
    await load.stop();
  }
  const end = await waitCaughtUp(observer);
  const history = await observer.readHistory({ runId, start, end, operations: load.operations, assignments });
  return { history, judgement: judge(history) };
}

function countMoves(before: GroupView | undefined, after: GroupView): number {
  if (before === undefined) return 0;
  const ownerOf = new Map(before.partitions.map(({ partition, owner }) => [partition, owner]));
  return after.partitions.filter(({ partition, owner }) => ownerOf.get(partition) !== owner).length;
}
