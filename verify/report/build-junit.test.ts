import { describe, expect, it } from '@jest/globals';
import { buildJunit } from './build-junit.ts';

describe('buildJunit', () => {
  const xml = buildJunit({
    scenario: { name: 'scale', description: '', seed: 3 },
    platform: 'local',
    startedAt: Date.parse('2026-11-24T10:00:00Z'),
    endedAt: Date.parse('2026-11-24T10:00:21.5Z'),
    checks: [
      { name: 'balanced', verdict: 'pass', summary: 'All "even" & <well>.', measurements: {}, evidence: [] },
      {
        name: 'duplicates',
        verdict: 'fail',
        summary: '2 twice.',
        measurements: {},
        evidence: [{ key: '</failure>\u0001' }],
      },
      { name: 'one-owner', verdict: 'unknown', summary: 'Cut off.', measurements: {}, evidence: [] },
    ],
    rebalances: [{ generation: 7, cause: { kind: 'joined-again', sentence: 'a < b' }, isUnplanned: true }],
  } as never);

  it('tells of lost memberships that no step explains', () => {
    expect(xml).toContain('  <system-out>unplanned: generation 7, because a &lt; b</system-out>\n  </testsuite>');
  });

  it('counts what failed and what could not be judged, and skips nothing', () => {
    expect(xml).toContain(
      '<testsuite name="scale, seed 3, local" tests="3" failures="1" errors="1" skipped="0" time="21.500" timestamp="2026-11-24T10:00:00">',
    );
    expect(xml).toContain('<error message="Cut off.">');
  });

  it('keeps texts from being taken for XML', () => {
    expect(xml).toContain('All &quot;even&quot; &amp; &lt;well&gt;.');
    expect(xml).toContain('&lt;/failure&gt;');
    expect(xml).not.toContain('\u0001');
  });
});
