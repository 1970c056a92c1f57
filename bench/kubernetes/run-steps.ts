import { setTimeout as delay } from 'node:timers/promises';
import type { PlatformWith } from '../../platforms/platform.ts';
import { waitUntil } from '../../platforms/wait-until.ts';
import type { LabObserver } from '../../verify/history/lab-observer.ts';
import { waitBalanced } from '../../verify/scenarios/balanced-group.ts';
import type { ConsumerRecorder } from './record-consumers.ts';
import type { StepSeen } from './step-marks.ts';

/** One step of the scale, as it was seen. */
export interface Step {
  readonly from: number;
  readonly to: number;
  readonly seen: StepSeen;
}

export interface RunStepsOptions {
  readonly platform: PlatformWith<'scale'>;
  readonly observer: LabObserver;
  readonly recorder: ConsumerRecorder;
  /** Replicas, step by step; the first is where it begins, and is not measured. */
  readonly scales: readonly [number, ...number[]];
  readonly signal: AbortSignal;
  readonly onStep: (step: Step) => void;
}

/** Between steps the group is left alone for so long, and at random up to twice as long. */
const REST_MS = 2000;
/** Pods that end, and log lines on their way, are waited for so long. */
const SETTLED_TIMEOUT_MS = 60_000;

/** Scales step by step. @throws AppError `timed-out` when a step does not end in a balanced group */
export async function runSteps(options: RunStepsOptions): Promise<void> {
  const { platform, observer, scales, signal, onStep } = options;
  let [from] = scales;
  signal.throwIfAborted();
  await platform.scale('consumer', from);
  await waitBalanced(platform, observer, from);
  await waitSettled(platform, from, signal);
  for (const to of scales.slice(1)) {
    await delay(REST_MS * (1 + Math.random()), undefined, { signal });
    onStep(await runStep(options, from, to));
    from = to;
  }
}

async function runStep(
  { platform, observer, recorder, signal }: RunStepsOptions,
  from: number,
  to: number,
): Promise<Step> {
  const before = await listNames(platform);
  signal.throwIfAborted();
  const calledAt = Date.now();
  await platform.scale('consumer', to);
  const { view } = await waitBalanced(platform, observer, to);
  const balancedAt = Date.now();
  const after = view.members.map(({ clientId }) => clientId);
  await waitSettled(platform, to, signal);
  const generation = await observer.readLatestGeneration();
  const isNew = generation !== undefined && generation.at >= calledAt && generation.members.length === to;
  return {
    from,
    to,
    seen: {
      calledAt,
      assignedAt: isNew ? generation.at : undefined,
      balancedAt,
      before,
      after,
      sightings: recorder.sightings,
      lines: recorder.lines.filter(({ at }) => at >= calledAt),
    },
  };
}

/** Waits until pods that end are gone, and gives the last lines a moment to arrive. */
async function waitSettled(platform: PlatformWith<'scale'>, replicas: number, signal: AbortSignal): Promise<void> {
  await waitUntil(async () => ((await listNames(platform)).length === replicas ? true : undefined), {
    what: `exactly ${String(replicas)} pods of the consumer`,
    timeoutMs: SETTLED_TIMEOUT_MS,
    signal,
  });
  await delay(REST_MS, undefined, { signal });
}

async function listNames(platform: PlatformWith<'scale'>): Promise<readonly string[]> {
  return (await platform.listReplicas('consumer')).map(({ name }) => name);
}
