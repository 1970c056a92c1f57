import { LARGEST_SCALE } from '../lib/contracts/largest-scale.ts';
import type { ScalableWorkload } from '../lib/contracts/replica.ts';
import { AppError } from '../lib/errors/app-error.ts';

/** @throws AppError `invalid-request` for a number of replicas that no platform takes */
export function requireScale(workload: ScalableWorkload, replicas: number): void {
  if (Number.isInteger(replicas) && replicas >= 0 && replicas <= LARGEST_SCALE) return;
  throw new AppError(
    'invalid-request',
    `${workload} cannot have ${String(replicas)} replicas here: it takes 0 to ${String(LARGEST_SCALE)}`,
  );
}
