import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { healthyRun } from '../testing/healthy-run-fixture.ts';
import {
  buildGeneration,
  buildHistory,
  buildReceipt,
  cutLedger,
  FIRST_OFFSET,
  NOW,
  planOperations,
  SESSION_MS,
} from '../testing/history-fixture.ts';
import type { AcceptedCommit, FaultRecord, Generation, History, LedgerEntry } from './history.ts';
import { checkOneOwner } from './one-owner.ts';
import { runCheck } from '../testing/run-check-fixture.ts';

const check = (history: History) => runCheck(checkOneOwner, history);

const PATIENCE_MS = SESSION_MS + 2000;
const LOST_AT_MS = 10_000;
const at = (ms: number): string => new Date(NOW + ms).toISOString();

/** `consumer-0` was out of the group when this was written, and `consumer-1` has both partitions. */
const LOST = buildGeneration(2, [[], [0, 1]], { at: NOW + LOST_AT_MS });
const lostIn = (changes: Partial<Generation> = {}): Generation => ({
  ...LOST,
  members: LOST.members.slice(1),
  ...changes,
});

/**
 * `consumer-0` has both partitions, and from 10 s on `consumer-1`. The last receipt of partition 1 is of `consumer-0`, of
 * generation 1, and begun when the test says.
 */
function loseAndGoOn(startedAtMs: number, changes: Partial<History> = {}): History {
  const stale = { startedAt: at(startedAtMs), finishedAt: at(startedAtMs + 100) };
  return {
    ...buildHistory({ operations: planOperations(8) }),
    receipts: [
      buildReceipt({ partition: 0, from: 10, to: 13, ledgerOffset: 10 }),
      buildReceipt({ partition: 1, from: 10, to: 11, ledgerOffset: 10 }),
      buildReceipt({ partition: 1, from: 12, to: 13, ledgerOffset: 11 }, stale),
    ],
    generations: [buildGeneration(1, [[0, 1]]), lostIn()],
    ...changes,
  };
}

function fault(kind: string, atMs: number, target = 'consumer-0'): FaultRecord {
  return { kind, at: NOW + atMs, target };
}

