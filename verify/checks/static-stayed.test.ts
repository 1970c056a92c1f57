import { describe, expect, it } from '@jest/globals';
import { buildEvent, buildGeneration, buildHistory, NOW } from '../testing/history-fixture.ts';
import type { Generation, History } from './history.ts';
import { checkStaticStayed, staticStayed } from './static-stayed.ts';

/** Two static members as they are in a generation; a mark is the membership of the first one. */
function build(number: number, atMs: number, mark = 'a', ids: readonly string[] = ['one', 'two']): Generation {
  const generation = buildGeneration(number, [[0], [1]], { at: NOW + atMs });
  const members = generation.members.flatMap((member, index) => {
    const groupInstanceId = ids[index];
    if (groupInstanceId === undefined) return [];
    return [{ ...member, groupInstanceId, memberId: index === 0 ? `${member.member}-${mark}` : member.memberId }];
  });
  return { ...generation, members };
}

const KILL = [{ at: NOW + 1000, kind: 'kill', target: 'consumer-0' }];
const tell = (generations: readonly Generation[], changes: Partial<History> = {}): History => ({
  ...buildHistory(),
  generations,
  faults: KILL,
  steps: [],
  replicaEvents: [],
  ...changes,
});

describe('static-stayed', () => {
  it('passes when who was away comes back in the same generation', () => {
    expect(checkStaticStayed(tell([build(1, 0), build(1, 3000, 'b')]))).toMatchObject({
      verdict: 'pass',
      summary: '1 return of a static member: nothing moved for who was back within its session.',
      measurements: { returns: 1, noticedReturns: 0 },
    });
  });

  it('fails when the group rebalanced for a return within the session', () => {
    expect(checkStaticStayed(tell([build(1, 0), build(2, 3000, 'b')]))).toMatchObject({
      verdict: 'fail',
      summary:
        '1 return of a static member: the group rebalanced for 1 return within the session: consumer-0 came back in generation 2.',
      evidence: [{ finding: 'noticed', replica: 'consumer-0', generation: 2 }],
    });
  });

  it('does not judge who was away for longer than its session, by whatever was seen of its end', () => {
    const late = [build(1, 0), build(2, 12_000, 'b')];
    expect(checkStaticStayed(tell(late)).verdict).toBe('pass');
    const replicaEvents = [buildEvent(9000, 'consumer-0', 'failed')];
    expect(checkStaticStayed(tell(late, { replicaEvents })).verdict).toBe('fail');
  });

  it('does not judge a rebalance that another member has made', () => {
    expect(checkStaticStayed(tell([build(1, 0), build(2, 3000, 'b', ['one'])])).verdict).toBe('pass');
    expect(checkStaticStayed(tell([build(1, 0, 'a', ['one']), build(2, 3000, 'b')])).verdict).toBe('pass');
  });

  it('does not judge a rebalance while the group is rolled or scaled, or has just been', () => {
    const step = { index: 0, text: '', outcome: 'done', detail: null } as const;
    const judge = (kind: string, startedMs: number, endedMs: number | null) =>
      checkStaticStayed(
        tell([build(1, 0), build(2, 3000, 'b')], {
          steps: [
            { ...step, kind, startedAt: NOW + startedMs, endedAt: endedMs === null ? null : NOW + endedMs },
            { ...step, kind: 'hold', startedAt: NOW + startedMs + 1, endedAt: null },
          ],
        }),
      ).verdict;
    expect(judge('roll', 500, 4000)).toBe('pass');
    expect(judge('roll', 500, null)).toBe('pass');
    expect(judge('scale', 500, 600)).toBe('pass');
    expect(judge('scale', -60_000, -59_000)).toBe('fail');
    expect(judge('kill', 500, 4000)).toBe('fail');
    expect(judge('scale', 3500, 4000)).toBe('fail');
  });

  it('passes when nobody was away, and cannot tell when the history has a gap', () => {
    expect(checkStaticStayed(tell([build(1, 0), build(2, 3000)]))).toMatchObject({
      verdict: 'pass',
      summary: '0 returns of static members: nobody was away.',
    });
    expect(checkStaticStayed(tell([build(1, 0)], { groupReading: 'cut' })).verdict).toBe('unknown');
  });

  it('is asked of groups with static members only', () => {
    const steps = buildHistory().steps;
    expect(staticStayed.isAsked?.(tell([build(1, 0)], { steps }))).toBe(steps.length > 0);
    expect(staticStayed.isAsked?.(tell([buildGeneration(1, [[0]], {})], { steps }))).toBe(false);
  });
});
