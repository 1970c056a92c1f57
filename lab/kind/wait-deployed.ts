import { AppError } from '../../lib/errors/app-error.ts';
import { setTimeout as delay } from 'node:timers/promises';
import { explainFailure } from './explain-failure.ts';
import { describeLate, type WorkloadObject } from './describe-late.ts';
import { findObstacles } from './find-obstacles.ts';
import { LAB_SELECTOR, runKubectl } from './kind-lab.ts';

export interface WaitDeployedOptions {
  readonly tell: (sentence: string) => void;
  readonly signal: AbortSignal;
}

/** Enough to pull all images over a slow line. */
const TIMEOUT_MS = 900_000;
const LOOK_MS = 1000;
/** Asking every pod costs more. */
const LOOKS_BETWEEN_PODS = 5;
/** The lab works without it: its image comes from a registry. */
const OPTIONAL: readonly string[] = ['kafdrop'];

/**
 * Waits until every workload runs as its manifest says, and tells what it waits for whenever that changes.
 *
 * @throws AppError `process-failed` when waiting will not help, `timed-out` when it has not helped; both with the
 *   pods, events and log lines that explain it
 */
export async function waitDeployed({ tell, signal }: WaitDeployedOptions): Promise<void> {
  const deadline = Date.now() + TIMEOUT_MS;
  let told = '';
  for (let look = 0; ; look++) {
    const late = describeLate(await readWorkloads());
    if (late.length === 0) return;
    const what = late.map(({ sentence }) => sentence).join('; ');
    if (what !== told) tell(`waiting: ${what}`);
    told = what;
    const isTimeForPods = look % LOOKS_BETWEEN_PODS === LOOKS_BETWEEN_PODS - 1;
    const obstacles = isTimeForPods ? await findObstacles() : [];
    const failed =
      late.find(({ isFailed }) => isFailed) ?? obstacles.find(({ workload }) => !OPTIONAL.includes(workload));
    if (failed) throw await explain('process-failed', failed.sentence);
    const [missing] = obstacles;
    if (missing && late.every(({ name }) => OPTIONAL.includes(name))) {
      tell(`${missing.workload}: ${missing.sentence}; the lab works without it`);
      return;
    }
    if (Date.now() > deadline)
      throw await explain('timed-out', `waited ${String(TIMEOUT_MS / 60_000)} minutes: ${what}`);
    await delay(LOOK_MS, undefined, { signal });
  }
}

async function explain(code: 'process-failed' | 'timed-out', sentence: string): Promise<AppError> {
  return new AppError(code, [sentence, ...(await explainFailure())].join('\n'));
}

/** Every workload of the lab, as the API server knows it. */
export async function readWorkloads(): Promise<readonly WorkloadObject[]> {
  const kinds = 'statefulsets,deployments,jobs';
  const list = await runKubectl(['get', kinds, '--selector', LAB_SELECTOR, '--output', 'json']);
  return (JSON.parse(list) as { items: WorkloadObject[] }).items;
}
