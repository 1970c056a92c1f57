import { checkBalanced } from './balanced.ts';
import { checkCommitsBehindReceipts } from './commits-behind-receipts.ts';
import { checkDuplicates } from './duplicates.ts';
import { checkFullyReplicated } from './fully-replicated.ts';
import type { History } from './history.ts';
import { checkLeftInTime } from './left-in-time.ts';
import { measureRun, type RunMeasurement } from './measure-run.ts';
import { checkNeverSilent } from './never-silent.ts';
import { checkNothingAcknowledgedLost } from './nothing-acknowledged-lost.ts';
import { checkOneOwner } from './one-owner.ts';
import { checkOrderPerKey } from './order-per-key.ts';
import { checkPoisonSetAside } from './poison-set-aside.ts';
import { prepareRun, type PreparedRun } from './prepare-run.ts';
import { checkStayedAlive } from './stayed-alive.ts';
import { checkStepsDone } from './steps-done.ts';
import { combineVerdicts, type CheckResult, type Verdict } from './verdict.ts';
import { checkWithinLimits } from './within-limits.ts';

/** The verdict on a run and the checks behind it. */
export interface Judgement {
  readonly verdict: Verdict;
  readonly checks: readonly CheckResult[];
}

/** Runs every check on a history: fail if any fails, else unknown if any cannot tell, else pass. */
export function judge(history: History): Judgement {
  const run = prepareRun(history);
  return judgePrepared(run, history.steps.length > 0 ? measureRun(run) : undefined);
}

/**
 * The same for whoever needs what judging is made from, too. What a scenario asks for is judged where there is one: its
 * history has steps, also when the verifier ended before the first.
 *
 * @param measurement of a scenario's run; undefined for a run without one
 */
export function judgePrepared(run: PreparedRun, measurement: RunMeasurement | undefined): Judgement {
  const { history } = run;
  const checks = [
    ...(measurement ? [checkStepsDone(history)] : []),
    checkNothingAcknowledgedLost(run),
    checkDuplicates(run),
    checkOrderPerKey(run),
    checkOneOwner(run),
    checkCommitsBehindReceipts(run),
    ...(history.poisons.length > 0 ? [checkPoisonSetAside(run)] : []),
    checkBalanced(history),
    ...(measurement ? judgeConduct(run, measurement) : []),
    checkFullyReplicated(history),
  ];
  return { verdict: combineVerdicts(checks.map(({ verdict }) => verdict)), checks };
}

/** What can be told of members whose processes were watched while a scenario went on. */
function judgeConduct(run: PreparedRun, measurement: RunMeasurement): CheckResult[] {
  return [
    checkStayedAlive(run.history),
    checkLeftInTime(run.history),
    checkNeverSilent(run, measurement),
    checkWithinLimits(run, measurement),
  ];
}
