import path from 'node:path';
import { PLATFORM_NAMES, type PlatformName } from '../lib/contracts/platform-name.ts';
import { AppError } from '../lib/errors/app-error.ts';
import type { Logger } from '../lib/log/create-logger.ts';
import { connectKubernetesPlatform } from '../platforms/kubernetes/kubernetes-platform.ts';
import { connectLocalPlatform } from '../platforms/local/connect-local-platform.ts';
import type { Platform } from '../platforms/platform.ts';
import type { LabOptions } from './lab-settings.ts';
import { openKubernetesLab } from './open-kubernetes-lab.ts';
import { runLocalLab } from './run-local-lab.ts';
import type { RunLabOptions, RunningLab } from './running-lab.ts';

/** Where to look for a lab that runs. */
type LabPlace = Pick<LabOptions, 'data' | 'platform' | 'context'>;

/** How the command line gets at the labs of a platform. */
interface PlatformEntry {
  /** @throws AppError `no-such-target` when no lab runs there */
  readonly connect: (place: LabPlace, logger: Logger) => Promise<Platform>;
  /** A lab for one run: one that ends with the run, or one that runs already and gets its scale back. */
  readonly open: (lab: LabOptions, options: RunLabOptions) => Promise<RunningLab>;
}

/** Every platform there is. */
const PLATFORMS: Readonly<Record<PlatformName, PlatformEntry>> = {
  local: { connect: ({ data }) => connectLocalPlatform(path.resolve(data)), open: runLocalLab },
  kubernetes: {
    connect: ({ context }, logger) => connectKubernetesPlatform({ ...(context !== undefined && { context }), logger }),
    open: openKubernetesLab,
  },
};

/** Opens a lab for one run, on this machine unless the options name another platform. */
export function openLab(lab: LabOptions, options: RunLabOptions): Promise<RunningLab> {
  const { platform = 'auto' } = lab;
  return PLATFORMS[platform === 'auto' ? 'local' : platform].open(lab, options);
}

/**
 * Connects to the lab that runs: on the platform that the options name, otherwise on the first that has one.
 *
 * @throws AppError `no-such-target` when there is none
 */
export async function connectPlatform(options: LabPlace, logger: Logger): Promise<Platform> {
  const { platform = 'auto' } = options;
  if (platform !== 'auto') return PLATFORMS[platform].connect(options, logger);
  let cause: unknown;
  for (const name of PLATFORM_NAMES) {
    try {
      return await PLATFORMS[name].connect(options, logger);
    } catch (error) {
      if (!(error instanceof AppError) || error.code !== 'no-such-target') throw error;
      cause = error;
    }
  }
  throw new AppError(
    'no-such-target',
    'no lab runs: `make up` starts one on this machine, `make kind-up` one on kind',
    { cause },
  );
}
