import { connectKubernetesPlatform } from '../lib/platform/kubernetes/kubernetes-platform.ts';
import type { LabOptions } from './lab-settings.ts';
import { runLocalLab, type RunLabOptions, type RunningLab } from './run-local-lab.ts';

/** Opens a lab for one run: a local one that ends with the run, or the one on Kubernetes, which gets its scale back. */
export async function openLab(lab: LabOptions, options: RunLabOptions): Promise<RunningLab> {
  return lab.platform === 'kubernetes' ? openKubernetesLab(lab, options) : runLocalLab(lab, options);
}

async function openKubernetesLab(lab: LabOptions, { logger, tell, interrupted }: RunLabOptions): Promise<RunningLab> {
  const { context } = lab;
  const platform = await connectKubernetesPlatform({ ...(context !== undefined && { context }), logger });
  const consumers = (await platform.listReplicas('consumer')).filter(({ phase }) => phase !== 'terminating').length;
  const asked = Promise.withResolvers<true>();
  interrupted.addEventListener('abort', () => asked.resolve(true), { once: true });
  if (interrupted.aborted) asked.resolve(true);
  return {
    platform,
    endAsked: asked.promise,
    async stop() {
      tell(`scaling the consumers back to ${String(consumers)}`);
      await platform.scale('consumer', consumers);
      await platform.close();
    },
  };
}
