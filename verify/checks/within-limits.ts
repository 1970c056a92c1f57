import { hasScenario, type Check } from './check.ts';
import { describeMissing } from './completeness.ts';
import { Findings } from './findings.ts';
import type { Limits } from './history.ts';
import type { PartitionPause, RunMeasurement } from './measure-run.ts';
import type { RunContext } from './prepare-run.ts';
import { conclude, type CheckResult } from './verdict.ts';
import { countOf, joinList } from '../../lib/wording/wording.ts';

const NAME = 'within-limits';

type Kind = 'lateBalance' | 'longPause' | 'deepDip';

/** The largest of each that was measured; undefined when there was nothing to measure it by. */
interface Largest {
  readonly balanceMs: number | undefined;
  readonly pauseMs: number | undefined;
  readonly dip: number | undefined;
}

export const withinLimits: Check = {
  name: NAME,
  passes:
    "time to balance, pause of any partition and dip of throughput are within the scenario's limits; without limits they are measured only",
  isAsked: hasScenario,
  begin: (run) => ({ finish: ({ measurement }) => checkWithinLimits(run, measurement) }),
};

/** Time to balance, pauses and lack of throughput are within what the scenario accepts; without limits measured only. */
export function checkWithinLimits(run: RunContext, measurement: RunMeasurement): CheckResult {
  const { limits } = run.history;
  const largest = findLargest(measurement);
  const findings = new Findings<Kind>();
  findOverLimits(measurement, limits, findings);
  const isLimited = limits.balanceMs !== undefined || limits.pauseMs !== undefined || limits.dip !== undefined;
  const measured = describeMeasured(largest);
  return conclude({
    name: NAME,
    subject: countOf(measurement.steps.length, 'change', 'changes'),
    failures: findings.describe({
      lateBalance: (count) =>
        `${countOf(count, 'took', 'took')} longer to balance than ${formatMs(limits.balanceMs)}, ${formatMs(largest.balanceMs)} at most`,
      longPause: (count) =>
        `${countOf(count, 'pause was', 'pauses were')} longer than ${formatMs(limits.pauseMs)}, ${formatMs(largest.pauseMs)} at most`,
      deepDip: () => `${formatShare(largest.dip)} of the throughput were missing, ${formatShare(limits.dip)} accepted`,
    }),
    doubts: isLimited ? describeUnmeasured(run, largest) : [],
    passed: `${isLimited ? 'all within the limits' : 'no limit was set'}; measured ${measured}`,
    measurements: {
      changes: measurement.steps.length,
      ...(largest.balanceMs === undefined ? {} : { longestBalanceMs: largest.balanceMs }),
      ...(largest.pauseMs === undefined ? {} : { longestPauseMs: largest.pauseMs }),
      ...(largest.dip === undefined ? {} : { largestDip: largest.dip }),
    },
    evidence: findings.pickEvidence(),
  });
}

function findLargest({ steps, dip }: RunMeasurement): Largest {
  const balances = steps.flatMap(({ balanceMs }) => (balanceMs === undefined ? [] : [balanceMs]));
  const pauses = steps.flatMap((step) => step.pauses.map(({ pauseMs }) => pauseMs));
  return {
    balanceMs: balances.length === 0 ? undefined : Math.max(...balances),
    pauseMs: pauses.length === 0 ? undefined : Math.max(...pauses),
    dip: dip?.share,
  };
}

function findOverLimits({ steps, dip }: RunMeasurement, limits: Limits, findings: Findings<Kind>): void {
  const longPauses = new Map<string, { pause: PartitionPause; step: string }>();
  for (const { step, balanceMs, pauses } of steps) {
    if (isOver(balanceMs, limits.balanceMs)) findings.add('lateBalance', { step, balanceMs });
    for (const pause of pauses) {
      // A pause that outlasts its step is the next one's, too, and counts once.
      const name = `${String(pause.partition)}:${String(pause.from)}`;
      if (isOver(pause.pauseMs, limits.pauseMs) && !longPauses.has(name))
        longPauses.set(name, { pause, step: step.text });
    }
  }
  const byLength = [...longPauses.values()].sort((a, b) => b.pause.pauseMs - a.pause.pauseMs);
  for (const { pause, step } of byLength) findings.add('longPause', { step, ...pause });
  if (dip && isOver(dip.share, limits.dip)) findings.add('deepDip', { dip });
}

function isOver(measured: number | undefined, limit: number | undefined): boolean {
  return measured !== undefined && limit !== undefined && measured > limit;
}

/** @returns which limits there is nothing to judge by, in words. */
function describeUnmeasured(run: RunContext, largest: Largest): string[] {
  const { limits } = run.history;
  const needsReceipts = limits.pauseMs !== undefined || limits.dip !== undefined;
  return [
    ...(limits.balanceMs !== undefined && largest.balanceMs === undefined ? ['no time to balance was measured'] : []),
    ...(limits.pauseMs !== undefined && largest.pauseMs === undefined ? ['no pause could be measured'] : []),
    ...(limits.dip !== undefined && largest.dip === undefined ? ['no ten seconds of load could be measured'] : []),
    ...(needsReceipts ? [...describeMissing(run.readings, 'log'), ...describeMissing(run.readings, 'ledger')] : []),
  ];
}

function describeMeasured({ balanceMs, pauseMs, dip }: Largest): string {
  const parts = [
    ...(balanceMs === undefined ? [] : [`${formatMs(balanceMs)} to balance`]),
    ...(pauseMs === undefined ? [] : [`a pause of ${formatMs(pauseMs)}`]),
    ...(dip === undefined ? [] : [`a dip of ${formatShare(dip)}`]),
  ];
  return parts.length === 0 ? 'nothing' : `at most ${joinList(parts)}`;
}

function formatMs(ms = NaN): string {
  return countOf(Math.round(ms), 'ms', 'ms');
}

function formatShare(share = NaN): string {
  return `${String(Math.round(share * 1000) / 10)} %`;
}
