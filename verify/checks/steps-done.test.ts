import { describe, expect, it } from '@jest/globals';
import { buildStep } from '../testing/history-fixture.ts';
import type { StepRecord } from './history.ts';
import { checkStepsDone } from './steps-done.ts';

const done = buildStep({ index: 0, kind: 'load', text: 'load of 200 records a second' });

function endWith(outcome: StepRecord['outcome'], detail: string | null = null): StepRecord[] {
  return [done, buildStep({ index: 1, kind: 'scale', text: 'scale consumer to 7', outcome, detail })];
}

describe('steps-done', () => {
  it('passes when every step was done', () => {
    expect(checkStepsDone({ steps: endWith('done') })).toMatchObject({
      verdict: 'pass',
      summary: '2 steps: all done.',
    });
  });

  const notDone = [
    {
      outcome: 'failed',
      detail: 'waited 60 s for 7 consumers.',
      verdict: 'fail',
      summary: '2 steps: step 2 (scale consumer to 7) failed: waited 60 s for 7 consumers.',
    },
    { outcome: 'failed', detail: null, verdict: 'fail', summary: '2 steps: step 2 (scale consumer to 7) failed.' },
    {
      outcome: 'unsupported',
      detail: null,
      verdict: 'unknown',
      summary: '2 steps: cannot be judged, because step 2 (scale consumer to 7) cannot be done on this platform.',
    },
    {
      outcome: 'error',
      detail: 'the cluster did not answer',
      verdict: 'unknown',
      summary:
        '2 steps: cannot be judged, because step 2 (scale consumer to 7) is neither known to be done nor to have failed: the cluster did not answer.',
    },
    {
      outcome: 'pending',
      detail: null,
      verdict: 'unknown',
      summary: '2 steps: cannot be judged, because step 2 (scale consumer to 7) was under way when the run ended.',
    },
  ] as const;

  it.each(notDone)('gives $verdict when a step is $outcome', ({ outcome, detail, verdict, summary }) => {
    const steps = endWith(outcome, detail);
    expect(checkStepsDone({ steps })).toMatchObject({ verdict, summary, evidence: steps.slice(1) });
  });

  it('fails when one step failed and another is pending', () => {
    const steps = [...endWith('failed'), buildStep({ index: 2, kind: 'hold', text: 'hold', outcome: 'pending' })];
    expect(checkStepsDone({ steps })).toMatchObject({
      verdict: 'fail',
      measurements: { doneSteps: 1, unsureSteps: 1 },
    });
  });

  it('tells about the first steps that failed and counts the others', () => {
    const steps = Array.from({ length: 5 }, (_, index) =>
      buildStep({ index, kind: 'kill', text: `kill kafka-${String(index)}`, outcome: 'failed' }),
    );
    expect(checkStepsDone({ steps }).summary).toBe(
      '5 steps: step 1 (kill kafka-0) failed, step 2 (kill kafka-1) failed, step 3 (kill kafka-2) failed and 2 others were not done either.',
    );
  });

  it('does not know when no steps were recorded', () => {
    expect(checkStepsDone({ steps: [] })).toMatchObject({
      verdict: 'unknown',
      summary: '0 steps: cannot be judged, because no steps were recorded.',
    });
  });
});