describe('one-owner', () => {
  describe('in the generations', () => {
    it('fails when a partition has two owners', () => {
      const generations = [buildGeneration(1, [[0, 1]]), buildGeneration(2, [[0, 1], [1]])];
      const result = check({ ...buildHistory(), generations });
      expect(result).toMatchObject({ verdict: 'fail', measurements: { sharedPartitions: 1 } });
      expect(result.summary).toContain('1 time a partition had more than one owner in a generation');
      expect(result.evidence).toEqual([{ finding: 'sharedOwners', partition: 1, generation: generations[1] }]);
    });

    it('fails when a partition is owned that does not exist', () => {
      const result = check({ ...buildHistory(), generations: [buildGeneration(1, [[0, 1, 2]])] });
      expect(result.verdict).toBe('fail');
      expect(result.summary).toContain('1 time a partition was owned that does not exist.');
    });

    it('does not mind a partition without an owner, nor a group without members', () => {
      const generations = [buildGeneration(1, [[0, 1]]), buildGeneration(2, [[0]]), buildGeneration(3, [])];
      expect(check({ ...buildHistory(), generations }).verdict).toBe('pass');
    });
  });

  describe('in the receipts', () => {
    it('fails when another than the owner processed a partition', () => {
      const history = buildHistory();
      const stranger = { ...history.receipts[0], member: 'consumer-1' } as LedgerEntry;
      const result = check({ ...history, receipts: [stranger, ...history.receipts.slice(1)] });
      expect(result.verdict).toBe('fail');
      expect(result.summary).toContain('1 time a partition was processed by another than the owner.');
      expect(result.evidence).toEqual([{ finding: 'notOwner', receipt: stranger, generation: 1 }]);
    });

    it('takes any member of a client id for its owner, as when a container was restarted', () => {
      const restarted = { ...buildGeneration(1, [[], [0, 1]]) };
      const members = restarted.members.map((each) => ({ ...each, member: 'consumer-0' }));
      expect(check({ ...buildHistory(), generations: [{ ...restarted, members }] }).verdict).toBe('pass');
    });

    it('takes an owner of any writing of a generation for its owner', () => {
      const generations = [buildGeneration(1, [[], [0, 1]]), buildGeneration(1, [[0, 1]])];
      expect(check({ ...buildHistory(), generations }).verdict).toBe('pass');
    });

    it.each([
      { generation: 7, what: 'after all that are known', verdict: 'unknown' },
      { generation: 0, what: 'that no group has', verdict: 'unknown' },
    ])('gives $verdict for a receipt of a generation $what', ({ generation, verdict }) => {
      const history = buildHistory();
      const [first, ...others] = history.receipts;
      const receipts = [{ ...first, generation } as LedgerEntry, ...others];
      expect(check({ ...history, receipts }).verdict).toBe(verdict);
    });

    it('fails in any healthy run in which one receipt is of another member', () => {
      fc.assert(
        fc.property(healthyRun, fc.nat(), (history, index) => {
          const changed = index % history.receipts.length;
          const receipts = history.receipts.map((each, place) =>
            place === changed ? { ...each, member: 'somebody' } : each,
          );
          expect(check({ ...history, receipts })).toMatchObject({
            verdict: 'fail',
            measurements: { notOwnersReceipts: 1 },
          });
        }),
        { numRuns: 30 },
      );
    });
  });

  describe('after a loss', () => {
    it.each([
      { what: 'begun before the loss', startedAtMs: LOST_AT_MS - 1, verdict: 'pass', records: 0 },
      { what: 'begun after the loss', startedAtMs: LOST_AT_MS + 1, verdict: 'pass', records: 2 },
      { what: 'begun within a session', startedAtMs: LOST_AT_MS + PATIENCE_MS, verdict: 'pass', records: 2 },
      { what: 'begun after a session', startedAtMs: LOST_AT_MS + PATIENCE_MS + 1, verdict: 'fail', records: 0 },
    ])('gives $verdict for a receipt $what', ({ startedAtMs, verdict, records }) => {
      expect(check(loseAndGoOn(startedAtMs))).toMatchObject({
        verdict,
        measurements: { processedWhileLosingRecords: records, wentOnReceipts: verdict === 'fail' ? 1 : 0 },
      });
    });

    it('hands over the receipt and the generation in which the partition was lost', () => {
      const history = loseAndGoOn(60_000);
      const result = check(history);
      expect(result.summary).toContain(
        '1 time a member went on with a partition after it was told that it had lost it.',
      );
      expect(result.evidence).toEqual([
        {
          finding: 'wentOn',
          receipt: history.receipts[2],
          lostIn: history.generations[1],
          toldBy: NOW + LOST_AT_MS + PATIENCE_MS,
        },
      ]);
    });

    it('knows that a member was told by what it processed in a newer generation', () => {
      const history = loseAndGoOn(LOST_AT_MS + 2000);
      const processNewer = (startedAtMs: number): History => {
        const place = { partition: 0, from: 10, to: 10, ledgerOffset: 11 };
        const newer = buildReceipt(place, { generation: 3, startedAt: at(startedAtMs), finishedAt: at(startedAtMs) });
        const again = buildGeneration(3, [[0], [1]], { at: NOW + LOST_AT_MS + 1900 });
        return {
          ...history,
          receipts: [...history.receipts, newer],
          generations: [...history.generations, again],
        };
      };
      expect(check(processNewer(LOST_AT_MS + 1999)).verdict).toBe('fail');
      expect(check(processNewer(LOST_AT_MS + 2000)).verdict).toBe('pass');
    });

    it('does not take work begun before the loss for knowledge of it', () => {
      const place = { partition: 0, from: 10, to: 10, ledgerOffset: 11 };
      const over = buildReceipt(place, {
        generation: 3,
        startedAt: at(LOST_AT_MS - 100),
        finishedAt: at(LOST_AT_MS + 500),
      });
      const goOn = (startedAtMs: number): History => {
        const history = loseAndGoOn(startedAtMs);
        const again = buildGeneration(3, [[0], [1]], { at: NOW + LOST_AT_MS + 400 });
        return {
          ...history,
          receipts: [...history.receipts, over],
          generations: [...history.generations, again],
        };
      };
      expect(check(goOn(LOST_AT_MS - 50)).verdict).toBe('pass');
      expect(check(goOn(LOST_AT_MS + 501)).verdict).toBe('fail');
    });

    it('fails when a receipt begun in time has a record that was stored after its member had been told', () => {
      const toldMs = LOST_AT_MS + PATIENCE_MS;
      const endWith = (storedAtMs: number): History => {
        const history = loseAndGoOn(LOST_AT_MS - 1);
        const log = history.log.map((each) =>
          each.partition === 1 && each.offset === 13 ? { ...each, storedAt: NOW + storedAtMs } : each,
        );
        const receipts = history.receipts.map((each) => ({ ...each, finishedAt: at(90_000) }));
        return { ...history, log, receipts };
      };
      expect(check(endWith(toldMs + 2000)).verdict).toBe('pass');
      expect(check(endWith(toldMs + 2001))).toMatchObject({ verdict: 'fail', measurements: { wentOnReceipts: 1 } });
    });

    it('goes by the first generation in which the partition was lost', () => {
      const history = loseAndGoOn(30_000);
      const again = buildGeneration(3, [[0, 1]], { at: NOW + 25_000 });
      expect(check({ ...history, generations: [...history.generations, again] }).verdict).toBe('fail');
      const kept = [buildGeneration(1, [[0, 1]]), buildGeneration(2, [[0, 1]], { at: NOW + LOST_AT_MS }), again];
      expect(check({ ...history, generations: kept }).verdict).toBe('pass');
    });

    const disturbed = [
      { what: 'it was resumed', faults: [fault('pause', 5000), fault('resume', 40_000)], verdict: 'pass' },
      { what: 'its pause was not written down', faults: [fault('resume', 40_000)], verdict: 'pass' },
      { what: 'its resuming was not written down', faults: [fault('pause', 5000)], verdict: 'pass' },
      { what: 'its resuming was a session ago', faults: [fault('resume', 41_499 - PATIENCE_MS)], verdict: 'fail' },
      {
        what: 'it had run for a session before its pause',
        faults: [fault('pause', LOST_AT_MS + PATIENCE_MS + 1), fault('resume', 40_000)],
        verdict: 'fail',
      },
      {
        what: 'it was paused again and again',
        faults: [5000, 20_000, 35_000].flatMap((ms) => [fault('pause', ms), fault('resume', ms + 5000)]),
        verdict: 'pass',
      },
      {
        what: 'another member was resumed',
        faults: [fault('pause', 5000, 'consumer-1'), fault('resume', 40_000, 'consumer-1')],
        verdict: 'fail',
      },
      {
        what: 'brokers were killed one after the other',
        faults: [fault('kill', 20_000, 'kafka-0'), fault('kill', 30_000, 'kafka-1')],
        verdict: 'pass',
      },
      {
        what: 'a broker was paused',
        faults: [fault('pause', 11_000, 'kafka-0'), fault('resume', 35_000, 'kafka-0')],
        verdict: 'pass',
      },
      {
        what: 'it was killed while paused, and another process has its name',
        faults: [fault('pause', 1000), fault('kill', 5000), fault('resume', 60_000)],
        verdict: 'fail',
      },
      {
        what: 'a producer was paused',
        faults: [fault('pause', 11_000, 'producer-0'), fault('resume', 40_000, 'producer-0')],
        verdict: 'fail',
      },
      {
        what: 'producers were killed one after the other',
        faults: [15, 20, 25, 30, 35, 40].map((second) => fault('kill', second * 1000, 'producer-7d9f-x')),
        verdict: 'fail',
      },
      {
        what: 'a ZooKeeper server was stopped',
        faults: [fault('stop', 11_000, 'zookeeper-0'), fault('start', 35_000, 'zookeeper-0')],
        verdict: 'pass',
      },
      { what: 'a broker was stopped for good', faults: [fault('stop', 11_000, 'kafka-0')], verdict: 'fail' },
      { what: 'a broker was killed long before', faults: [fault('kill', 1000, 'kafka-0')], verdict: 'fail' },
      { what: 'a broker was killed when it was told', faults: [fault('kill', 22_001, 'kafka-0')], verdict: 'fail' },
    ];

    it.each(disturbed)('gives $verdict for a receipt begun after 41 s when $what', ({ faults, verdict }) => {
      expect(check(loseAndGoOn(41_500, { faults })).verdict).toBe(verdict);
    });

    it('judges by what is known of a group whose history has a gap', () => {
      expect(check(loseAndGoOn(60_000, { groupReading: 'cut' })).verdict).toBe('fail');
      expect(check(loseAndGoOn(LOST_AT_MS, { groupReading: 'cut' })).verdict).toBe('unknown');
    });
  });

  describe('after a handover in order', () => {
    const HANDED_OVER_MS = 20_000;
    /** `consumer-0` gives partition 1 up when it is asked to, and `consumer-1` has it from 20 s on. */
    const generations = [
      buildGeneration(1, [[0, 1], []]),
      buildGeneration(2, [[0], []], { at: NOW + LOST_AT_MS }),
      buildGeneration(3, [[0], [1]], { at: NOW + HANDED_OVER_MS }),
    ];
    const begin = (member: number, atMs: number, generation?: number): Partial<LedgerEntry> => ({
      member: `consumer-${String(member)}`,
      generation,
      startedAt: at(atMs),
      finishedAt: at(atMs + 100),
    });
    const account = (first: Partial<LedgerEntry>, second: Partial<LedgerEntry>, changes: Partial<History> = {}) =>
      check({
        ...buildHistory({ operations: planOperations(8) }),
        generations,
        receipts: [
          buildReceipt({ partition: 0, from: 10, to: 13, ledgerOffset: 10 }),
          buildReceipt({ partition: 1, from: 10, to: 11, ledgerOffset: 10 }, first),
          buildReceipt({ partition: 1, from: 12, to: 13, ledgerOffset: 11 }, second),
        ],
        ...changes,
      });

    it.each([
      { what: 'with generations', first: 1, second: 3 },
      { what: 'with the one in which the partition was nobody’s', first: 2, second: 3 },
      { what: 'without generations', first: undefined, second: undefined },
    ])('passes who accounts for all before the new owner begins, $what', ({ first, second }) => {
      // However long it worked on what nobody else had yet.
      const before = begin(0, HANDED_OVER_MS - 500, first);
      expect(account(before, begin(1, HANDED_OVER_MS + 100, second)).verdict).toBe('pass');
    });

    it.each([
      { what: 'with generations', first: 3, second: 1 },
      { what: 'without generations', first: undefined, second: undefined },
    ])('fails when the former owner accounts for what it had after the new one began, $what', ({ first, second }) => {
      const [next, former] = [begin(1, HANDED_OVER_MS + 500, first), begin(0, HANDED_OVER_MS - 300, second)];
      const result = account(next, former);
      expect(result).toMatchObject({ verdict: 'fail', measurements: { besideNewOwnerReceipts: 1 } });
      expect(result.summary).toContain(
        '1 time a partition was accounted for by who had given it up, after its new owner had begun.',
      );
      expect(result.evidence).toMatchObject([{ receipt: { from: 12 }, after: { from: 10 } }]);
    });

    it('does not blame a static member, which may not have joined, nor anybody while a broker is disturbed', () => {
      const [next, former] = [begin(1, HANDED_OVER_MS + 500), begin(0, HANDED_OVER_MS - 300)];
      const members = generations.map((each) => ({
        ...each,
        members: each.members.map((member) => ({ ...member, groupInstanceId: member.member })),
      }));
      expect(account(next, former, { generations: members }).verdict).toBe('pass');
      expect(account(next, former, { faults: [fault('kill', LOST_AT_MS, 'kafka-0')] }).verdict).toBe('pass');
      expect(account(next, former, { faults: [fault('kill', -HANDED_OVER_MS, 'kafka-0')] }).verdict).toBe('fail');
    });

    it('does not take the work of a later time for that of an earlier one', () => {
      const again = buildGeneration(4, [[0, 1], []], { at: NOW + HANDED_OVER_MS + 2000 });
      const [next, back] = [begin(1, HANDED_OVER_MS + 500), begin(0, HANDED_OVER_MS + 2100)];
      expect(account(next, back, { generations: [...generations, again] }).verdict).toBe('pass');
    });

    it('fails when the former owner works on, two seconds after the new one got the partition', () => {
      const [next, former] = [begin(1, HANDED_OVER_MS + 500), begin(0, HANDED_OVER_MS + 2001)];
      expect(account(next, former).summary).toContain('went on with a partition after it was told');
    });

    it('judges by the times whoever tells a generation that no group has, and says so', () => {
      const [next, former] = [begin(1, HANDED_OVER_MS + 500, 0), begin(0, HANDED_OVER_MS - 300, 0)];
      expect(account(next, former)).toMatchObject({
        verdict: 'fail',
        measurements: { besideNewOwnerReceipts: 1, unknownGenerationReceipts: 2 },
      });
      const result = account(former, next);
      expect(result.verdict).toBe('unknown');
      expect(result.summary).toContain('the generation of 2 receipts is not in what is known of the group');
    });
  });

  describe('without generations in the receipts', () => {
    const hideGenerations = (history: History): History => ({
      ...history,
      receipts: history.receipts.map((receipt) => ({ ...receipt, generation: undefined })),
    });

    it.each([
      { what: 'while it was its', startedAtMs: 5000, verdict: 'pass' },
      { what: 'before it was told of the loss', startedAtMs: LOST_AT_MS + PATIENCE_MS, verdict: 'pass' },
      { what: 'after it was told of the loss', startedAtMs: LOST_AT_MS + PATIENCE_MS + 1, verdict: 'fail' },
    ])('gives $verdict for a member that processed a partition $what', ({ startedAtMs, verdict }) => {
      expect(check(hideGenerations(loseAndGoOn(startedAtMs))).verdict).toBe(verdict);
    });

    it('passes a member that processes a partition that it was given again', () => {
      const history = loseAndGoOn(60_000);
      const again = buildGeneration(3, [[0, 1]], { at: NOW + 59_000 });
      expect(check(hideGenerations({ ...history, generations: [...history.generations, again] })).verdict).toBe('pass');
    });

    it('fails when a member processed a partition that it never had', () => {
      const history = buildHistory();
      const receipts = history.receipts.map((each) => ({ ...each, member: 'consumer-9' }));
      const result = check(hideGenerations({ ...history, receipts }));
      expect(result).toMatchObject({ verdict: 'fail', measurements: { notOwnersReceipts: 8 } });
    });

    it('fails when a member processed a partition before it had it', () => {
      const early = loseAndGoOn(0);
      const receipts = early.receipts.map((each) => (each.partition === 1 ? { ...each, member: 'consumer-1' } : each));
      expect(check(hideGenerations({ ...early, receipts }))).toMatchObject({
        verdict: 'fail',
        measurements: { notOwnersReceipts: 2 },
      });
    });

    it('does not know of members that the gap in the history may hide', () => {
      const history = buildHistory();
      const receipts = history.receipts.map((each) => ({ ...each, member: 'consumer-9' }));
      expect(check(hideGenerations({ ...history, receipts, groupReading: 'cut' })).verdict).toBe('unknown');
    });
  });

  describe('in the commits', () => {
    const commits = (...offsets: number[]): AcceptedCommit[] =>
      offsets.map((offset, index) => ({ partition: 0, offset, at: NOW + index }));

    it('passes positions that go on or stay', () => {
      expect(check({ ...buildHistory(), commits: commits(10, 12, 12, 22) }).verdict).toBe('pass');
    });

    it('fails when a position goes back', () => {
      const accepted = commits(10, 15, 12, 15, 22);
      const result = check({ ...buildHistory(), commits: accepted });
      expect(result).toMatchObject({ verdict: 'fail', measurements: { commits: 5, commitsBack: 1 } });
      expect(result.summary).toContain('1 time a committed position went back.');
      expect(result.evidence).toEqual([{ finding: 'commitBack', commit: accepted[2], before: accepted[1] }]);
    });

    it('does not compare partitions', () => {
      const other = { partition: 1, offset: 5, at: NOW };
      expect(check({ ...buildHistory(), commits: [...commits(10, 15), other] }).verdict).toBe('pass');
    });
  });

  it.each([
    { what: 'the history of the group was not read', cut: { groupReading: 'unread', generations: [] } as const },
    { what: 'the history of the group has a gap', cut: { groupReading: 'cut' } as const },
    { what: 'no generation of the group is known', cut: { generations: [] } },
    {
      what: 'no receipt tells who processed anything and the group commits and writes no receipts',
      cut: { receipts: [] },
    },
    { what: 'the ledger of partitions 0 and 1 was not read', cut: { ledgerRange: [] } },
  ])('does not know when $what, and says so', ({ what, cut }) => {
    const result = check({ ...buildHistory(), ...cut });
    expect(result.verdict).toBe('unknown');
    expect(result.summary).toContain(`cannot be judged, because ${what}.`);
  });

  it('does not know of a member of an older generation than is known, which is in none', () => {
    const history = buildHistory();
    const process = (member: string): History => ({
      ...history,
      receipts: history.receipts.map((each, index) => ({ ...each, ...(index === 0 ? { member } : { generation: 5 }) })),
      generations: [buildGeneration(5, [[0, 1]])],
    });
    expect(check(process('consumer-0')).verdict).toBe('unknown');
    expect(check(process('stranger')).verdict).toBe('unknown');
  });

  it('does not know when the ledger was cut off, or nothing was asked', () => {
    expect(check(cutLedger(buildHistory(), 0, FIRST_OFFSET + 1)).verdict).toBe('unknown');
    expect(check({ ...buildHistory(), operations: [] }).verdict).toBe('unknown');
  });
});
