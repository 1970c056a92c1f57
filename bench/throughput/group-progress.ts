import type { ClusterConnection } from '../../kafka/cluster-connection.ts';
import { waitUntil } from '../../platforms/wait-until.ts';
import type { OffsetRange } from '../../kafka/log-reader.ts';

/** How many records a group had committed at a time, in milliseconds since the epoch. */
interface Committed {
  readonly records: number;
  readonly atMs: number;
}

/** When a group had committed at least 99 % of the records, and all. */
export interface GroupProgress {
  readonly nearlyAll: Committed;
  readonly all: Committed;
}

const POLL_MS = 25;
const NEARLY_ALL = 0.99;
const TIMEOUT_MS = 180_000;

/** Follows a group from outside until its committed offsets reach the ends of all partitions. */
export async function followGroup(
  connection: ClusterConnection,
  group: { readonly groupId: string; readonly topic: string; readonly ranges: readonly OffsetRange[] },
  signal: AbortSignal,
): Promise<GroupProgress> {
  const { groupId, topic, ranges } = group;
  const total = ranges.reduce((sum, { start, end }) => sum + end - start, 0);
  let nearlyAll: Committed | undefined;
  const probe = async (): Promise<GroupProgress | undefined> => {
    const records = countCommitted(ranges, await readCommitted(connection, groupId, topic, ranges));
    const committed = { records, atMs: Date.now() };
    if (records < total * NEARLY_ALL) return undefined;
    nearlyAll ??= committed;
    return records === total ? { nearlyAll, all: committed } : undefined;
  };
  const what = `group ${groupId} to commit ${String(total)} records`;
  return waitUntil(probe, { what, timeoutMs: TIMEOUT_MS, intervalMs: POLL_MS, signal });
}

/** How many records of the ranges lie before the committed offsets. */
export function countCommitted(ranges: readonly OffsetRange[], committed: ReadonlyMap<number, number>): number {
  return ranges.reduce((sum, { partition, start, end }) => {
    const offset = committed.get(partition) ?? start;
    return sum + Math.min(Math.max(offset, start), end) - start;
  }, 0);
}

async function readCommitted(
  connection: ClusterConnection,
  groupId: string,
  topic: string,
  ranges: readonly OffsetRange[],
): Promise<ReadonlyMap<number, number>> {
  const partitions = ranges.map(({ partition }) => ({ partition }));
  return connection.run(`reading the offsets of group ${groupId}`, async (cluster) => {
    const coordinator = await cluster.findGroupCoordinator({ groupId });
    const { responses } = await coordinator.offsetFetch({ groupId, topics: [{ topic, partitions }] });
    return new Map((responses[0]?.partitions ?? []).map(({ partition, offset }) => [partition, Number(offset)]));
  });
}
