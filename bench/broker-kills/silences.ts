/** A time during which something went on, in milliseconds since the epoch; an instant when both are the same. */
export interface Span {
  readonly start: number;
  readonly end: number;
}

/** A time that is looked at, in milliseconds since the epoch. */
export interface Window {
  readonly from: number;
  readonly to: number;
}

/** How something came back after a fault at the beginning of a window. All times in milliseconds. */
export interface Recovery {
  /** The longest silence within the window. */
  readonly longestMs: number;
  /**
   * From the window's beginning to the end of the stall that the fault made: of the last of several that hardly
   * anything went on between. 0 without a stall, undefined when one lasts to the window's end.
   */
  readonly recoveredMs: number | undefined;
  /** The longest silence after that: what the way back to a whole cluster still cost. */
  readonly longestLaterMs: number;
}

/** A silence that is longer than what settling and a busy machine make of steady work. */
export const STALL_MS = 1000;

/** What goes on for so long between two stalls is more than a sign of life. */
export const BACK_MS = 2000;

/** A receipt over a longer time tells of accounting that was held up. */
export const LONG_RUN_MS = 3000;

/** The times of a window in which nothing went on. */
export function findSilences(spans: readonly Span[], { from, to }: Window): readonly Span[] {
  const within = spans.filter(({ start, end }) => end >= from && start < to).toSorted((a, b) => a.start - b.start);
  const silences: Span[] = [];
  let active = from;
  for (const { start, end } of [...within, { start: to, end: to }]) {
    if (start > active) silences.push({ start: active, end: start });
    active = Math.max(active, end);
  }
  return silences;
}

/**
 * @param leastLastMs how long a silence must last up to the window's end to count as one without an end
 */
export function measureRecovery(spans: readonly Span[], window: Window, leastLastMs: number): Recovery {
  const silences = findSilences(spans, window);
  const stalls = silences.filter((silence) => lengthOf(silence) > STALL_MS);
  let back = window.from;
  for (const { start, end } of stalls) if (start - back < BACK_MS) back = end;
  const last = stalls.at(-1);
  const isWithoutEnd = last?.end === window.to && lengthOf(last) >= leastLastMs;
  return {
    longestMs: findLongest(silences),
    recoveredMs: isWithoutEnd ? undefined : back - window.from,
    longestLaterMs: findLongest(silences.filter(({ start }) => start >= back)),
  };
}

export function findLongest(silences: readonly Span[]): number {
  return Math.max(0, ...silences.map(lengthOf));
}

/** A run of offsets that one receipt accounts for. */
export interface Run extends Span {
  readonly records: number;
}

/**
 * A receipt can hide a silence: its run was begun, the partition fell silent while what was processed before was still
 * being accounted for, and the run went on afterwards. Then it is long and has few records, and only its ends count.
 *
 * @param steadyPerSecond what a partition processes a second when nothing disturbs it
 */
export function splitAtSilence(run: Run, steadyPerSecond: number): readonly Span[] {
  const { start, end, records } = run;
  const steadyRecords = (lengthOf(run) / 1000) * steadyPerSecond;
  if (lengthOf(run) <= LONG_RUN_MS || records >= steadyRecords / 2) return [{ start, end }];
  return [start, end].map((at) => ({ start: at, end: at }));
}

function lengthOf({ start, end }: Span): number {
  return end - start;
}
