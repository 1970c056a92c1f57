import { AppError } from '../../lib/errors/app-error.ts';
import type { StepRecord } from '../checks/history.ts';
import type { Step } from './scenario.ts';

/** Whose fault it is that a step was not done: the group's, the platform's limits, or nobody knows. */
export function classifyFailure(step: Step, error: unknown): StepRecord['outcome'] {
  if (error instanceof AppError && error.code === 'unsupported-by-platform') return 'unsupported';
  return step.kind === 'wait-balanced' && error instanceof AppError && error.code === 'timed-out' ? 'failed' : 'error';
}
