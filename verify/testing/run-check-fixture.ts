import type { History } from '../checks/history.ts';
import { passOver, prepareRun, type Pass, type RunContext } from '../checks/prepare-run.ts';
import type { CheckResult } from '../checks/verdict.ts';

/** What one check says of a history. */
export function runCheck(check: (run: RunContext) => Pass<CheckResult>, history: History): CheckResult {
  const run = prepareRun(history);
  return passOver(run, check(run));
}
