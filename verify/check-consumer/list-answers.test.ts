import { describe, expect, it } from '@jest/globals';
import { buildHistory, FIRST_OFFSET, NOW, skipOffset } from '../testing/history-fixture.ts';
import type { History, LedgerEntry } from '../checks/history.ts';
import { prepareRun } from '../checks/prepare-run.ts';
import { omit } from '../exam/mutation.ts';
import { listAnswers } from './list-answers.ts';
import type { Observation } from './observation.ts';

const NAME = 'consumer-1';
const ONLY = {
  generation: 1,
  at: NOW - 1000,
  members: [{ member: NAME, memberId: `${NAME}-id`, partitions: [0, 1], sessionTimeoutMs: 10_000 }],
};

/** One consumer that owns both partitions, and keeps the contract. */
function buildRun(change: (history: History) => History = (history) => history) {
  const history = buildHistory();
  const receipts = history.receipts.map((receipt) => ({ ...receipt, member: NAME, generation: 1 }));
  return prepareRun(change({ ...history, receipts, generations: [ONLY], assignments: [], steps: [] }));
}

function observe(change?: (history: History) => History, changes: Partial<Observation> = {}): Observation {
  return {
    clientId: NAME,
    groupId: 'app',
    receiptsTopic: 'app.receipts',
    ends: [],
    printed: [],
    joinedAfterMs: 1000,
    strangers: [],
    otherGroups: [],
    run: buildRun(change),
    lateFrom: new Map([
      [0, FIRST_OFFSET + 6],
      [1, FIRST_OFFSET + 6],
    ]),
    stop: { endedAfterMs: 300, leftAfterMs: 250 },
    ...changes,
  };
}

const listBad = (observation: Observation) =>
  listAnswers(observation).flatMap(({ found, asks, detail }) =>
    found === 'ok' ? [] : [`${found}: ${asks}: ${detail}`],
  );

const withReceipts = (change: (receipt: LedgerEntry) => LedgerEntry) => (history: History) => ({
  ...history,
  receipts: history.receipts.map(change),
});

