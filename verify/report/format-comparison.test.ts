import { describe, expect, it } from '@jest/globals';
import type { SavedRun } from '../../lib/contracts/saved-run.ts';
import { formatComparison } from './format-comparison.ts';

function buildRun(session: string, max: number, twice: number): SavedRun {
  return {
    scenario: { name: 'kill-consumer', description: '', seed: 1 },
    runId: `run-${session}`,
    verdict: 'pass',
    settings: [{ name: 'consumer SESSION_TIMEOUT_MS', value: session }],
    versions: [{ name: 'kafka', value: '3.9.2' }],
    machine: [],
    percentiles: [{ name: 'pause of a partition', unit: 'ms', count: 6, median: 100, p95: max, p99: max, max }],
    checks: [
      {
        name: 'duplicates',
        verdict: 'pass',
        summary: '',
        measurements: { processedTwiceRecords: twice, stored: 5 },
        evidence: [],
      },
    ],
  } as unknown as SavedRun;
}

describe('formatComparison', () => {
  it('shows what differs, each measure with its ratio, and nothing that is alike', () => {
    const text = formatComparison(buildRun('10000', 10_000, 4), buildRun('45000', 45_000, 2)).join('\n');
    expect(text).toMatch(/setting consumer SESSION_TIMEOUT_MS +10000 +45000/);
    expect(text).toMatch(/pause of a partition, max +10000 ms +45000 ms +4\.50/);
    expect(text).toMatch(/duplicates: processedTwiceRecords +4 +2 +0\.50/);
    expect(text).not.toMatch(/kafka|stored/);
  });
});
