import type { Limits } from '../checks/history.ts';
import type { Step } from './steps/registry.ts';

/** What is done to a group under load, and what it may cost. */
export interface Scenario {
  /** As it was named, when it is not one of the lab's own. */
  readonly file?: string;
  readonly name: string;
  /** One sentence. */
  readonly description: string;
  readonly limits: Limits;
  readonly steps: readonly Step[];
}
