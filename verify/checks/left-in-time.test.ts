import { describe, expect, it } from '@jest/globals';
import { buildEvent, buildGeneration, buildHistory, buildReceipt, NOW } from '../testing/history-fixture.ts';
import type { FaultRecord, Generation, History } from './history.ts';
import { checkLeftInTime } from './left-in-time.ts';
import { MemberWork } from './member-work.ts';

const STOP = [buildEvent(1000, 'consumer-1', 'terminating'), buildEvent(1500, 'consumer-1', 'removed')];

/** Two members, of which the second ends, and the group goes on without it so long after `NOW`. */
function buildStop(goesOnMs: number, changes: Partial<History> = {}): History {
  const generations = [
    buildGeneration(1, [[0], [1]], { at: NOW - 5000 }),
    buildGeneration(2, [[0, 1]], { at: NOW + goesOnMs }),
  ];
  return { ...buildHistory(), generations, replicaEvents: STOP, receipts: [], ...changes };
}

const buildWork = (startedMs: number, finishedMs: number) =>
  buildReceipt(
    { partition: 0, from: 10, to: 12, ledgerOffset: 10 },
    { startedAt: new Date(NOW + startedMs).toISOString(), finishedAt: new Date(NOW + finishedMs).toISOString() },
  );
const check = (history: History) => checkLeftInTime(history, MemberWork.of(history.receipts));
const verdictOf = (history: History): string => check(history).verdict;

