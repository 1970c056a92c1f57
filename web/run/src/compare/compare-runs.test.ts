import { describe, expect, it } from '@jest/globals';
import { buildSavedRun } from '../../dev/build-saved-run.ts';
import { compareChecks, compareCircumstances, compareSteps, compareVerdicts } from './compare-runs.ts';
import { comparePercentiles } from './compare-values.ts';

const FIRST = buildSavedRun();
const SECOND = buildSavedRun({ verdict: 'fail', sessionTimeoutMs: 6000 });

describe('compareCircumstances', () => {
  it('tells what differs, and nothing else', () => {
    const differences = compareCircumstances(FIRST, SECOND);
    expect(differences).toContainEqual({ name: 'session.timeout.ms', first: '10000', second: '6000' });
    expect(differences.map(({ name }) => name)).not.toContain('acks');
  });

  it('tells what only one of them has', () => {
    const more = { ...FIRST, versions: [...FIRST.versions, { name: 'Kubernetes', value: '1.34.1' }] };
    expect(compareCircumstances(FIRST, more)).toEqual([{ name: 'Kubernetes', first: null, second: '1.34.1' }]);
  });

  it('tells nothing about a run and itself', () => {
    expect(compareCircumstances(FIRST, FIRST)).toEqual([]);
  });
});

describe('compareChecks', () => {
  it('has every check with both verdicts, and the measurements that differ', () => {
    const compared = compareChecks(FIRST.checks, SECOND.checks);
    expect(compared).toHaveLength(FIRST.checks.length);
    const order = compared.find(({ name }) => name === 'order-per-key');
    expect([order?.first?.verdict, order?.second?.verdict]).toEqual(['pass', 'fail']);
    expect(order?.measurements).toEqual([{ name: 'overtakenRecords', first: '0', second: '2' }]);
  });

  it('has a check that only one of them made', () => {
    const compared = compareChecks(FIRST.checks.slice(0, 1), SECOND.checks.slice(0, 2));
    expect(compared[1]).toMatchObject({ name: 'duplicates', first: null });
  });
});

describe('comparePercentiles', () => {
  it('tells how many times as long the second took', () => {
    const row = { name: 'pause', unit: 'ms', count: 3, median: 100, p95: 200, p99: 0, max: 400 } as const;
    const [compared] = comparePercentiles([row], [{ ...row, median: 250, p99: 5 }]);
    expect(compared?.values.map(({ ratio }) => ratio)).toEqual([2.5, 1, null, 1]);
  });

  it('tells no ratio of what was not measured', () => {
    const row = { name: 'pause', unit: 'ms', count: 0, median: 0, p95: 0, p99: 0, max: 0 } as const;
    const [compared] = comparePercentiles([row], []);
    expect(
      compared?.values.every(({ first, second, ratio }) => first === null && second === null && ratio === null),
    ).toBe(true);
  });
});

describe('compareSteps', () => {
  it('sets steps of the same place side by side, also where one run has fewer', () => {
    const steps = compareSteps(FIRST.steps, FIRST.steps.slice(0, 2));
    expect(steps).toHaveLength(FIRST.steps.length);
    expect(steps[2]).toMatchObject({ index: 2, second: null });
  });
});

describe('compareVerdicts', () => {
  it('says whether they came to the same', () => {
    expect(compareVerdicts('pass', 'pass')).toBe('both pass');
    expect(compareVerdicts('pass', 'unknown')).toBe('A pass, B unknown');
  });
});
