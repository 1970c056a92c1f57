import path from 'node:path';
import { AppError } from '../lib/errors/app-error.ts';
import type { Logger } from '../lib/log/create-logger.ts';
import { connectKubernetesPlatform } from '../platforms/kubernetes/kubernetes-platform.ts';
import { connectLocalPlatform } from '../platforms/local/connect-local-platform.ts';
import type { Platform } from '../platforms/platform.ts';
import type { LabOptions } from './lab-settings.ts';

/**
 * Connects to the lab that runs: the one of this machine if there is one, otherwise the one on Kubernetes, unless the
 * options name one of them.
 *
 * @throws AppError `no-such-target` when there is none
 */
export async function connectPlatform(options: LabOptions, logger: Logger): Promise<Platform> {
  const { platform = 'auto', context } = options;
  const connectKubernetes = () => connectKubernetesPlatform({ ...(context !== undefined && { context }), logger });
  if (platform === 'kubernetes') return connectKubernetes();
  try {
    return await connectLocalPlatform(path.resolve(options.data));
  } catch (error) {
    if (platform === 'local' || !(error instanceof AppError) || error.code !== 'no-such-target') throw error;
    return connectKubernetes().catch((cause: unknown) => {
      if (!(cause instanceof AppError) || cause.code !== 'no-such-target') throw cause;
      throw new AppError(
        'no-such-target',
        'no lab runs: `make up` starts one on this machine, `make kind-up` one on kind',
        {
          cause,
        },
      );
    });
  }
}
