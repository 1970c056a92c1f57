import { checkBalanced } from './balanced.ts';
import { checkCommitsBehindReceipts } from './commits-behind-receipts.ts';
import { checkDuplicates } from './duplicates.ts';
import type { History } from './history.ts';
import { checkNothingAcknowledgedLost } from './nothing-acknowledged-lost.ts';
import { checkOneOwner } from './one-owner.ts';
import { checkOrderPerKey } from './order-per-key.ts';
import { prepareRun } from './prepare-run.ts';
import { combineVerdicts, type CheckResult, type Verdict } from './verdict.ts';

/** The verdict on a run and the checks behind it. */
export interface Judgement {
  readonly verdict: Verdict;
  readonly checks: readonly CheckResult[];
}

/** Runs every check on a history: fail if any fails, else unknown if any cannot tell, else pass. */
export function judge(history: History): Judgement {
  const run = prepareRun(history);
  const checks = [
    checkNothingAcknowledgedLost(run),
    checkDuplicates(run),
    checkOrderPerKey(run),
    checkOneOwner(run),
    checkCommitsBehindReceipts(run),
    checkBalanced(history),
  ];
  return { verdict: combineVerdicts(checks.map(({ verdict }) => verdict)), checks };
}
