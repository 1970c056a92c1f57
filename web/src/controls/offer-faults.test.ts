import { describe, expect, it } from '@jest/globals';
import { isDangerousFault, offerFaults, type FaultKind } from './offer-faults.ts';

const ALL: readonly FaultKind[] = ['kill', 'pause', 'resume', 'stop', 'start'];

describe('offerFaults', () => {
  it.each([
    { phase: 'ready', reason: null, expected: ['kill', 'pause', 'stop'] },
    { phase: 'unready', reason: 'paused', expected: ['resume', 'kill', 'stop'] },
    { phase: 'unready', reason: null, expected: ['kill', 'pause', 'resume', 'stop'] },
    { phase: 'terminating', reason: null, expected: ['kill'] },
    { phase: 'stopped', reason: null, expected: ['start'] },
  ] as const)('offers $expected to a replica that is $phase ($reason)', ({ phase, reason, expected }) => {
    expect(offerFaults(phase, reason, ALL)).toEqual(expected);
  });

  it('offers nothing that the platform does not allow', () => {
    expect(offerFaults('ready', null, ['kill'])).toEqual(['kill']);
  });
});

describe('isDangerousFault', () => {
  it.each([
    { workload: 'kafka', kind: 'kill', expected: true },
    { workload: 'zookeeper', kind: 'stop', expected: true },
    { workload: 'zookeeper', kind: 'start', expected: false },
    { workload: 'consumer', kind: 'kill', expected: false },
  ] as const)('$kind of $workload: $expected', ({ workload, kind, expected }) => {
    expect(isDangerousFault(workload, kind)).toBe(expected);
  });
});
