import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { checkDuplicates } from './duplicates.ts';
import {
  buildGeneration,
  buildHistory,
  buildReceipt,
  cutLedger,
  cutLog,
  FIRST_OFFSET,
  NOW,
} from '../testing/history-fixture.ts';
import type { Generation, History, LedgerEntry } from './history.ts';
import { correctHistory } from '../testing/plan-fixture.ts';
import { runCheck } from '../testing/run-check-fixture.ts';

const check = (history: History) => runCheck(checkDuplicates, history);

/** Appends the last record once more, in the same or another partition. */
function storeAgain(history: History, partition?: number): History {
  const record = history.log.at(-1);
  if (!record) throw new Error('nothing is stored');
  return { ...history, log: [...history.log, { ...record, partition: partition ?? record.partition, offset: 1000 }] };
}

/** Appends a receipt over what was processed, of the next generation unless told otherwise. */
function processAgain(
  history: History,
  place: Pick<LedgerEntry, 'partition' | 'from' | 'to'>,
  changes: Partial<LedgerEntry> = {},
): History {
  const ledgerOffset = 1000 + history.receipts.length;
  const receipt = buildReceipt({ ...place, ledgerOffset }, { generation: ledgerOffset, ...changes });
  return { ...history, receipts: [...history.receipts, receipt] };
}

function limitTo(history: History, duplicates: number): History {
  return { ...history, limits: { duplicates } };
}

