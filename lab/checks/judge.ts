import { checkBalanced } from './balanced.ts';
import { checkCommitsBehindReceipts } from './commits-behind-receipts.ts';
import { checkDuplicates, type DuplicatesOptions } from './duplicates.ts';
import type { History } from './history.ts';
import { checkNothingAcknowledgedLost } from './nothing-acknowledged-lost.ts';
import { checkOrderPerKey } from './order-per-key.ts';
import { combineVerdicts, type CheckResult, type Verdict } from './verdict.ts';

/** What is accepted, per check. */
export interface JudgeOptions {
  /** @default duplicates are counted only */
  readonly duplicates?: DuplicatesOptions;
}

/** The verdict on a run and the checks behind it. */
export interface Judgement {
  readonly verdict: Verdict;
  readonly checks: readonly CheckResult[];
}

/** Runs every check on a history: fail if any fails, else unknown if any cannot tell, else pass. */
export function judge(history: History, options: JudgeOptions = {}): Judgement {
  const checks = [
    checkNothingAcknowledgedLost(history),
    checkDuplicates(history, options.duplicates),
    checkOrderPerKey(history),
    checkBalanced(history),
    checkCommitsBehindReceipts(history),
  ];
  return { verdict: combineVerdicts(checks.map(({ verdict }) => verdict)), checks };
}
