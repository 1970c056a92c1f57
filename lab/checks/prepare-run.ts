import { compareWithLog, type Comparison } from './compare-with-log.ts';
import { buildCoverage, type Coverage } from './coverage.ts';
import { findClocks, type Clocks } from './clocks.ts';
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
  readonly history: History;
  readonly partitions: ReadonlyMap<number, PreparedPartition>;
  readonly copies: CopiesByIdentity;
  /** Members' clocks that are off; the times of their receipts are corrected by that. */
  readonly clocks: Clocks;
  readonly timeline: GroupTimeline;
}

/** Arranges a history for its checks. */
export function prepareRun(history: History): PreparedRun {
  const clocks = findClocks(history.receipts);
  const run = buildRun({ ...history, receipts: forgetUnknownGenerations(history) }, clocks);
  const prepare = (part: PartitionRun): PreparedPartition => ({
    ...part,
    coverage: buildCoverage(part),
    comparisons: compareWithLog(part),
  });
  const partitions = new Map([...run].map(([number, part]) => [number, prepare(part)]));
  const timeline = createGroupTimeline(history);
  return { history, partitions, copies: buildCopiesByIdentity(run), clocks, timeline };
}