describe('duplicates', () => {
  it.each([{ partition: 0 }, { partition: 1 }])(
    'fails when a record is stored again on partition $partition',
    (place) => {
      const once = buildHistory();
      const [told] = once.log.slice(-1).map(({ partition, offset }) => ({ partition, offset }));
      const history = storeAgain(once, place.partition);

      const result = check(history);

      expect(result).toMatchObject({
        verdict: 'fail',
        summary: '25 records stored: 1 is a second copy.',
        measurements: { storedTwiceRecords: 1 },
      });
      expect(result.evidence).toHaveLength(1);
      expect(result.evidence[0]).toMatchObject({
        finding: 'storedTwice',
        operation: { outcome: { kind: 'ok', ...told } },
        stray: history.log.at(-1),
      });
    },
  );

  it('fails in any run in which a record is stored twice', () => {
    fc.assert(fc.property(correctHistory, (history) => expect(check(storeAgain(history)).verdict).toBe('fail')));
  });

  it('counts every copy beyond the first', () => {
    const twice = storeAgain(buildHistory());
    const [copy] = twice.log.slice(-1).map((record) => ({ ...record, offset: 2000 }));
    const log = copy ? [...twice.log, copy] : [];
    expect(check({ ...twice, log }).measurements).toMatchObject({ storedTwiceRecords: 2 });
  });

  it('shows second copies only, when redeliveries are accepted', () => {
    const { evidence } = check(storeAgain(buildHistory({ redeliverEvery: 1 })));
    expect(evidence).toEqual([expect.objectContaining({ finding: 'storedTwice' })]);
  });

  it('counts records that were processed more than once, and shows them, without a limit', () => {
    const again = processAgain(buildHistory(), { partition: 1, from: 12, to: 15 });
    const result = check(processAgain(again, { partition: 1, from: 15, to: 15 }));

    expect(result).toMatchObject({
      verdict: 'pass',
      summary: '24 records stored: each once, 4 records processed twice, all after a handover.',
      measurements: { processedTwiceRecords: 4, repeatedProcessings: 5 },
    });
    expect(result.evidence).toHaveLength(4);
  });

  it('counts every repetition of a record that was processed many times', () => {
    const history = buildHistory({ receiptLength: 1 });
    const receipts = Array.from({ length: 300 }, (_, index) =>
      buildReceipt({ partition: 0, from: 10, to: 10, ledgerOffset: 1000 + index }, { generation: 2 + index }),
    );
    expect(check({ ...history, receipts: [...history.receipts, ...receipts] }).measurements).toMatchObject({
      processedTwiceRecords: 1,
      repeatedProcessings: 300,
    });
  });

  it.each([
    { limit: 3, verdict: 'fail' },
    { limit: 4, verdict: 'pass' },
  ])('gives $verdict for four records processed twice when $limit are accepted', ({ limit, verdict }) => {
    const history = processAgain(buildHistory(), { partition: 1, from: 12, to: 15 });
    expect(check(limitTo(history, limit)).verdict).toBe(verdict);
  });

  it('fails in any run in which a record is processed twice and none may be', () => {
    fc.assert(
      fc.property(correctHistory, (history) => {
        const record = history.log.at(-1);
        const offset = record?.offset ?? 0;
        const again = processAgain(history, { partition: record?.partition ?? 0, from: offset, to: offset });
        expect(check(limitTo(again, 0)).verdict).toBe('fail');
      }),
    );
  });

  it("does not count what was processed twice of other runs' records", () => {
    const history = processAgain(buildHistory(), { partition: 0, from: 0, to: FIRST_OFFSET - 1 });
    expect(check(limitTo(history, 0)).verdict).toBe('pass');
  });

  it.each([
    { what: 'the log was cut off', cut: (history: History) => cutLog(history, 0, FIRST_OFFSET + 1) },
    { what: 'the ledger was cut off', cut: (history: History) => cutLedger(history, 0, FIRST_OFFSET + 1) },
    { what: 'the ledger was not read', cut: (history: History) => ({ ...history, ledgerRange: [] }) },
    { what: 'nothing of the run is in the log', cut: (history: History) => ({ ...history, log: [] }) },
  ])('does not know when $what', ({ cut }) => {
    expect(check(cut(buildHistory())).verdict).toBe('unknown');
  });

  it('fails when more than the limit is left though the ledger was cut off', () => {
    const history = processAgain(buildHistory(), { partition: 1, from: 12, to: 15 });
    expect(check(limitTo(cutLedger(history, 0, FIRST_OFFSET + 1), 3)).verdict).toBe('fail');
  });

  const repetitions = [
    { what: 'by the next generation', changes: { generation: 2 }, verdict: 'pass' },
    {
      what: 'by the next generation, of the same member',
      changes: { generation: 2, member: 'consumer-0' },
      verdict: 'pass',
    },
    { what: 'by a member that is late', changes: { generation: 0 }, verdict: 'pass' },
    { what: 'by the same generation', changes: { generation: 1 }, verdict: 'fail' },
    {
      what: 'by the same generation, of another member',
      changes: { generation: 1, member: 'consumer-9' },
      verdict: 'fail',
    },
  ];

  it.each(repetitions)('gives $verdict for two records processed again $what', ({ changes, verdict }) => {
    const place = { partition: 0, from: 11, to: 12 };
    expect(check(processAgain(buildHistory(), place, changes))).toMatchObject({
      verdict,
      summary:
        verdict === 'pass'
          ? '24 records stored: each once, 2 records processed twice, all after a handover.'
          : '24 records stored: 2 were processed twice without a handover.',
      measurements: {
        processedTwiceRecords: 2,
        redeliveredRecords: verdict === 'pass' ? 2 : 0,
        processedAgainRecords: verdict === 'pass' ? 0 : 2,
      },
    });
  });

  it('takes a generation that was written again for a handover, as when a static member comes back', () => {
    const history = processAgain(buildHistory(), { partition: 0, from: 11, to: 12 }, { generation: 1 });
    const write = (after: number): History => ({
      ...history,
      generations: [buildGeneration(1, [[0, 1]]), buildGeneration(1, [[0, 1]], { at: NOW + after })],
    });
    expect(check(write(500)).verdict).toBe('pass');
    const early = buildGeneration(1, [[0, 1]], { at: NOW - 90_000 });
    const once = { ...history, generations: [early, { ...early, at: NOW - 60_000 }] };
    expect(check(once).verdict).toBe('fail');
  });

  describe('of what was committed', () => {
    const place = { partition: 0, from: 11, to: 12 };
    const commitAt = (offset: number, after: number) => ({ partition: 0, offset, at: NOW + after });
    const repeat = (commits: History['commits'], changes: Partial<History> = {}): History => ({
      ...processAgain(buildHistory(), place, { generation: 2 }),
      generations: [buildGeneration(1, [[0, 1]], { at: NOW - 60_000 }), buildGeneration(2, [[0], [1]])],
      commits,
      ...changes,
    });

    it.each([
      { what: 'before the generation', commits: [commitAt(12, -2001)], verdict: 'fail', records: 1 },
      { what: 'at the same time', commits: [commitAt(12, -2000)], verdict: 'pass', records: 0 },
      { what: 'below it', commits: [commitAt(11, -5000)], verdict: 'pass', records: 0 },
      { what: 'and set back', commits: [commitAt(16, -9000), commitAt(10, -5000)], verdict: 'pass', records: 0 },
      {
        what: 'of another partition',
        commits: [{ ...commitAt(16, -5000), partition: 1 }],
        verdict: 'pass',
        records: 0,
      },
      { what: 'twice', commits: [commitAt(11, -9000), commitAt(16, -5000)], verdict: 'fail', records: 2 },
    ])('gives $verdict for what was committed $what', ({ commits, verdict, records }) => {
      expect(check(repeat(commits))).toMatchObject({ verdict, measurements: { committedBeforeRecords: records } });
    });

    it('says so, and shows the records', () => {
      const result = check(repeat([commitAt(16, -5000)]));
      expect(result.summary).toBe(
        '24 records stored: 2 were processed again though committed before the partition was given to who did it.',
      );
      expect(result.evidence).toHaveLength(2);
    });

    it('does not go by a history of the group with a gap', () => {
      expect(check(repeat([commitAt(16, -5000)], { groupReading: 'cut' })).verdict).toBe('pass');
    });
  });

  describe('of what is handed over', () => {
    const at = (ms: number): string => new Date(NOW + ms).toISOString();
    const work = (member: string, atMs: number, generation?: number): Partial<LedgerEntry> => ({
      member,
      generation,
      startedAt: at(atMs),
      finishedAt: at(atMs + 100),
    });
    const commitAt = (offset: number, atMs: number) => ({ partition: 0, offset, at: NOW + atMs });
    const inOrder = [
      buildGeneration(1, [[0, 1], []], { at: NOW - 60_000 }),
      buildGeneration(2, [[1], []], { at: NOW + 9000 }),
      buildGeneration(3, [[1], [0]], { at: NOW + 10_000 }),
    ];
    const [first, , third] = inOrder as [Generation, Generation, Generation];
    const killed = [first, { ...third, generation: 2, members: third.members.slice(1) }];
    /** `consumer-0` has processed all of partition 0, and `consumer-1` processes two records of it again. */
    function repeat(numbers: readonly [number?, number?], changes: Partial<History> = {}, atMs = 10_200): History {
      const history = buildHistory();
      const receipts = history.receipts.map((each) => ({ ...each, ...work('consumer-0', 0, numbers[0]) }));
      const place = { partition: 0, from: 20, to: 21 };
      const again = processAgain(
        { ...history, receipts, generations: inOrder },
        place,
        work('consumer-1', atMs, numbers[1]),
      );
      return { ...again, commits: [], ...changes };
    }

    it.each([{ numbers: [1, 3] as const }, { numbers: [] as const }])(
      'fails for what is repeated after a handover in order, with generations $numbers',
      ({ numbers }) => {
        const result = check(repeat(numbers));
        expect(result).toMatchObject({ verdict: 'fail', measurements: { repeatedInOrderRecords: 2 } });
        expect(result.summary).toBe(
          '24 records stored: 2 were processed again after a handover in order, before which there was time to commit.',
        );
        expect(result.evidence).toHaveLength(2);
      },
    );

    it.each([
      { what: 'the former owner was out of the group', changes: { generations: killed } },
      { what: 'a broker was killed', changes: { faults: [{ kind: 'kill', target: 'kafka-1', at: NOW + 5000 }] } },
      { what: 'the history of the group has a gap', changes: { groupReading: 'cut' as const } },
    ])('passes it when $what', ({ changes }) => {
      expect(check(repeat([], changes))).toMatchObject({ verdict: 'pass', measurements: { redeliveredRecords: 2 } });
    });

    it('fails for what was committed before the one who repeats it got the partition, without generations', () => {
      const commits = [commitAt(22, 5000)];
      const result = check(repeat([], { generations: killed, commits }));
      expect(result).toMatchObject({ verdict: 'fail', measurements: { committedBeforeRecords: 2 } });
      expect(check(repeat([], { generations: killed, commits: [commitAt(20, 5000)] })).verdict).toBe('pass');
      expect(check(repeat([0, 0], { generations: killed, commits })).measurements).toMatchObject({
        committedBeforeRecords: 2,
      });
    });

    it('goes by the earliest membership that may have done the work', () => {
      const early = buildGeneration(1, [[1], [0]], { at: NOW - 60_000 });
      const generations = [early, { ...first, generation: 2, at: NOW - 30_000 }, { ...third, at: NOW + 10_000 }];
      const commits = [commitAt(22, 5000)];
      // It lost the partition to one that had joined with it, so its first time is over.
      expect(check(repeat([], { generations, commits })).measurements).toMatchObject({ committedBeforeRecords: 2 });
      const silent = generations.map((each, place) =>
        place === 1 ? { ...each, members: each.members.slice(0, 1) } : each,
      );
      const late = silent.map((each, place) => (place === 1 ? { ...each, at: NOW + 4000 } : each));
      expect(check(repeat([], { generations: late, commits })).measurements).toMatchObject({
        committedBeforeRecords: 0,
      });
    });
  });

  it('finds what a generation processed twice, though another processed it in between', () => {
    const place = { partition: 0, from: 11, to: 11 };
    const handedOver = processAgain(buildHistory(), place, { generation: 2 });
    expect(check(handedOver).verdict).toBe('pass');

    const result = check(processAgain(handedOver, place, { generation: 1 }));

    expect(result.verdict).toBe('fail');
    expect(result.evidence).toEqual([
      {
        finding: 'processedAgain',
        record: expect.objectContaining({ partition: 0, offset: 11 }),
        receipts: [1, 2, 1].map((generation) => expect.objectContaining({ generation })),
      },
    ]);
  });

  it('bounds redeliveries and others together', () => {
    const redelivered = processAgain(buildHistory(), { partition: 0, from: 11, to: 12 });
    const history = processAgain(redelivered, { partition: 1, from: 11, to: 11 }, { generation: 1 });
    expect(check(limitTo(history, 2)).summary).toBe(
      '24 records stored: 1 was processed twice without a handover and 3 records processed twice, 2 accepted.',
    );
    expect(check(limitTo(history, 3)).summary).toBe('24 records stored: 1 was processed twice without a handover.');
  });

  it('fails in any run in which a record is processed twice without a handover, and in no other', () => {
    fc.assert(
      fc.property(correctHistory, fc.boolean(), (history, isHandedOver) => {
        const { partition, offset } = history.log.at(-1) ?? { partition: 0, offset: 0 };
        const last = history.receipts.findLast((each) => each.partition === partition && each.to >= offset);
        const generation = (last?.generation ?? 0) + (isHandedOver ? 1 : 0);
        const again = processAgain(history, { partition, from: offset, to: offset }, { generation });
        expect(check(again).verdict).toBe(isHandedOver ? 'pass' : 'fail');
      }),
    );
  });

  describe('without generations in the receipts', () => {
    const at = (ms: number): string => new Date(NOW + ms).toISOString();
    const place = { partition: 0, from: 11, to: 12 };

    /** Two records processed at once, and again after 20 s; and a generation of the group in between, or not. */
    function processAfter20Seconds(generationAtMs: number | undefined): History {
      const history = buildHistory();
      const receipts = history.receipts.map((each) => ({ ...each, generation: undefined, finishedAt: at(1000) }));
      const again = processAgain({ ...history, receipts }, place, {
        generation: undefined,
        startedAt: at(20_000),
        finishedAt: at(21_000),
      });
      const generations =
        generationAtMs === undefined ? [] : [buildGeneration(2, [[], [0, 1]], { at: NOW + generationAtMs })];
      return { ...again, generations: [buildGeneration(1, [[0, 1]], { at: NOW - 60_000 }), ...generations] };
    }

    it.each([
      { generationAtMs: 10_000, verdict: 'pass' },
      { generationAtMs: -1500, verdict: 'pass' },
      { generationAtMs: 22_500, verdict: 'pass' },
      { generationAtMs: -2500, verdict: 'fail' },
      { generationAtMs: 23_500, verdict: 'fail' },
      { generationAtMs: undefined, verdict: 'fail' },
    ])('gives $verdict when the group had a generation at $generationAtMs ms', ({ generationAtMs, verdict }) => {
      expect(check(processAfter20Seconds(generationAtMs)).verdict).toBe(verdict);
    });

    it('goes by the clock when one of two receipts has a generation', () => {
      const history = processAfter20Seconds(undefined);
      const receipts = history.receipts.map((each, index) => (index === 0 ? { ...each, generation: 1 } : each));
      expect(check({ ...history, receipts }).verdict).toBe('fail');
    });

    it('finds the handover before which a paused member had processed what it accounts for late', () => {
      const history = processAfter20Seconds(10_000);
      const [first, ...others] = history.receipts;
      const again = history.receipts.at(-1);
      if (!first || !again) throw new Error('nothing was processed');
      // The new owner is first in the ledger.
      const swapped = [
        { ...again, ledgerOffset: first.ledgerOffset, from: first.from, to: first.to },
        ...others.slice(0, -1),
        { ...first, ledgerOffset: again.ledgerOffset },
      ];
      expect(check({ ...history, receipts: swapped }).verdict).toBe('pass');
    });

    it.each(['cut', 'unread'] as const)('does not know when the history of the group is %s', (groupReading) => {
      expect(check({ ...processAfter20Seconds(undefined), groupReading })).toMatchObject({
        verdict: 'unknown',
        measurements: { unjudgedRecords: 2 },
      });
      expect(check({ ...processAfter20Seconds(10_000), groupReading }).verdict).toBe('pass');
    });
  });
});
