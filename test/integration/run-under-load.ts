import { randomUUID } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import { snapshotAssignment } from '../../verify/history/snapshot-assignment.ts';
import { judge, type Judgement } from '../../verify/checks/judge.ts';
import { waitCaughtUp } from '../../verify/scenarios/wait-caught-up.ts';
import { waitBalanced } from '../../verify/scenarios/balanced-group.ts';
import { driveLoad } from '../../verify/workload/drive-load.ts';
import type { LabObserver } from '../../verify/history/lab-observer.ts';
import { readPlainHistory } from '../../verify/history/read-plain-history.ts';
import type { Platform } from '../../platforms/platform.ts';

export interface UnderLoad {
  readonly judgement: Judgement;
  /** Operations by the kind of their outcome. */
  readonly outcomes: Readonly<Record<string, number>>;
}

/** The part of a lab that load is driven against and that is observed. */
export interface LoadTarget {
  readonly platform: Pick<Platform, 'listReplicas' | 'addresses'>;
  readonly observer: LabObserver;
  readonly topic: string;
}

const RATE_PER_SECOND = 150;

/**
 * Drives numbered load while something is done to the lab, waits until the group has shared the partitions
 * and caught up again, and judges what happened.
 */
export async function runUnderLoad(
  services: LoadTarget,
  replicas: number,
  act: () => Promise<void>,
): Promise<UnderLoad> {
  const { platform, observer, topic } = services;
  const runId = randomUUID().slice(0, 8);
  const start = await observer.markStart();
  const load = driveLoad({ url: platform.addresses.producer, runId, ratePerSecond: RATE_PER_SECOND, keys: 40 });
  try {
    await delay(1500);
    await act();
    await delay(1500);
  } finally {
    await load.stop();
  }
  await waitBalanced(platform, observer, replicas);
  const end = await waitCaughtUp(observer);
  const generation = await observer.readLatestGeneration();
  const assignments = [snapshotAssignment(generation, topic, replicas)];
  const history = await readPlainHistory(observer, { runId, start, end, operations: load.operations, assignments });
  const outcomes: Record<string, number> = {};
  for (const { outcome } of load.operations) outcomes[outcome.kind] = (outcomes[outcome.kind] ?? 0) + 1;
  return { judgement: judge(history), outcomes };
}
