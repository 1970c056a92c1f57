import { AppError, messageOf } from '../lib/errors/app-error.ts';
import type { ScalableWorkload } from '../lib/contracts/replica.ts';
import type { PlatformWith } from '../platforms/platform.ts';
import { waitUntil } from '../platforms/wait-until.ts';
import { connectKubernetesPlatform } from '../platforms/kubernetes/kubernetes-platform.ts';
import type { LabOptions } from './lab-settings.ts';
import type { RunLabOptions, RunningLab } from './running-lab.ts';

/** What is told to a lab when it starts, and cannot be told to one that runs. */
const NOT_ON_KUBERNETES: Readonly<Partial<Record<keyof LabOptions, string>>> = {
  consumerCommand:
    '--consumer-command is run on this machine; a consumer of your own on Kubernetes is an image: docs/bring-your-own-consumer.md',
  consumer: '--consumer is for the local platform; on Kubernetes: kubectl set env deployment/consumer NAME=VALUE',
  producer: '--producer is for the local platform; on Kubernetes: kubectl set env deployment/producer NAME=VALUE',
  partitions:
    '--partitions is for the local platform; on Kubernetes it is a setting of the environment, see docs/manifests.md',
};
const SCALE_BACK_MS = 30_000;

/** The lab on Kubernetes for one run; it gets its scale back. */
export async function openKubernetesLab(
  lab: LabOptions,
  { logger, tell, interrupted }: RunLabOptions,
): Promise<RunningLab> {
  const { context } = lab;
  const given = Object.entries(NOT_ON_KUBERNETES).find(([name]) => lab[name as keyof LabOptions] !== undefined);
  if (given !== undefined) throw new AppError('unsupported-by-platform', given[1]);
  const platform = await connectKubernetesPlatform({ ...(context !== undefined && { context }), logger });
  const before = {
    producer: (await platform.readScale('producer')) ?? 1,
    consumer: (await platform.readScale('consumer')) ?? 1,
  };
  const asked = Promise.withResolvers<true>();
  interrupted.addEventListener('abort', () => asked.resolve(true), { once: true });
  if (interrupted.aborted) asked.resolve(true);
  return {
    platform,
    isOwn: false,
    endAsked: asked.promise,
    async stop() {
      tell(`scaling the consumers back to ${String(before.consumer)}`);
      await scaleBack(platform, 'consumer', before.consumer, tell);
      await scaleBack(platform, 'producer', before.producer, tell);
      await platform.close();
    },
  };
}

async function scaleBack(
  platform: PlatformWith<'scale'>,
  workload: ScalableWorkload,
  replicas: number,
  tell: (sentence: string) => void,
): Promise<void> {
  await waitUntil(() => platform.scale(workload, replicas).then(() => true as const), {
    what: 'the API server to take it',
    timeoutMs: SCALE_BACK_MS,
    intervalMs: 1000,
  }).catch((error: unknown) => {
    tell(
      `the ${workload}s were not scaled back (${messageOf(error)}): npm run lab -- scale ${workload} ${String(replicas)}`,
    );
  });
}
