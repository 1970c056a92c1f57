import { checkBalanced } from './balanced.ts';
import { checkCommitsBehindReceipts } from './commits-behind-receipts.ts';
import { checkDuplicates } from './duplicates.ts';
import { checkFullyReplicated } from './fully-replicated.ts';
import type { History } from './history.ts';
import { checkLeftInTime } from './left-in-time.ts';
import { createMeasurement, type RunMeasurement } from './measure-run.ts';
import { MemberWork } from './member-work.ts';
import { checkNeverSilent } from './never-silent.ts';
import { checkNothingAcknowledgedLost } from './nothing-acknowledged-lost.ts';
import { checkOneOwner } from './one-owner.ts';
import { checkOrderPerKey } from './order-per-key.ts';
import { checkPoisonSetAside } from './poison-set-aside.ts';
import { passOver, prepareRun, type Pass, type RunContext } from './prepare-run.ts';
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
  return passOver(run, createJudging(run)).judgement;
}

/** The verdict, and what a run cost. */
export interface JudgedPass {
  readonly judgement: Judgement;
  /** Of a run without a scenario, of nothing that changed. */
  readonly measurement: RunMeasurement;
}

/**
 * All checks of a run. What a scenario asks for is judged where there is one: its history has steps, also when the verifier
 * ended before the first.
 */
export function createJudging(run: RunContext): Pass<JudgedPass> {
  const { history } = run;
  const measuring = createMeasurement(run);
  const work = new MemberWork();
  const stored = [checkNothingAcknowledgedLost, checkDuplicates, checkOrderPerKey, checkOneOwner].map((check) =>
    check(run),
  );
  const committed = checkCommitsBehindReceipts(run);
  const poison = history.poisons.length > 0 ? [checkPoisonSetAside(run)] : [];
  const passes = [measuring, ...stored, committed, ...poison];
  return {
    take(partition) {
      for (const pass of passes) pass.take(partition);
      for (const receipt of partition.receipts) work.add(receipt);
    },
    finish() {
      const measurement = measuring.finish();
      const hasScenario = history.steps.length > 0;
      const checks = [
        ...(hasScenario ? [checkStepsDone(history)] : []),
        ...[...stored, committed, ...poison].map((check) => check.finish()),
        checkBalanced(history),
        ...(hasScenario ? judgeConduct(run, measurement, work) : []),
        checkFullyReplicated(history),
      ];
      return { judgement: { verdict: combineVerdicts(checks.map(({ verdict }) => verdict)), checks }, measurement };
    },
  };
}

/** What can be told of members whose processes were watched while a scenario went on. */
function judgeConduct(run: RunContext, measurement: RunMeasurement, work: MemberWork): CheckResult[] {
  return [
    checkStayedAlive(run.history),
    checkLeftInTime(run.history, work),
    checkNeverSilent(run, measurement, work),
    checkWithinLimits(run, measurement),
  ];
}