describe('what a consumer is told of the contract', () => {
  it('is that it keeps it, when it does', () => {
    expect(listBad(observe())).toEqual([]);
    const unnumbered = observe((history) => ({
      ...history,
      receipts: history.receipts.map((receipt) => omit(receipt, ['generation'])),
    }));
    expect(listBad(unnumbered)).toEqual([]);
  });

  it.each([
    {
      what: 'its process ends by itself',
      observation: observe(undefined, { ends: ['exit 3', 'exit 3'], printed: ['no such table'] }),
      bad: ['missing: its process goes on: it ended 2 times by itself (exit 3); it printed last:\nno such table'],
    },
    {
      what: 'its client.id has more than its name',
      observation: observe(undefined, { joinedAfterMs: undefined, strangers: [`${NAME}-0`] }),
      bad: [
        'missing: it joins the group under its name: the group has a member whose client.id is "consumer-1-0"; it must be "consumer-1", as CLIENT_ID says, with nothing before or behind it',
        'unknown: it leaves on SIGTERM: its process ended 0.3 s after SIGTERM; it was no member',
      ],
    },
    {
      what: 'it joins another group',
      observation: observe(undefined, { joinedAfterMs: undefined, otherGroups: ['mine'] }),
      bad: [
        'missing: it joins the group under its name: somebody has joined "mine": GROUP_ID says app',
        'unknown: it leaves on SIGTERM: its process ended 0.3 s after SIGTERM; it was no member',
      ],
    },
    {
      what: 'it begins at the end of the topic',
      observation: observe((history) => ({
        ...history,
        receipts: history.receipts.filter(({ from }) => from >= FIRST_OFFSET + 6),
        committed: history.committed.map((one) => ({ ...one, committedOffset: one.committedOffset })),
      })),
      bad: [
        'missing: it begins at the beginning: it has processed 0 records of 12 that were there before it, and 12 of those after it: auto.offset.reset=earliest',
        expect.stringMatching(/^missing: every record is processed, once: 12 records have no receipt/),
        expect.stringMatching(/^missing: it commits, and after the receipts: /),
      ],
    },
    {
      what: 'its receipts cannot be read',
      observation: observe((history) => ({
        ...history,
        uncounted: { count: 3, examples: [{ partition: 1, offset: 4, reason: '`to` is missing' }] },
      })),
      bad: [
        'missing: its receipts can be read: 3 records of the ledger are no receipts, the first at offset 4 of partition 1: `to` is missing',
      ],
    },
    {
      what: 'it names somebody else',
      observation: observe(withReceipts((receipt) => ({ ...receipt, member: 'me', generation: undefined }))),
      bad: ['missing: they say who it is: 8 of 8 receipts: `member` is "me", and CLIENT_ID was consumer-1'],
    },
    {
      what: 'it names a generation in which it owned nothing',
      observation: observe(withReceipts((receipt) => ({ ...receipt, generation: 0 }))),
      bad: [
        "missing: they say in which generation: 8 of 8 receipts: `generation` is 0, in which partition 0 was not consumer-1's",
      ],
    },
    {
      what: 'it takes `to` for the next offset',
      observation: observe(withReceipts((receipt) => ({ ...receipt, to: receipt.to + 1 }))),
      bad: [
        expect.stringMatching(
          /^missing: they end where the log does: 2 of 8 receipts: `to` is 22, and the last record/,
        ),
        'missing: they say how many, and which: 6 of 8 receipts: `records` is 3, and the log has 4 records from 10 to 13',
        expect.stringMatching(/^missing: every record is processed, once: 6 records have more than one, the first at/),
      ],
    },
    {
      what: 'its receipts do not say how many they are of',
      observation: observe(withReceipts((receipt) => omit(receipt, ['records', 'digest']))),
      bad: [
        'missing: they say how many, and which: 8 of 8 receipts: neither `records` nor `digest` shows that none was left out between its ends',
      ],
    },
    {
      what: 'its digest is that of other records',
      observation: observe((history) => ({
        ...history,
        log: history.log.map((record) => ({ ...record, valueCrc: 1 })),
        receipts: history.receipts.map((receipt) => ({ ...receipt, digest: '00000000' })),
      })),
      bad: [
        'missing: they say how many, and which: 8 of 8 receipts: `digest` is 00000000, and the log has 3 records from 10 to 12 whose digest is another',
      ],
    },
    {
      what: 'it leaves a record out',
      observation: observe((history) => ({ ...history, receipts: skipOffset(history.receipts, 1, 13) })),
      bad: [
        'missing: every record is processed, once: 1 record has no receipt, at offset 13 of partition 1',
        expect.stringMatching(/^missing: it commits, and after the receipts: .* 1 has no receipt/),
      ],
    },
    {
      what: 'it commits nothing',
      observation: observe((history) => ({
        ...history,
        committed: history.committed.map((one) => ({ ...one, committedOffset: null })),
      })),
      bad: ['missing: it commits, and after the receipts: it has committed nothing'],
    },
    {
      what: 'its process ends and the group does not hear of it',
      observation: observe(undefined, { stop: { endedAfterMs: 100, leftAfterMs: undefined } }),
      bad: [
        'missing: it leaves on SIGTERM: its process ended 0.1 s after SIGTERM, and the group waits for consumer-1 until its session ends: close the consumer before you exit',
      ],
    },
    {
      what: 'it does not hear SIGTERM',
      observation: observe(undefined, { stop: { endedAfterMs: 20_010, leftAfterMs: undefined } }),
      bad: ['missing: it leaves on SIGTERM: its process was still there 20.0 s after SIGTERM, and was killed'],
    },
  ])('is what is missing when $what', ({ observation, bad }) => {
    expect(listBad(observation)).toEqual(bad);
  });

  it('is that nothing is known of what it never wrote', () => {
    const silent = observe((history) => ({ ...history, receipts: [] }));
    expect(listBad(silent)).toEqual([
      'unknown: it begins at the beginning: no receipt tells what it has processed',
      'missing: its receipts can be read: there is none in app.receipts',
      ...[
        'they say who it is',
        'they say when',
        'they say in which generation',
        'they end where the log does',
        'they say how many, and which',
      ].map((asks) => `unknown: ${asks}: there is no receipt`),
      'unknown: every record is processed, once: there is no receipt',
      expect.stringMatching(/^unknown: it commits, and after the receipts: /),
    ]);
  });
});
