import { describe, expect, it } from '@jest/globals';
import type { SavedRun } from '../../lib/contracts/saved-run.ts';
import { buildVerdictsPage } from './build-verdicts-page.ts';

function buildRun(changes: Partial<SavedRun>, checks: Partial<SavedRun['checks'][number]>[]): SavedRun {
  return {
    scenario: { name: 'scale', description: '', seed: 1 },
    platform: 'local',
    verdict: 'pass',
    startedAt: 0,
    endedAt: 30_000,
    machine: [{ name: 'processors', value: '2' }],
    versions: [],
    checks,
    ...changes,
  } as SavedRun;
}

const MEASURED = [
  {
    name: 'nothing-acknowledged-lost',
    measurements: { acknowledgedRecords: 1234, lostRecords: 1, misplacedRecords: 0, unprocessedRecords: 2 },
  },
  { name: 'duplicates', measurements: { processedTwiceRecords: 7 } },
  { name: 'within-limits', measurements: { longestBalanceMs: 2500, longestPauseMs: 900, largestDip: 0.126 } },
];

describe('buildVerdictsPage', () => {
  it('has a row for each scenario of a platform, with sums and the worst', () => {
    const page = buildVerdictsPage([
      buildRun({ platform: 'kubernetes' }, []),
      buildRun({ scenario: { name: 'scale', description: '', seed: 2 }, endedAt: 40_000 }, MEASURED),
      buildRun({}, MEASURED),
      buildRun({ scenario: { name: 'scale', description: '', seed: 3 }, verdict: 'fail' }, MEASURED),
      buildRun({ scenario: { name: 'scale', description: '', seed: 9 } }, []),
    ]);
    expect(page.indexOf('## On the local platform')).toBeLessThan(page.indexOf('## On Kubernetes'));
    expect(page).toContain(
      '| scale | 1 to 3, 9 | 3 pass, **1 fail** | 3,702 | 9 | 21 | 2.5 s | 900 ms | 13 % | 40 s |',
    );
    expect(page).toContain('| scale | 1 | 1 pass | not measured | not measured |');
  });

  it('says what kept a run from passing', () => {
    const trouble = {
      name: 'steps-done',
      verdict: 'unknown' as const,
      summary: 'A step cannot be done.',
      measurements: {},
    };
    const page = buildVerdictsPage([buildRun({ verdict: 'unknown' }, [trouble])]);
    expect(page).toContain('| **1 unknown** |');
    expect(page).toContain('- scale, seed 1:\n  - steps-done: unknown. A step cannot be done.');
  });
});
