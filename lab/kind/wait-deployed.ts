import { AppError } from '../../lib/errors/app-error.ts';
import { setTimeout as delay } from 'node:timers/promises';
import { explainFailure } from './explain-failure.ts';
import { describeLate, type WorkloadObject } from './describe-late.ts';
import { LAB_SELECTOR, runKubectl } from './kind-lab.ts';

export interface WaitDeployedOptions {
  readonly tell: (sentence: string) => void;
  readonly signal: AbortSignal;
}

/** Enough to pull all images over a slow line. */
const TIMEOUT_MS = 900_000;
/** The lab works without Kafdrop: it is waited for as long as its image may be on its way. */
const PULL_MS = 60_000;
const LOOK_MS = 1000;
const OPTIONAL: readonly string[] = ['kafdrop'];

/**
 * Waits until every workload runs as its manifest says, and tells what it waits for whenever that changes.
 *
 * @throws AppError `timed-out` with the pods, events and log lines that explain it
 */
export async function waitDeployed({ tell, signal }: WaitDeployedOptions): Promise<void> {
  const deadline = Date.now() + TIMEOUT_MS;
  let told = '';
  for (;;) {
    const late = describeLate(await readWorkloads());
    const needed = late.filter(({ name }) => !OPTIONAL.includes(name));
    if (late.length === 0) return;
    if (needed.length === 0 && (await isImageMissing(late.map(({ name }) => name)))) {
      tell(`${late.map(({ name }) => name).join(', ')}: the image cannot be pulled; the lab works without it`);
      return;
    }
    const what = late.map(({ sentence }) => sentence).join('; ');
    const isHopeless = late.some(({ isFailed }) => isFailed);
    if (isHopeless || Date.now() > deadline) {
      const waited = isHopeless ? what : `waited ${String(TIMEOUT_MS / 60_000)} minutes: ${what}`;
      throw new AppError('timed-out', [waited, ...(await explainFailure())].join('\n'));
    }
    if (what !== told) tell(`waiting: ${what}`);
    told = what;
    await delay(LOOK_MS, undefined, { signal });
  }
}

/** Every workload of the lab, as the API server knows it. */
export async function readWorkloads(): Promise<readonly WorkloadObject[]> {
  const kinds = 'statefulsets,deployments,jobs';
  const list = await runKubectl(['get', kinds, '--selector', LAB_SELECTOR, '--output', 'json']);
  return (JSON.parse(list) as { items: WorkloadObject[] }).items;
}

/** Whether pods wait for an image that could not be pulled, and have had their time. */
async function isImageMissing(names: readonly string[]): Promise<boolean> {
  const selector = `app.kubernetes.io/name in (${names.join(',')})`;
  const pods = JSON.parse(await runKubectl(['get', 'pods', '--selector', selector, '--output', 'json'])) as PodList;
  return pods.items.some(({ status }) => {
    const reasons = (status.containerStatuses ?? []).map(({ state }) => state.waiting?.reason ?? '');
    const isFailing = reasons.some((reason) => reason === 'ErrImagePull' || reason === 'ImagePullBackOff');
    return isFailing && Date.now() - Date.parse(status.startTime ?? '') > PULL_MS;
  });
}

interface PodList {
  readonly items: readonly {
    readonly status: {
      readonly startTime?: string;
      readonly containerStatuses?: readonly { readonly state: { readonly waiting?: { readonly reason?: string } } }[];
    };
  }[];
}
