import { describe, expect, it } from '@jest/globals';
import { buildEvent, buildStep, NOW } from '../testing/history-fixture.ts';
import type { FaultRecord, ReplicaEvent } from './history.ts';
import { checkStayedAlive } from './stayed-alive.ts';

const steps = [buildStep({ index: 0, kind: 'hold', text: 'hold' })];
const check = (replicaEvents: readonly ReplicaEvent[], faults: readonly FaultRecord[] = []) =>
  checkStayedAlive({ generations: [], replicaEvents, faults, steps });

const kill = (at: number): FaultRecord => ({ at: NOW + at, kind: 'kill', target: 'consumer-1' });
const killed = [
  buildEvent(1001, 'consumer-1', 'failed', { reason: 'SIGKILL' }),
  buildEvent(1500, 'consumer-1', 'starting', { restarts: 1 }),
  buildEvent(2500, 'consumer-1', 'ready', { restarts: 1 }),
];

describe('stayed-alive', () => {
  it('passes when nothing was seen of any consumer', () => {
    expect(check([])).toMatchObject({ verdict: 'pass', summary: '0 consumers: none ended unexpectedly.' });
  });

  it('passes when processes were killed, stopped and told to end by the scenario', () => {
    const stopped = ['stopped', 'starting', 'ready', 'terminating', 'removed'].map((phase, index) =>
      buildEvent(3000 + index, 'consumer-1', phase, { restarts: 1 }),
    );
    expect(check([...killed, ...stopped], [kill(1000)])).toMatchObject({ verdict: 'pass' });
  });

  it('fails with the name, the exit code and the time of one that ended unexpectedly', () => {
    const events = [buildEvent(12_340, 'consumer-2', 'failed', { reason: 'exit 3' })];
    expect(check(events)).toMatchObject({
      verdict: 'fail',
      summary: '1 consumer: 1 process ended unexpectedly: consumer-2 (exit 3, 12.3 s into the run).',
      evidence: [{ replica: 'consumer-2', at: NOW + 12_340, how: 'exit 3' }],
    });
  });

  it('takes one kill for the reason of one end', () => {
    const again = buildEvent(4000, 'consumer-1', 'failed', { reason: 'exit 1', restarts: 1 });
    expect(check([...killed, again], [kill(1000)])).toMatchObject({
      verdict: 'fail',
      measurements: { unaskedEnds: 1 },
      evidence: [{ how: 'exit 1' }],
    });
  });

  it('takes no kill that came after an end for its reason', () => {
    expect(check(killed, [kill(5000)])).toMatchObject({ verdict: 'fail' });
  });

  it('sees an end that was over before the platform looked by the number of starts', () => {
    const events = [
      buildEvent(0, 'consumer-1', 'ready'),
      buildEvent(900, 'consumer-1', 'starting', { restarts: 1, reason: 'OOMKilled' }),
      buildEvent(1900, 'consumer-1', 'ready', { restarts: 1 }),
    ];
    expect(check(events).evidence).toEqual([
      { finding: 'ended', replica: 'consumer-1', at: NOW + 900, how: 'OOMKilled' },
    ]);
  });

  it('counts an end once, however often the platform names a failure', () => {
    const events = [
      buildEvent(0, 'consumer-1', 'failed', { reason: 'Error' }),
      buildEvent(500, 'consumer-1', 'failed', { reason: 'CrashLoopBackOff' }),
      buildEvent(900, 'consumer-1', 'starting', { restarts: 1, reason: 'Error' }),
    ];
    expect(check(events)).toMatchObject({ measurements: { unaskedEnds: 1 } });
  });

  it.each(['ErrImagePull', 'Evicted'])('does not take %s for an end of the process itself', (reason) => {
    expect(check([buildEvent(0, 'consumer-1', 'failed', { reason })])).toMatchObject({ verdict: 'pass' });
  });

  it('leaves brokers and producers to other checks', () => {
    const events = ['kafka', 'producer'].map((workload) =>
      buildEvent(0, `${workload}-1`, 'failed', { workload, reason: 'exit 1' }),
    );
    expect(check(events)).toMatchObject({ verdict: 'pass' });
  });

  it('counts those it does not name', () => {
    const events = [1, 2, 3, 4, 5].map((number) => buildEvent(number, `consumer-${String(number)}`, 'failed'));
    expect(check(events).summary).toMatch(/^5 consumers: 5 processes ended unexpectedly: .* and 2 others\.$/);
  });
});
