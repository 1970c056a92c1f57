import { describe, expect, it } from '@jest/globals';
import type { JudgedRun } from '../runs/judge-run.ts';
import { formatVerdict } from './format-verdict.ts';

function format(verdict: 'pass' | 'fail', machine: JudgedRun['journal']['machine'] = []): string[] {
  const lost = { cause: { kind: 'joined-again', sentence: 'it was slow' }, generation: 9, isUnplanned: true };
  const check = { verdict, summary: 'Well.', measurements: {}, evidence: [{ offset: 3 }] };
  return formatVerdict({
    judgement: { verdict, checks: [{ name: 'a', ...check } as never, { name: 'long', ...check } as never] },
    run: {
      clocks: new Map([['consumer-1', { member: 'consumer-1', behindMs: 3000 }]]),
      history: { uncounted: undefined },
    } as never,
    journal: { machine } as never,
    rebalances: [lost as never],
  } as unknown as JudgedRun);
}

describe('formatVerdict', () => {
  const machine = [
    { at: 1, busy: 0.5, load1: 9.5, stalledMs: 10 },
    { at: 2, busy: 0.97, load1: 2, stalledMs: 812 },
  ];

  it('has a line for each check, then what to know about it, what nobody planned, and the verdict last', () => {
    expect(format('pass', machine)).toEqual([
      '  pass    a     Well.',
      '  pass    long  Well.',
      '  the clock of consumer-1 is 3.0 s slow: its receipts are judged by the time at which the brokers had them',
      '  unplanned: generation 9, because it was slow',
      'verdict: pass',
    ]);
  });

  it('shows the evidence of what failed, and how busy the machine was', () => {
    expect(format('fail', machine)).toEqual([
      '  fail    a     Well.',
      '            {"offset":3}',
      '  fail    long  Well.',
      '            {"offset":3}',
      '  the clock of consumer-1 is 3.0 s slow: its receipts are judged by the time at which the brokers had them',
      '  unplanned: generation 9, because it was slow',
      '  machine: up to 97 % busy, a load of 9.5, and 812 ms without the verifier',
      'verdict: fail',
    ]);
    expect(format('fail')).not.toContainEqual(expect.stringContaining('machine'));
  });
});
