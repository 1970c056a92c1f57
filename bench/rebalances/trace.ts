import type { Owners } from '../../groups/balance.ts';

/** One processing of a record, as a replica told it. */
export interface Processing {
  /** By the replica's clock, in milliseconds since the epoch. */
  readonly at: number;
  readonly partition: number;
  readonly offset: number;
  readonly replica: string;
}

/** What a line of a replica tells: a record that it processed, or that its client begins to join. */
export type TraceLine =
  | { readonly kind: 'processed'; readonly at: number; readonly partition: number; readonly offset: number }
  | { readonly kind: 'begins'; readonly at: number };

/** Reads a line of our consumer, or of a peer that writes the same form. Nothing for all others. */
export function parseTraceLine(line: string): TraceLine | undefined {
  if (!line.startsWith('{')) return undefined;
  let fields: Readonly<Record<string, unknown>>;
  try {
    fields = JSON.parse(line) as Readonly<Record<string, unknown>>;
  } catch {
    return undefined;
  }
  const { time: at, msg, partition, offset } = fields;
  if (typeof at !== 'number' || typeof msg !== 'string') return undefined;
  if (msg === 'processed' && typeof partition === 'number' && typeof offset === 'number') {
    return { kind: 'processed', at, partition, offset };
  }
  return / (serves|begins to join)$/.test(msg) ? { kind: 'begins', at } : undefined;
}

/** A stretch of time, in milliseconds since the epoch; the end belongs to it. */
export interface Window {
  readonly from: number;
  readonly to: number;
}

/**
 * When the last partition was processed by its owner for the first time since an assignment was made. Nothing as long
 * as one was not, or was last processed by somebody else.
 */
export function findBalancedAt(trace: readonly Processing[], owners: Owners, assignedAt: number): number | undefined {
  const since = trace.filter(({ at }) => at >= assignedAt).toSorted((a, b) => a.at - b.at);
  const first = new Map<number, number>();
  const last = new Map<number, string>();
  for (const { partition, replica, at } of since) {
    last.set(partition, replica);
    if (replica === owners.get(partition) && !first.has(partition)) first.set(partition, at);
  }
  const isDone = [...owners].every(([partition, owner]) => first.has(partition) && last.get(partition) === owner);
  return isDone && owners.size > 0 ? Math.max(...first.values()) : undefined;
}

/**
 * The longest time of each partition in which no record of it was processed for the first time, in milliseconds. A
 * pause counts when it ends within the window; it may have begun before it.
 */
export function measurePauses(trace: readonly Processing[], partitions: number, { from, to }: Window): number[] {
  const firsts = findFirsts(trace);
  return Array.from({ length: partitions }, (_, partition) => {
    const times = firsts.filter((one) => one.partition === partition).map(({ at }) => at);
    const gaps = times.flatMap((at, index) => {
      const before = times[index - 1];
      return before === undefined || at <= from || at > to ? [] : [at - before];
    });
    return gaps.length === 0 ? NaN : Math.max(...gaps);
  });
}

/** How many records were processed in the window although they had been processed before. */
export function countRepeated(trace: readonly Processing[], { from, to }: Window): number {
  return markFirsts(trace).filter(({ isFirst, at }) => !isFirst && at > from && at <= to).length;
}

/**
 * How many records nobody processed though a later one of their partition was: a consumer that goes by offsets has
 * passed them over. Between its first and its last record a partition has every offset.
 */
export function countPassedOver(trace: readonly Processing[]): number {
  const seen = new Map<number, Set<number>>();
  for (const { partition, offset } of trace) {
    const offsets = seen.get(partition) ?? new Set<number>();
    seen.set(partition, offsets.add(offset));
  }
  const spans = [...seen.values()].map((offsets) => {
    const sorted = [...offsets].sort((a, b) => a - b);
    return (sorted.at(-1) ?? 0) - (sorted[0] ?? 0) + 1 - sorted.length;
  });
  return spans.reduce((sum, missing) => sum + missing, 0);
}

/** Every record's first processing, in order. */
export function findFirsts(trace: readonly Processing[]): readonly Processing[] {
  return markFirsts(trace).filter(({ isFirst }) => isFirst);
}

function markFirsts(trace: readonly Processing[]): (Processing & { readonly isFirst: boolean })[] {
  const seen = new Set<string>();
  return trace
    .toSorted((a, b) => a.at - b.at)
    .map((one) => {
      const record = `${String(one.partition)}:${String(one.offset)}`;
      const isFirst = !seen.has(record);
      seen.add(record);
      return { ...one, isFirst };
    });
}
