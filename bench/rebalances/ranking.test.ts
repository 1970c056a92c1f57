import { describe, expect, it } from '@jest/globals';
import type { Measured } from './changes.ts';
import { listMeasures, type ClientMeasures } from './measures.ts';
import { describeAhead, rankClients } from './ranking.ts';

function leave(client: string, balanceMs: number, repeated = 0): ClientMeasures {
  const measured: Measured = {
    change: 'leave',
    balanceMs,
    sinceBegunMs: undefined,
    pausesMs: [100, 200],
    dipPercent: 10,
    restDipPercent: 1,
    moved: 4,
    leastMoved: 4,
    repeated,
    loadGapMs: 60,
  };
  return { client, measures: [measured] };
}

const [balance, , , , twice] = listMeasures('leave');
if (balance === undefined || twice === undefined) throw new Error('the measures have other places');

describe('rankClients', () => {
  it('tells how many times the best each client takes', () => {
    const { best, ratios } = rankClients([leave('a', 300), leave('b', 200)], 'leave', balance);
    expect([best, ...ratios.map(({ ratio }) => ratio)]).toEqual([200, 1.5, 1]);
  });

  it('has no ratio to nothing, but for those that have nothing, too', () => {
    const { best, ratios } = rankClients([leave('a', 1, 0), leave('b', 1, 7), leave('c', 1, 0)], 'leave', twice);
    expect([best, ...ratios.map(({ ratio }) => ratio)]).toEqual([0, 1, Infinity, 1]);
  });

  it('leaves out of the comparison who was not measured', () => {
    const { best, ratios } = rankClients([leave('a', 300), { client: 'b', measures: [] }], 'leave', balance);
    expect([best, ...ratios.map(({ ratio }) => ratio)]).toEqual([300, 1, NaN]);
  });
});

describe('describeAhead', () => {
  it('names who is ahead, and how far ours is behind', () => {
    const said = describeAhead([leave('ours', 300, 2), leave('b', 200)], 'leave', 'ours');
    expect(said).toBe(
      'SIGTERM, 3 → 2 – time to balance: “b” (200 ms, “ours” 1.50 times that); pause of a partition: all alike (150 ms); ' +
        'longest pause of a change: all alike (200 ms); throughput dip: all alike (10 %); ' +
        'records processed twice: “b” (0 records, “ours” 2 records).',
    );
  });

  it('counts as ahead who is within a twentieth of the best', () => {
    const clients = [leave('ours', 208), leave('b', 200), leave('c', 800), leave('d', 900)];
    expect(describeAhead(clients, 'leave', 'ours')).toContain('time to balance: “ours” and “b” (200 ms)');
  });

  it('names those behind where they are fewer', () => {
    const clients = [leave('ours', 900), leave('b', 200), leave('c', 201)];
    expect(describeAhead(clients, 'leave', 'ours')).toContain(
      'time to balance: all but “ours” (200 ms, “ours” 4.50 times that)',
    );
  });

  it('says what nobody measured', () => {
    expect(describeAhead([leave('ours', 300)], 'kill', 'ours')).toContain('time to balance: not measured');
  });
});
