import { AppError } from '../lib/errors/app-error.ts';
import { isScalable, type ScalableWorkload, type Workload } from '../lib/contracts/replica.ts';

/** @throws AppError `invalid-request` for a workload that takes no variables */
export function requireService(workload: Workload): asserts workload is ScalableWorkload {
  if (isScalable(workload)) return;
  throw new AppError('invalid-request', `${workload} is no service, and takes no variables`);
}
