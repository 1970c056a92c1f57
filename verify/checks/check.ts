import type { RunFacts } from './history.ts';
import type { RunMeasurement } from './measure-run.ts';
import type { MemberWork } from './member-work.ts';
import type { PreparedPartition, RunContext } from './prepare-run.ts';
import type { CheckResult } from './verdict.ts';

/** A question that runs are asked. */
export interface Check {
  readonly name: string;
  /** When it passes, in Markdown: its row in docs/verify.md. */
  readonly passes: string;
  /** Whether a run is asked it. @default every one */
  readonly isAsked?: (history: RunFacts) => boolean;
  readonly begin: (run: RunContext) => CheckPass;
}

/** A check of one run, which is shown each partition once. */
interface CheckPass {
  take?(partition: PreparedPartition): void;
  finish(seen: SeenRun): CheckResult;
}

/** What is known of a run when all of it was seen. */
interface SeenRun {
  readonly measurement: RunMeasurement;
  readonly work: MemberWork;
}

/**
 * What a scenario asks for is judged where there is one: its history has steps, also when the verifier ended before the
 * first.
 */
export function hasScenario({ steps }: RunFacts): boolean {
  return steps.length > 0;
}
