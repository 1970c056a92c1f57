import type { ScaleDownOrder } from '../lib/contracts/replica.ts';
import { readStart, type GroupReplica } from './group-replica.ts';

/**
 * The replica that the next scale-down by one takes, as far as it can be told from outside. Of a StatefulSet that is the
 * one with the highest ordinal. Of a Deployment's, Kubernetes compares, in this order: not scheduled, not ready, the
 * deletion cost, how many of them share the node, and the youngest, by powers of two of the age in nanoseconds
 * (kubernetes/kubernetes, pkg/controller/controller_utils.go, ActivePodsWithRanks).
 */
export function decideNextToGo(
  replicas: readonly GroupReplica[],
  order: ScaleDownOrder,
  now: number,
): GroupReplica | undefined {
  const staying = replicas.filter(({ phase }) => phase !== 'terminating');
  if (staying.length < 2) return staying[0];
  if (order === 'newest') return staying.at(-1);
  const highest = findHighestOrdinal(staying);
  if (highest !== undefined) return highest;
  const onNode = new Map<string, number>();
  for (const { node } of staying) onNode.set(node, (onNode.get(node) ?? 0) + 1);
  const ranked = staying.map((replica) => ({ replica, rank: rank(replica, onNode.get(replica.node) ?? 0, now) }));
  return ranked.reduce((first, one) => {
    const difference = compareRanks(one.rank, first.rank) || compareTexts(one.replica.uid, first.replica.uid);
    return difference < 0 ? one : first;
  }).replica;
}

/** Nothing where not all have one. */
function findHighestOrdinal(replicas: readonly GroupReplica[]): GroupReplica | undefined {
  if (replicas.some(({ ordinal }) => ordinal === undefined)) return undefined;
  return replicas.reduce((highest, one) => ((one.ordinal ?? 0) > (highest.ordinal ?? 0) ? one : highest));
}

/** What is compared, in the order of its weight; the smallest goes. */
function rank(replica: GroupReplica, onNode: number, now: number): readonly number[] {
  const start = readStart(replica);
  return [
    start === undefined ? 0 : 1,
    replica.phase === 'ready' ? 1 : 0,
    replica.deletionCost ?? 0,
    -onNode,
    readAgeBucket(now - (start ?? now)),
  ];
}

function readAgeBucket(ageMs: number): number {
  return ageMs > 0 ? Math.floor(Math.log2(ageMs * 1e6)) : -1;
}

function compareTexts(a: string, b: string): number {
  return a === b ? 0 : a < b ? -1 : 1;
}

function compareRanks(a: readonly number[], b: readonly number[]): number {
  for (const [index, rank] of a.entries()) {
    const difference = rank - (b[index] ?? 0);
    if (difference !== 0) return difference;
  }
  return 0;
}
