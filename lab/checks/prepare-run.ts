import { buildCoverage, type Coverage } from './coverage.ts';
import type { History } from './history.ts';
import { buildCopiesByIdentity, buildRun, type CopiesByIdentity, type PartitionRun } from './run.ts';

/** What the history holds about the run in one partition, and what its receipts cover. */
export interface PreparedPartition extends PartitionRun {
  readonly coverage: Coverage;
}

/** A history arranged for its checks: built once, shared by all of them. */
export interface PreparedRun {
  readonly history: History;
  readonly partitions: ReadonlyMap<number, PreparedPartition>;
  readonly copies: CopiesByIdentity;
}

/** Arranges a history for its checks. */
export function prepareRun(history: History): PreparedRun {
  const run = buildRun(history);
  const partitions = new Map([...run].map(([number, part]) => [number, { ...part, coverage: buildCoverage(part) }]));
  return { history, partitions, copies: buildCopiesByIdentity(run) };
}
