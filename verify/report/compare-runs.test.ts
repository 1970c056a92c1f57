import { describe, expect, it } from '@jest/globals';
import { readRecordedRun } from '../../test/run-page/recorded-runs.ts';
import { compareRuns } from './compare-runs.ts';
import { comparePercentiles } from './compare-values.ts';

const FIRST = readRecordedRun('pass');
const SECOND = readRecordedRun('fail');

describe('compareRuns', () => {
  it('tells what differs of the circumstances, and nothing else', () => {
    const { circumstances } = compareRuns(FIRST, SECOND);
    expect(circumstances).toContainEqual({
      name: 'consumer SESSION_TIMEOUT_MS',
      kind: 'text',
      first: '6000',
      second: '10000',
    });
    expect(circumstances.map(({ name }) => name)).not.toContain('consumer PROCESSING_DELAY_MS');
  });

  it('tells times as numbers, to what is shown of them', () => {
    const { circumstances } = compareRuns(FIRST, SECOND);
    expect(circumstances.filter(({ kind }) => kind !== 'text')).toEqual([
      { name: 'took', kind: 'duration', first: 58_000, second: 65_000 },
      {
        name: 'started',
        kind: 'time',
        first: Math.floor(FIRST.startedAt / 1000) * 1000,
        second: Math.floor(SECOND.startedAt / 1000) * 1000,
      },
    ]);
    const moment = { ...FIRST, startedAt: FIRST.startedAt - 1, endedAt: FIRST.endedAt + 1 };
    expect(compareRuns(FIRST, moment).circumstances).toEqual([]);
    const hours = [3_600_000, 3_659_999].map((ms) => ({ ...FIRST, endedAt: FIRST.startedAt + ms }));
    expect(compareRuns(hours[0] ?? FIRST, hours[1] ?? FIRST).circumstances).toEqual([]);
  });

  it('tells what only one of them has', () => {
    const more = { ...FIRST, versions: [...FIRST.versions, { name: 'Kubernetes', value: '1.34.1' }] };
    expect(compareRuns(FIRST, more).circumstances).toEqual([
      { name: 'Kubernetes', kind: 'text', first: null, second: '1.34.1' },
    ]);
  });

  it('tells nothing about a run and itself', () => {
    const { circumstances, checks } = compareRuns(FIRST, FIRST);
    expect(circumstances).toEqual([]);
    expect(checks.filter(({ measurements }) => measurements.length > 0)).toEqual([]);
  });

  it('has every check, and its measurements that differ to what is shown of them', () => {
    const { checks } = compareRuns(FIRST, SECOND);
    expect(checks).toHaveLength(FIRST.checks.length);
    expect(checks.find(({ name }) => name === 'left-in-time')?.measurements).toEqual([]);
    const [pause] = [FIRST, SECOND].map((run) => run.checks.find(({ name }) => name === 'within-limits')?.measurements);
    expect(checks.find(({ name }) => name === 'within-limits')?.measurements).toContainEqual({
      name: 'longestPauseMs',
      first: pause?.['longestPauseMs'],
      second: 10_857,
    });
  });

  it('has a check that only one of them made', () => {
    const [made, other] = FIRST.checks;
    const { checks } = compareRuns(
      { ...FIRST, checks: made ? [made] : [] },
      { ...FIRST, checks: made && other ? [made, other] : [] },
    );
    expect(checks.map(({ name }) => name)).toEqual([made?.name, other?.name]);
    expect(checks[1]?.measurements.every(({ first }) => first === null)).toBe(true);
  });

  it('says whether they came to the same', () => {
    expect(compareRuns(FIRST, FIRST).verdict).toBe('both pass');
    expect(compareRuns(FIRST, { ...FIRST, verdict: 'unknown' }).verdict).toBe('A pass, B unknown');
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
