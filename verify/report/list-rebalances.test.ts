import { describe, expect, it } from '@jest/globals';
import { buildHistory, NOW } from '../testing/history-fixture.ts';
import type { JournalContent } from '../history/read-journal.ts';
import { describeUnplanned, listRebalances } from './list-rebalances.ts';

type Rebalance = JournalContent['rebalances'][number];

const rebalance = (
  generation: number,
  at: number,
  kind: Rebalance['cause']['kind'],
  completes: number | null = null,
): Rebalance => ({
  generation,
  at: NOW + at,
  cause: { kind, sentence: `${kind} it is` },
  completes,
  membersBefore: 2,
  membersAfter: 2,
  moves: [],
  pauses: [],
  longestPauseMs: null,
});
const fault = (at: number, kind: string) => ({ at: NOW + at, kind, target: 'consumer-1', rule: 'any consumer' });
const generations = buildHistory().generations.map((each, index) => ({ ...each, at: NOW + index * 1000 }));
const list = (rebalances: readonly Rebalance[], faults: JournalContent['faults'] = [], known = generations) =>
  listRebalances({ header: { startedAt: NOW } as JournalContent['header'], rebalances, faults }, known);

describe('listRebalances', () => {
  it('leaves out those that the run began with', () => {
    const all = [rebalance(1, -5000, 'unknown'), rebalance(2, 0, 'unknown'), rebalance(3, 1, 'scaled')];
    expect(list(all).map(({ generation }) => generation)).toEqual([3]);
  });

  it("goes by the run's begin when the group's log was not read", () => {
    expect(list([rebalance(1, -1, 'unknown'), rebalance(2, 1, 'killed')], [], [])).toMatchObject([{ generation: 2 }]);
  });

  it.each([
    { what: 'nobody was paused', faults: [fault(100, 'kill')], isUnplanned: true },
    { what: 'a member is paused', faults: [fault(100, 'pause')], isUnplanned: false },
    {
      what: 'a member has just been resumed',
      faults: [fault(100, 'pause'), fault(5000, 'resume')],
      isUnplanned: false,
    },
    { what: 'a member was resumed long ago', faults: [fault(100, 'pause'), fault(4999, 'resume')], isUnplanned: true },
    { what: 'a member is paused only later', faults: [fault(20_001, 'pause')], isUnplanned: true },
  ])('takes a lost membership, when $what, for unplanned: $isUnplanned', ({ faults, isUnplanned }) => {
    for (const kind of ['session-expired', 'joined-again'] as const) {
      expect(list([rebalance(2, 20_000, kind)], faults)).toMatchObject([{ isUnplanned }]);
    }
    expect(list([rebalance(2, 20_000, 'scaled')], faults)).toMatchObject([{ isUnplanned: false }]);
  });

  it('tells of one that was lost once, also when another rebalance completes that', () => {
    const both = [rebalance(2, 5, 'session-expired'), rebalance(3, 6, 'session-expired', 2)];
    expect(list(both).map(({ isUnplanned }) => isUnplanned)).toEqual([true, false]);
  });

  it('is told in words', () => {
    const saved = list([rebalance(2, 5, 'session-expired'), rebalance(3, 6, 'scaled')]);
    expect(describeUnplanned(saved)).toEqual(['unplanned: generation 2, because session-expired it is']);
  });
});
