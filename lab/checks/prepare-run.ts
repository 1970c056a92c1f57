import { compareWithLog, type Comparison } from './compare-with-log.ts';
import { buildCoverage, type Coverage } from './coverage.ts';
import { byBrokersClock, findClocks, type Clocks } from './clocks.ts';
import { forgetUnknownGenerations } from './forget-unknown-generations.ts';
import { createGroupTimeline, type GroupTimeline } from './group-timeline.ts';
import type { History } from './history.ts';
import { buildCopiesByIdentity, buildRun, type CopiesByIdentity, type PartitionRun } from './run.ts';

/** What the history holds about the run in one partition, and what its receipts cover. */
export interface PreparedPartition extends PartitionRun {
  readonly coverage: Coverage;
  /** What each receipt claims, held against the log. */
  readonly comparisons: readonly Comparison[];
}

/** A history arranged for its checks: built once, shared by all of them. */
export interface PreparedRun {
  /** With the times of receipts by the brokers' clock. */
  readonly history: History;
  readonly partitions: ReadonlyMap<number, PreparedPartition>;
  readonly copies: CopiesByIdentity;
  /** Members' clocks that were off. */
  readonly clocks: Clocks;
  readonly timeline: GroupTimeline;
}

/** Arranges a history for its checks. */
export function prepareRun(given: History): PreparedRun {
  const clocks = findClocks(given.receipts);
  const history = { ...given, receipts: given.receipts.map((receipt) => byBrokersClock(receipt, clocks)) };
  const run = buildRun({ ...history, receipts: forgetUnknownGenerations(history) });
  const prepare = (part: PartitionRun): PreparedPartition => ({
    ...part,
    coverage: buildCoverage(part),
    comparisons: compareWithLog(part),
  });
  const partitions = new Map([...run].map(([number, part]) => [number, prepare(part)]));
  const timeline = createGroupTimeline(history);
  return { history, partitions, copies: buildCopiesByIdentity(run), clocks, timeline };
}
