import type { History } from './history.ts';
import { passOver, prepareRun, type Pass, type RunContext } from './prepare-run.ts';
import type { CheckResult } from './verdict.ts';

/** What one check says of a history. */
export function runCheck(check: (run: RunContext) => Pass<CheckResult>, history: History): CheckResult {
  const run = prepareRun(history);
  return passOver(run, check(run));
}
