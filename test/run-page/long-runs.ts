import type { SavedRun } from '../../lib/contracts/saved-run.ts';
import { readRecordedRun } from './recorded-runs.ts';

const EIGHT_HOURS_MS = 8 * 3_600_000;

/**
 * A bit more than eight hours of scaling and killing, second by second: more than a page can draw as it is. Of its steps
 * there are those that scale, some 1,500.
 */
export function buildBusyEightHours(copies = 8): SavedRun {
  const run = readRecordedRun('pass');
  const steps = run.steps.filter(({ text }) => text.startsWith('scale')).map((step, index) => ({ ...step, index }));
  return repeatRun({ ...run, steps }, Math.ceil(EIGHT_HOURS_MS / (run.endedAt - run.startedAt)), copies);
}

/** Eight hours second by second in which nothing happens after the first minute. */
export function buildQuietEightHours(): SavedRun {
  const run = readRecordedRun('pass');
  return prolongRun(run, run.startedAt + EIGHT_HOURS_MS);
}

/** Half an hour with 60 partitions. */
export function buildLongRun(): SavedRun {
  return repeatRun(readRecordedRun('pass'), 31, 10);
}

/** The run over and over, as if its scenario had begun again; each of its partitions as several that are treated alike. */
function repeatRun(run: SavedRun, times: number, copies: number): SavedRun {
  const spanMs = run.endedAt - run.startedAt;
  const repeat = <Item>(items: readonly Item[], shift: (item: Item, ms: number, turn: number) => Item): Item[] =>
    Array.from({ length: times }, (_, turn) => items.map((item) => shift(item, turn * spanMs, turn))).flat();
  const copy = <Item extends { readonly partition: number }>(items: readonly Item[]): Item[] =>
    Array.from({ length: copies }, (_, index) =>
      items.map((item) => ({ ...item, partition: item.partition + index * run.partitions })),
    ).flat();
  const later = <Item extends { readonly from: number; readonly to: number }>(item: Item, ms: number): Item => ({
    ...item,
    from: item.from + ms,
    to: item.to + ms,
  });
  const generations = run.rebalances.length;
  return {
    ...run,
    partitions: run.partitions * copies,
    endedAt: run.startedAt + times * spanMs,
    steps: repeat(run.steps, (step, ms, turn) => ({
      ...step,
      index: step.index + turn * run.steps.length,
      startedAt: step.startedAt + ms,
      endedAt: step.endedAt === null ? null : step.endedAt + ms,
    })),
    faults: repeat(run.faults, (fault, ms) => ({ ...fault, at: fault.at + ms })),
    ownership: repeat(copy(run.ownership), (owned, ms, turn) => ({
      ...later(owned, ms),
      generation: owned.generation + turn * generations,
    })),
    pauses: repeat(copy(run.pauses), (pause, ms, turn) => ({
      ...later(pause, ms),
      step: pause.step === null ? null : pause.step + turn * run.steps.length,
    })),
    rebalances: repeat(run.rebalances, (rebalance, ms, turn) => ({
      ...rebalance,
      generation: rebalance.generation + turn * generations,
      at: rebalance.at + ms,
      moved: rebalance.moved * copies,
    })),
    // The last second of a run is not a whole one.
    samples: repeat(run.samples.slice(0, -1), (sample, ms) => ({ ...sample, at: sample.at + ms })),
  };
}

/** The run with its end put off: whoever owned a partition owns it until then, and each second is like the last whole one. */
function prolongRun(run: SavedRun, endedAt: number): SavedRun {
  const whole = run.samples.slice(0, -1);
  const quiet = whole.slice(-1).flatMap((last) => {
    const seconds = Math.floor((endedAt - last.at) / 1000);
    return Array.from({ length: seconds }, (_, index) => ({ ...last, at: last.at + (index + 1) * 1000 }));
  });
  return {
    ...run,
    endedAt,
    steps: run.steps.map((step) => (step === run.steps.at(-1) ? { ...step, endedAt } : step)),
    ownership: run.ownership.map((owned) => (owned.to === run.endedAt ? { ...owned, to: endedAt } : owned)),
    samples: [...whole, ...quiet],
  };
}