describe('left-in-time', () => {
  it('passes when nobody was told to end', () => {
    expect(check({ ...buildHistory(), replicaEvents: [] })).toMatchObject({
      verdict: 'pass',
      summary: '0 consumers told to end: no consumer had to leave.',
    });
  });

  it('passes when the group goes on at once, also before the process has ended', () => {
    expect(verdictOf(buildStop(2000))).toBe('pass');
    expect(verdictOf(buildStop(1200))).toBe('pass');
  });

  it('passes when a member took its time to end and left then', () => {
    const replicaEvents = [buildEvent(1000, 'consumer-1', 'terminating'), buildEvent(16_000, 'consumer-1', 'removed')];
    expect(verdictOf(buildStop(16_500, { replicaEvents }))).toBe('pass');
  });

  it('fails with the name of one for whose session the group waited', () => {
    expect(check(buildStop(11_600))).toMatchObject({
      verdict: 'fail',
      summary:
        '1 consumer told to end: consumer-1 ended without leaving, and the group waited 10,100 ms after its end.',
      evidence: [{ finding: 'stayed', replica: 'consumer-1', waitedMs: 10_100, sessionTimeoutMs: 10_000 }],
    });
  });

  it('fails for one that a fault has stopped, by a shorter session as well', () => {
    const [first, second] = buildStop(5500).generations as [Generation, Generation];
    const members = first.members.map((member) => ({ ...member, sessionTimeoutMs: 6000 }));
    const faults: FaultRecord[] = [{ at: NOW + 1000, kind: 'stop', target: 'consumer-1' }];
    const replicaEvents = [buildEvent(1500, 'consumer-1', 'stopped')];
    const history = buildStop(5500, { faults, replicaEvents, generations: [{ ...first, members }, second] });
    expect(verdictOf(history)).toBe('fail');
  });

  /** Two stop at a time, twice, and the group goes on so long after each. */
  const buildStops = (...goesOnMs: readonly [number, number]): History => {
    const names = ['consumer-1', 'consumer-2', 'consumer-3', 'consumer-4'];
    const generations = [
      buildGeneration(1, [[0], [1], [], [], []], { at: NOW - 5000 }),
      buildGeneration(2, [[0], [], [], [1], []], { at: NOW + goesOnMs[0] }),
      buildGeneration(3, [[0, 1]], { at: NOW + 30_000 + goesOnMs[1] }),
    ];
    const [all, some, one] = generations as [Generation, Generation, Generation];
    const staying = { ...some, members: all.members.filter(({ member }) => !names.slice(0, 2).includes(member)) };
    const replicaEvents = names.flatMap((name, index) => {
      const toldMs = index < 2 ? 0 : 30_000;
      return [buildEvent(toldMs, name, 'terminating'), buildEvent(toldMs + index * 100, name, 'removed')];
    });
    return { ...buildHistory(), generations: [all, staying, one], receipts: [], replicaEvents };
  };

  it('says of members that ended together that each may have been the one, if none ever left in time', () => {
    expect(check(buildStops(10_100, 10_300)).summary).toBe(
      '4 consumers told to end: one or more of consumer-1 and consumer-2 ended without leaving, and the group waited 10,000 ms after its end and one or more of consumer-3 and consumer-4 ended without leaving, and the group waited 10,000 ms after its end.',
    );
  });

  it('blames none of those that ended together if others have shown that they leave', () => {
    expect(check(buildStops(10_100, 500))).toMatchObject({
      verdict: 'pass',
      measurements: { stops: 4, excusedStops: 2 },
    });
  });

  it('does not blame one that was told to end while others came or went', () => {
    const successor = [buildEvent(-4000, 'consumer-2', 'starting'), buildEvent(-1000, 'consumer-2', 'ready')];
    const generations = [
      buildGeneration(1, [[0], [1]], { at: NOW - 50_000 }),
      buildGeneration(2, [[0], [], [1]], { at: NOW - 200 }),
      buildGeneration(3, [[0, 1]], { at: NOW + 11_600 }),
    ];
    const [first, second, third] = generations as [Generation, Generation, Generation];
    const left = { ...third, members: second.members.filter(({ member }) => member !== 'consumer-1') };
    const history = buildStop(0, { generations: [first, second, left], replicaEvents: [...successor, ...STOP] });
    expect(check(history)).toMatchObject({ verdict: 'pass', measurements: { excusedStops: 1 } });
    expect(
      check(
        buildStop(11_600, {
          generations: buildStop(11_600).generations.map((each) => ({
            ...each,
            at: each.generation === 1 ? NOW : each.at,
          })),
        }),
      ),
    ).toMatchObject({ verdict: 'pass' });
  });

  it('asks no static member to leave', () => {
    const [first, second] = buildStop(11_600).generations as [Generation, Generation];
    const members = first.members.map((member) => ({ ...member, groupInstanceId: member.member }));
    expect(check(buildStop(0, { generations: [{ ...first, members }, second] }))).toMatchObject({
      verdict: 'pass',
      measurements: { staticMembers: 1 },
    });
  });

  const excuses: readonly { why: string; changes: Partial<History> }[] = [
    { why: 'a broker was killed', changes: { faults: [{ at: NOW + 500, kind: 'kill', target: 'kafka-0' }] } },
    {
      why: 'a broker was away by itself',
      changes: { replicaEvents: [...STOP, buildEvent(800, 'kafka-0', 'unready', { workload: 'kafka' })] },
    },
    {
      why: 'the session of another had to end',
      changes: { faults: [{ at: NOW - 500, kind: 'kill', target: 'consumer-0' }] },
    },
    {
      why: 'another was paused',
      changes: { faults: [{ at: NOW - 60_000, kind: 'pause', target: 'consumer-0' }] },
    },
    {
      why: 'another process had ended by itself',
      changes: { replicaEvents: [...STOP, buildEvent(900, 'consumer-0', 'failed')] },
    },
    { why: 'another was at work from before to the end', changes: { receipts: [buildWork(500, 11_000)] } },
  ];
  it.each(excuses)('does not blame who has ended when $why', ({ changes }) => {
    expect(check(buildStop(11_600, changes))).toMatchObject({
      verdict: 'pass',
      measurements: { excusedStops: 1 },
    });
  });

  it('is not misled by what others did in small pieces', () => {
    const receipts = Array.from({ length: 20 }, (_, index) => buildWork(index * 500, index * 500 + 400));
    expect(verdictOf(buildStop(11_600, { receipts }))).toBe('fail');
  });

  it('does not judge who was no member, was killed meanwhile, or ended when nothing followed', () => {
    const alone = [buildGeneration(1, [[0, 1]])];
    expect(verdictOf(buildStop(0, { generations: alone }))).toBe('pass');
    const faults: FaultRecord[] = [{ at: NOW + 1200, kind: 'kill', target: 'consumer-1' }];
    expect(verdictOf(buildStop(11_600, { faults }))).toBe('pass');
    expect(verdictOf(buildStop(0, { generations: [buildGeneration(1, [[0], [1]], { at: NOW - 5000 })] }))).toBe('pass');
  });

  it('does not know when the history of the group has a gap', () => {
    expect(verdictOf(buildStop(11_600, { groupReading: 'cut' }))).toBe('unknown');
  });
});
