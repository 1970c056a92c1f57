import { describe, expect, it } from '@jest/globals';
import { savedRunSchema } from '../../lib/contracts/saved-run.ts';
import type { Replica } from '../../lib/contracts/replica.ts';
import type { History } from '../checks/history.ts';
import { buildHistory, RUN_ID } from '../testing/history-fixture.ts';
import { createJudging } from '../checks/judge.ts';
import { Operations } from '../checks/operations.ts';
import { passOver, prepareRun } from '../checks/prepare-run.ts';
import { Tally } from '../checks/statistics.ts';
import type { JournalContent } from '../history/read-journal.ts';
import { buildSavedRun } from './build-saved-run.ts';
import { listRebalances } from './list-rebalances.ts';
import { RunPicture } from './run-picture.ts';

const START = Date.parse('2026-11-22T12:00:00Z');

function build(changes: Partial<History> = {}, journaled: Partial<JournalContent> = {}) {
  const history: History = {
    ...buildHistory(),
    steps: [
      { index: 0, kind: 'scale', text: 'scale', startedAt: START, endedAt: START + 5, outcome: 'done', detail: null },
    ],
    ...changes,
  };
  const journal: JournalContent = {
    header: {
      format: 2,
      runId: RUN_ID,
      scenario: { name: 'scale', description: 'd', seed: 4 },
      limits: {},
      platform: 'local',
      clusterId: 'c',
      groupId: 'app',
      topic: history.topic,
      receiptsTopic: 'app.receipts',
      partitions: history.partitions,
      startedAt: START,
      start: { log: [], ledger: [], deadLetters: [], group: 0 },
      settings: { partitions: '2' },
      versions: {},
      machine: {},
    },
    operations: Operations.from(history.operations),
    acknowledgements: Tally.of(history.operations.map(({ invokedAt }) => START + 20 - invokedAt)),
    steps: history.steps,
    faults: [],
    events: [],
    assignments: [],
    commitSamples: [],
    machine: [],
    rebalances: [],
    poisons: [],
    replication: history.replication,
    over: { isComplete: true, reason: 'done' },
    end: { at: START + 10_000, log: new Map(), leftRecords: 0 },
    lastAt: START + 10_000,
    ...journaled,
  };
  const run = prepareRun(history);
  const picture = new RunPicture(journal);
  for (const partition of run.partitions.values()) picture.take(partition);
  const judged = passOver(run, createJudging(run));
  const rebalances = listRebalances(journal, history.generations);
  return buildSavedRun({ journal, run, picture, rebalances, ...judged });
}

describe('buildSavedRun', () => {
  it('makes a document that its readers take', () => {
    const saved = build();
    expect(() => savedRunSchema.parse(JSON.parse(JSON.stringify(saved)))).not.toThrow();
    expect(saved).toMatchObject({ runId: RUN_ID, scenario: { seed: 4 }, verdict: 'pass', endedAt: START + 10_000 });
    expect(saved.settings).toEqual([{ name: 'partitions', value: '2' }]);
  });

  it('tells who owned what from one owner to the next, within the run', () => {
    const generations = buildHistory().generations.map((generation, index) => ({
      ...generation,
      at: START + (index - 1) * 3000,
    }));
    const { ownership, replicas } = build({ generations });
    const ofPartition = ownership.filter(({ partition }) => partition === 1);
    expect(ofPartition.map(({ owner, from, to }) => [owner, from - START, to - START])).toEqual([
      ['consumer-0', 0, 0],
      ['consumer-1', 0, 10_000],
    ]);
    expect(replicas).toEqual(['consumer-0', 'consumer-1']);
  });

  it('counts what was stored and what was processed for the first time, second by second', () => {
    const history = buildHistory();
    const log = history.log.map((record) => ({ ...record, storedAt: START + 1500 }));
    const receipts = history.receipts.map((receipt) => ({
      ...receipt,
      finishedAt: new Date(START + 3500).toISOString(),
    }));
    const again = receipts.map((receipt, index) => ({ ...receipt, generation: 2, ledgerOffset: 1000 + index }));
    const { samples, percentiles } = build({ log, receipts: [...receipts, ...again] });
    expect(samples).toHaveLength(10);
    expect(samples.map(({ producedPerSecond }) => producedPerSecond).slice(0, 5)).toEqual([0, 24, 0, 0, 0]);
    expect(samples.map(({ processedPerSecond }) => processedPerSecond).slice(0, 5)).toEqual([0, 0, 0, 24, 0]);
    expect(samples.map(({ lag }) => lag).slice(0, 5)).toEqual([0, 24, 24, 0, 0]);
    expect(percentiles.find(({ name }) => name === 'stored to processed')).toMatchObject({ count: 24, median: 2000 });
    expect(percentiles.find(({ name }) => name === 'acknowledgement')).toMatchObject({ count: 24, max: 20 });
  });

  it('tells faults from what heals them, and from what nobody asked for', () => {
    const replica = { name: 'kafka-1', phase: 'failed' } as Replica;
    const { faults } = build(
      {},
      {
        faults: [
          { at: START + 1, kind: 'kill', target: 'kafka-1', rule: 'any broker' },
          { at: START + 9, kind: 'start', target: 'kafka-1', rule: 'what was stopped' },
        ],
        events: [
          { at: START + 2, kind: 'phase', replica, from: 'ready', reason: 'SIGKILL' },
          { at: START, kind: 'phase', replica, from: undefined },
        ],
      },
    );
    expect(faults.map(({ kind, text }) => [kind, text])).toEqual([
      ['inject', 'kill kafka-1 (any broker)'],
      ['event', 'kafka-1 failed (SIGKILL)'],
      ['heal', 'start kafka-1 (what was stopped)'],
    ]);
  });

  it('makes a document also of a run of which Kafka told nothing', () => {
    const nothing = { log: [], logRange: [], receipts: [], ledgerRange: [], generations: [], committed: [] };
    const saved = build({ ...nothing, groupReading: 'unread' }, { end: undefined });
    expect(() => savedRunSchema.parse(JSON.parse(JSON.stringify(saved)))).not.toThrow();
    expect(saved).toMatchObject({ verdict: 'unknown', ownership: [], replicas: [] });
  });
});
