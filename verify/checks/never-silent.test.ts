import { describe, expect, it } from '@jest/globals';
import {
  buildEvent,
  buildGeneration,
  buildHistory,
  buildReceipt,
  buildStep,
  NOW,
  planOperations,
} from '../testing/history-fixture.ts';
import type { FaultRecord, History, LedgerEntry } from './history.ts';
import { measureRun } from './measure-run.ts';
import { MemberWork } from './member-work.ts';
import { checkNeverSilent } from './never-silent.ts';
import { prepareRun } from './prepare-run.ts';

const RUN_MS = 30_000;
const EVERY_MS = 100;
const PARTITIONS = 2;

interface Work {
  /** When members stand still, by their name, in milliseconds after `NOW`. */
  readonly idle?: Readonly<Record<string, readonly [from: number, to: number]>>;
  /** What the idle time of a member is covered by: one receipt, as of a long batch. */
  readonly isBatch?: boolean;
}

/** Two members with a partition each work on a record every 100 ms for 30 s, and catch up after each time of idleness. */
function buildWork({ idle = {}, isBatch = false }: Work = {}, changes: Partial<History> = {}): History {
  const count = RUN_MS / EVERY_MS;
  const plan = {
    partitions: PARTITIONS,
    operations: planOperations(count * PARTITIONS).map((each, index) => ({ ...each, keyNumber: index % PARTITIONS })),
  };
  const history = buildHistory(plan);
  const receipts = [0, 1].flatMap((partition) => {
    const member = `consumer-${String(partition)}`;
    const [from, to] = idle[member] ?? [Infinity, Infinity];
    return Array.from({ length: count }, (_, index): LedgerEntry => {
      const at = index * EVERY_MS;
      const startedMs = at < from || at >= to || isBatch ? at : to;
      const finishedMs = isBatch && at < from && at + EVERY_MS >= from ? to : Math.max(startedMs, at) + 50;
      return buildReceipt(
        { partition, from: 10 + index, to: 10 + index, ledgerOffset: 10 + index },
        {
          member,
          startedAt: new Date(NOW + (isBatch && at > from && at < to ? to : startedMs)).toISOString(),
          finishedAt: new Date(NOW + (isBatch && at > from && at < to ? to : finishedMs)).toISOString(),
        },
      );
    });
  });
  return {
    ...history,
    operations: history.operations.map((each, index) => ({
      ...each,
      invokedAt: NOW + Math.floor(index / PARTITIONS) * EVERY_MS,
    })),
    receipts,
    ledgerRange: history.ledgerRange.map((range) => ({ ...range, logEnd: 10 + count })),
    generations: [buildGeneration(1, [[0], [1]], { at: NOW - 1000 })],
    steps: [buildStep({ index: 0, kind: 'hold', text: 'hold', startedAt: NOW, endedAt: NOW + RUN_MS })],
    ...changes,
  };
}

function check(history: History) {
  const run = prepareRun(history);
  return checkNeverSilent(run, measureRun(run), MemberWork.of(history.receipts));
}
const SIX_SECONDS = { idle: { 'consumer-1': [10_000, 16_000] } } as const;

