import { compareWithLog, type Comparison } from './compare-with-log.ts';
import { buildCoverage, type Coverage } from './coverage.ts';
import { byBrokersClock, type Clocks } from './clocks.ts';
import { createForgetUnknown } from './forget-unknown-generations.ts';
import { createGroupTimeline, type GroupTimeline } from './group-timeline.ts';
import type { AcceptedCommit, History, LedgerEntry, RunFacts } from './history.ts';
import { Names } from './names.ts';
import { Operations } from './operations.ts';
import { toRecords } from './records.ts';
import {
  buildPartitionRun,
  createReadings,
  type PartitionContent,
  type PartitionReading,
  type PartitionRun,
  type Totals,
} from './run.ts';
import { StoredOperations, type StoredRecords } from './stored-operations.ts';
import { surveyReceipts, type Knowledge, type ReceiptSurvey } from './survey-receipts.ts';

/** What the history holds about the run in one partition, and what its receipts cover. */
export interface PreparedPartition extends PartitionRun, StoredRecords {
  readonly coverage: Coverage;
  /** What each receipt claims, held against the log. */
  readonly comparisons: readonly Comparison[];
}

/** All that is known of a run before its partitions are looked at, one after the other. */
export interface RunContext {
  readonly history: RunFacts;
  readonly operations: Operations;
  /** How many there are in all partitions. */
  readonly totals: Totals;
  /** How much was read of each partition. */
  readonly readings: ReadonlyMap<number, PartitionReading>;
  /** Which operations were found in the partitions so far. */
  readonly stored: StoredOperations;
  /** Members' clocks that were off. */
  readonly clocks: Clocks;
  readonly knowledge: Knowledge;
  readonly timeline: GroupTimeline;
}

/** A check, or another use that is made of a run: it is shown each partition once. */
export interface Pass<Result> {
  take(partition: PreparedPartition): void;
  finish(): Result;
}

/** What is known of a run before its partitions are read one by one. */
export interface RunParts {
  readonly facts: RunFacts;
  readonly operations: Operations;
  readonly survey: ReceiptSurvey;
  readonly commits: number;
  /** Those that anything was read of. */
  readonly partitions: Iterable<number>;
}

/** Joins what all checks ask of a run, so that it is worked out once. */
export function createContext({ facts, operations, survey, commits, partitions }: RunParts): RunContext {
  const { receipts, clocks, knowledge } = survey;
  const totals = { receipts, commits };
  const read = createReadings(facts, totals);
  const numbers = new Set([...Array(facts.partitions).keys(), ...partitions]);
  return {
    history: facts,
    operations,
    totals,
    readings: new Map([...numbers].map((partition) => [partition, read(partition)])),
    stored: new StoredOperations(operations),
    clocks,
    knowledge,
    timeline: createGroupTimeline(facts),
  };
}

/** Tells how the content of a partition is arranged for its checks. Each partition is to be prepared once. */
export function createPreparation({
  history,
  readings,
  clocks,
  stored,
}: RunContext): (partition: number, content: PartitionContent) => PreparedPartition {
  const forgetUnknown = createForgetUnknown(history);
  const judged = (receipt: LedgerEntry) => forgetUnknown(byBrokersClock(receipt, clocks));
  return (partition, content) => {
    const reading = readings.get(partition);
    if (reading === undefined) throw new RangeError(`partition ${String(partition)} is not of the run`);
    const part = buildPartitionRun(reading, content, history.runId, judged);
    return {
      ...part,
      ...stored.take(part.records),
      coverage: buildCoverage(part),
      comparisons: compareWithLog(part),
    };
  };
}

/** A history arranged for its checks, with all its partitions in memory. */
export interface PreparedRun extends RunContext {
  readonly partitions: ReadonlyMap<number, PreparedPartition>;
  /** Of all topics, with their times by the brokers' clock. */
  readonly receipts: readonly LedgerEntry[];
}

/** Arranges a history for its checks. */
export function prepareRun(history: History): PreparedRun {
  const { operations, log, receipts, commits, ...facts } = history;
  const keys = new Names();
  const ofTopic = receipts.filter(({ topic }) => topic === history.topic);
  const byPartition = {
    log: Map.groupBy(log, ({ partition }) => partition),
    receipts: Map.groupBy(ofTopic, ({ partition }) => partition),
    commits: Map.groupBy(commits, ({ partition }): number => partition),
  };
  const context = createContext({
    facts,
    operations: Operations.from(operations, keys),
    survey: surveyReceipts(facts, receipts),
    commits: commits.length,
    partitions: [...byPartition.log.keys(), ...byPartition.receipts.keys()],
  });
  const prepare = createPreparation(context);
  const partitions = [...context.readings.keys()].map((partition): [number, PreparedPartition] => {
    const content = {
      logged: toRecords(partition, keys, byPartition.log.get(partition) ?? []),
      receipts: byPartition.receipts.get(partition) ?? [],
      commits: byPartition.commits.get(partition) ?? ([] as AcceptedCommit[]),
    };
    return [partition, prepare(partition, content)];
  });
  const timed = receipts.map((receipt) => byBrokersClock(receipt, context.clocks));
  return { ...context, partitions: new Map(partitions), receipts: timed };
}

/** Shows a pass the partitions of a run that is in memory. */
export function passOver<Result>({ partitions }: PreparedRun, pass: Pass<Result>): Result {
  for (const partition of partitions.values()) pass.take(partition);
  return pass.finish();
}
