import { balanced } from './balanced.ts';
import type { Check } from './check.ts';
import { commitsBehindReceipts } from './commits-behind-receipts.ts';
import { duplicates } from './duplicates.ts';
import { fullyReplicated } from './fully-replicated.ts';
import type { History } from './history.ts';
import { leftInTime } from './left-in-time.ts';
import { createMeasurement, type RunMeasurement } from './measure-run.ts';
import { MemberWork } from './member-work.ts';
import { neverSilent } from './never-silent.ts';
import { nothingAcknowledgedLost } from './nothing-acknowledged-lost.ts';
import { oneOwner } from './one-owner.ts';
import { orderPerKey } from './order-per-key.ts';
import { poisonSetAside } from './poison-set-aside.ts';
import { passOver, prepareRun, type Pass, type RunContext } from './prepare-run.ts';
import { staticStayed } from './static-stayed.ts';
import { stayedAlive } from './stayed-alive.ts';
import { stepsDone } from './steps-done.ts';
import { combineVerdicts, type CheckResult, type Verdict } from './verdict.ts';
import { withinLimits } from './within-limits.ts';

/** Every check there is, in the order in which they are told. */
export const CHECKS: readonly Check[] = [
  stepsDone,
  nothingAcknowledgedLost,
  duplicates,
  orderPerKey,
  oneOwner,
  commitsBehindReceipts,
  poisonSetAside,
  balanced,
  stayedAlive,
  leftInTime,
  staticStayed,
  neverSilent,
  withinLimits,
  fullyReplicated,
];

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

/** All checks that a run is asked. */
export function createJudging(run: RunContext): Pass<JudgedPass> {
  const measuring = createMeasurement(run);
  const work = new MemberWork();
  const passes = CHECKS.filter(({ isAsked }) => isAsked?.(run.history) ?? true).map(({ begin }) => begin(run));
  return {
    take(partition) {
      measuring.take(partition);
      for (const pass of passes) pass.take?.(partition);
      for (const receipt of partition.receipts) work.add(receipt);
    },
    finish() {
      const measurement = measuring.finish();
      const checks = passes.map((pass) => pass.finish({ measurement, work }));
      return { judgement: { verdict: combineVerdicts(checks.map(({ verdict }) => verdict)), checks }, measurement };
    },
  };
}