describe('never-silent', () => {
  it('passes when members go on with their work', () => {
    expect(check(buildWork())).toMatchObject({
      verdict: 'pass',
      summary: '2 members: none did nothing while records waited in its partitions.',
    });
  });

  it('fails with the name of a member that does nothing for six seconds', () => {
    expect(check(buildWork(SIX_SECONDS))).toMatchObject({
      verdict: 'fail',
      summary: '2 members: consumer-1 did nothing for 6,000 ms while records waited in 1 partition of its own.',
      evidence: [{ finding: 'silent', member: 'consumer-1', partition: 1, generation: 1 }],
    });
  });

  it('fails when the silence lasts to the end of the run', () => {
    expect(check(buildWork({ idle: { 'consumer-0': [20_000, 60_000] } })).verdict).toBe('fail');
  });

  it('accepts four seconds', () => {
    expect(check(buildWork({ idle: { 'consumer-1': [10_000, 14_000] } }))).toMatchObject({
      verdict: 'pass',
      measurements: { silentMembers: 0 },
    });
  });

  it('takes a member that is slow for one at work', () => {
    expect(check(buildWork({ idle: { 'consumer-1': [8_000, 25_000] }, isBatch: true })).verdict).toBe('pass');
  });

  it('takes one that is slow for one at work by whatever clock it has', () => {
    const history = buildWork({ ...SIX_SECONDS, isBatch: true });
    const shift = (time: string): string => new Date(Date.parse(time) - 600_000).toISOString();
    const receipts = history.receipts.map((receipt) => ({
      ...receipt,
      startedAt: shift(receipt.startedAt),
      finishedAt: shift(receipt.finishedAt),
      appendedAt: Date.parse(receipt.finishedAt),
    }));
    expect(check({ ...history, receipts }).verdict).toBe('pass');
  });

  it('takes a member that works on another of its partitions for one at work', () => {
    const history = buildWork(SIX_SECONDS);
    const receipts = history.receipts.map((each) => ({ ...each, member: 'consumer-0' }));
    const generations = [buildGeneration(1, [[0, 1]], { at: NOW - 1000 })];
    expect(check({ ...history, receipts, generations }).verdict).toBe('pass');
  });

  it('blames nobody when no record waits', () => {
    const { operations, ...history } = buildWork(SIX_SECONDS);
    const late = operations.map((each) => {
      const at = each.invokedAt - NOW;
      return at >= 10_000 && at < 16_000 ? { ...each, invokedAt: NOW + 16_000 } : each;
    });
    expect(check({ ...history, operations: late }).verdict).toBe('pass');
  });

  const fault = (at: number, kind: string, target: string): FaultRecord => ({ at: NOW + at, kind, target });
  const causes: readonly { what: string; changes: Partial<History> }[] = [
    {
      what: 'it was paused',
      changes: { faults: [fault(10_000, 'pause', 'consumer-1'), fault(16_000, 'resume', 'consumer-1')] },
    },
    { what: 'a broker was killed', changes: { faults: [fault(8000, 'kill', 'kafka-0')] } },
    {
      what: 'a broker was not ready',
      changes: {
        replicaEvents: [
          buildEvent(5000, 'kafka-0', 'failed', { workload: 'kafka' }),
          buildEvent(12_000, 'kafka-0', 'ready', { workload: 'kafka' }),
        ],
      },
    },
    {
      what: 'a newcomer joined',
      changes: {
        replicaEvents: [buildEvent(9900, 'consumer-2', 'starting'), buildEvent(11_000, 'consumer-2', 'ready')],
        generations: [
          buildGeneration(1, [[0], [1]], { at: NOW - 1000 }),
          buildGeneration(2, [[0], [1], []], { at: NOW + 15_500 }),
        ],
      },
    },
    {
      what: 'it was killed, and its session had yet to end',
      changes: {
        faults: [fault(10_000, 'kill', 'consumer-1')],
        replicaEvents: [
          buildEvent(10_001, 'consumer-1', 'failed', { reason: 'SIGKILL' }),
          buildEvent(10_600, 'consumer-1', 'starting', { restarts: 1 }),
        ],
        generations: [
          buildGeneration(1, [[0], [1]], { at: NOW - 1000 }),
          buildGeneration(2, [[0], [1]], { at: NOW + 15_900 }),
        ],
      },
    },
    {
      what: 'the group rebalanced and nobody knows why',
      changes: {
        generations: [
          buildGeneration(1, [[0], [1]], { at: NOW - 1000 }),
          buildGeneration(2, [[0], [1]], { at: NOW + 15_900 }),
        ],
      },
    },
    {
      what: 'another was about to join from before',
      changes: {
        replicaEvents: [buildEvent(-2000, 'consumer-2', 'starting')],
        generations: [
          buildGeneration(1, [[0], [1]], { at: NOW - 1000 }),
          buildGeneration(2, [[0], [1], []], { at: NOW + 15_900 }),
        ],
      },
    },
    {
      what: 'the partition was nobody’s',
      changes: {
        generations: [
          buildGeneration(1, [[0], [1]], { at: NOW - 1000 }),
          buildGeneration(2, [[0], []], { at: NOW + 9900 }),
          buildGeneration(3, [[0], [1]], { at: NOW + 15_900 }),
        ],
      },
    },
  ];
  it.each(causes)('blames nobody when $what', ({ changes }) => {
    expect(check(buildWork(SIX_SECONDS, changes)).verdict).toBe('pass');
  });

  it('goes on judging when what was done is over', () => {
    const changes: Partial<History> = {
      replicaEvents: [buildEvent(2000, 'consumer-2', 'starting'), buildEvent(3000, 'consumer-2', 'ready')],
      generations: [
        buildGeneration(1, [[0], [1]], { at: NOW - 1000 }),
        buildGeneration(2, [[0], [1], []], { at: NOW + 4000 }),
      ],
    };
    expect(check(buildWork(SIX_SECONDS, changes)).verdict).toBe('fail');
  });

  it('does not know when receipts or a part of the group’s history are missing', () => {
    const history = buildWork(SIX_SECONDS);
    expect(check({ ...history, groupReading: 'cut' }).verdict).toBe('unknown');
    expect(check({ ...history, ledgerRange: [] }).verdict).toBe('unknown');
    expect(check({ ...history, receipts: [] }).verdict).toBe('unknown');
  });
});
