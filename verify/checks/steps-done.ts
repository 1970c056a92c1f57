import { hasScenario, type Check } from './check.ts';
import { EVIDENCE_LIMIT } from './findings.ts';
import type { History, StepRecord } from './history.ts';
import { conclude, type CheckResult } from './verdict.ts';
import { countOf } from '../../lib/wording/wording.ts';

const NAME = 'steps-done';
/** How many steps a summary tells about; the others are counted. */
const TOLD_LIMIT = 3;

export const stepsDone: Check = {
  name: NAME,
  passes: 'every step was done, and the group was balanced in time wherever that was waited for',
  isAsked: hasScenario,
  begin: ({ history }) => ({ finish: () => checkStepsDone(history) }),
};

/** Everything the scenario asks for was done: a fault that nobody injected shows nothing. */
export function checkStepsDone({ steps }: Pick<History, 'steps'>): CheckResult {
  const failed = steps.filter(({ outcome }) => outcome === 'failed');
  const unsure = steps.filter(({ outcome }) => outcome !== 'failed' && outcome !== 'done');
  return conclude({
    name: NAME,
    subject: countOf(steps.length, 'step'),
    failures: describeSteps(failed),
    doubts: steps.length === 0 ? ['no steps were recorded'] : describeSteps(unsure),
    passed: 'all done',
    measurements: {
      steps: steps.length,
      doneSteps: steps.length - failed.length - unsure.length,
      failedSteps: failed.length,
      unsureSteps: unsure.length,
    },
    evidence: (failed.length > 0 ? failed : unsure).slice(0, EVIDENCE_LIMIT),
  });
}

function describeSteps(steps: readonly StepRecord[]): string[] {
  const others = steps.length - TOLD_LIMIT;
  return [
    ...steps.slice(0, TOLD_LIMIT).map(describeStep),
    ...(others > 0 ? [countOf(others, 'other was not done either', 'others were not done either')] : []),
  ];
}

function describeStep({ index, text, outcome, detail }: StepRecord): string {
  const reason = detail === null ? '' : `: ${detail.replace(/\.$/, '')}`;
  return `step ${String(index + 1)} (${text}) ${describeOutcome(outcome)}${reason}`;
}

function describeOutcome(outcome: StepRecord['outcome']): string {
  switch (outcome) {
    case 'done':
      return 'was done';
    case 'failed':
      return 'failed';
    case 'unsupported':
      return 'cannot be done on this platform';
    case 'error':
      return 'is neither known to be done nor to have failed';
    case 'pending':
      return 'was under way when the run ended';
  }
}
