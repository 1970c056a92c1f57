import { describe, expect, it } from '@jest/globals';
import { buildReceipt } from '../../verify/testing/history-fixture.ts';
import type { LedgerEntry, Outcome } from '../../verify/checks/history.ts';
import type { Answer } from '../../verify/workload/drive-requests.ts';
import type { Kill } from './kill-broker.ts';
import { measureKills } from './measure-kill.ts';

const TOPIC = 'app';
const T0 = Date.parse('2026-11-22T12:00:00Z');
/** A second after the beginning of all, in milliseconds since the epoch. */
const at = (second: number): number => T0 + second * 1000;

function buildKill(number: number, from: number, to: number): Kill {
  return {
    number,
    broker: 'kafka-0',
    isCoordinator: false,
    isController: false,
    led: [0],
    window: { from: at(from), to: at(to) },
    wholeMs: (to - from - 3) * 1000,
    smallestIsr: 2,
  };
}

/** One receipt every fifth of a second. */
function process(partition: number, from: number, to: number): LedgerEntry[] {
  return Array.from({ length: Math.round((to - from) * 5) }, (_, index) => {
    const start = at(from) + index * 200;
    return buildReceipt(
      { partition, from: index, to: index, ledgerOffset: index },
      { startedAt: new Date(start).toISOString(), finishedAt: new Date(start + 190).toISOString() },
    );
  });
}

function answer(second: number, outcome: Outcome): Answer {
  return {
    at: at(second),
    operation: { producer: 'driver', sequence: 0, key: 'key-0', invokedAt: at(second) - 5, outcome },
  };
}

/** One acknowledgement every fifth of a second. */
function acknowledge(partition: number, from: number, to: number): Answer[] {
  return Array.from({ length: Math.round((to - from) * 5) }, (_, index) =>
    answer(from + index / 5, { kind: 'ok', partition, offset: index }),
  );
}

describe('measureKills', () => {
  const refusal: Outcome = { kind: 'fail', code: 'kafka-unavailable' };
  const doubt: Outcome = { kind: 'unknown', code: 'outcome-unknown' };

  it('takes the partition that paused longest, and the one that came back last', () => {
    const receipts = [
      ...process(0, 0, 10),
      ...process(0, 16, 30),
      ...process(1, 0, 10),
      ...process(1, 12, 13),
      ...process(1, 18, 30),
    ];
    const answers = [
      ...acknowledge(0, 0, 10),
      ...acknowledge(0, 15, 30),
      ...acknowledge(1, 0, 11),
      ...acknowledge(1, 17, 30),
      answer(9, refusal),
      answer(14, refusal),
      answer(25, doubt),
      answer(26, doubt),
    ];
    const [first, second, ...rest] = measureKills(
      [buildKill(1, 10, 24), buildKill(2, 25, 30)],
      { partitions: 2, receipts, topic: TOPIC },
      answers,
    );
    expect(first).toMatchObject({
      consumerPauseMs: 6000,
      consumingAgainMs: 8000,
      silentPartitions: [],
      producerPauseMs: 4200,
      producingAgainMs: 7000,
      refused: 1,
      unknown: 0,
    });
    expect(second).toMatchObject({ consumingAgainMs: 0, producingAgainMs: 0, refused: 0, unknown: 2 });
    expect(rest).toEqual([]);
  });

  it('names partitions that nobody processes any more', () => {
    const receipts = [...process(0, 0, 30), ...process(1, 0, 11)];
    const answers = [...acknowledge(0, 0, 30), ...acknowledge(1, 0, 30)];
    const [kill] = measureKills([buildKill(1, 10, 24)], { partitions: 2, receipts, topic: TOPIC }, answers);
    expect(kill).toMatchObject({ consumingAgainMs: undefined, silentPartitions: [1], producingAgainMs: 0 });
  });

  it('sees the stall within a run that was begun before it and settled after it', () => {
    const run = buildReceipt(
      { partition: 0, from: 0, to: 4, ledgerOffset: 0 },
      { startedAt: new Date(at(10)).toISOString(), finishedAt: new Date(at(17)).toISOString() },
    );
    const receipts = [...process(0, 0, 10), run, ...process(0, 17, 30)];
    const answers = acknowledge(0, 0, 10);
    const [kill] = measureKills([buildKill(1, 10, 24)], { partitions: 1, receipts, topic: TOPIC }, answers);
    expect(kill).toMatchObject({ consumerPauseMs: 7000, consumingAgainMs: 7000 });
  });
});
