import type { LedgerEntry } from './history.ts';
import type { Operations } from './operations.ts';
import type { RunContext } from './prepare-run.ts';

/** Ten seconds in which less was processed than acknowledged. */
export interface Dip {
  /** The share that was missing, 0 to 1. */
  readonly share: number;
  /** In milliseconds since the epoch. */
  readonly from: number;
  readonly to: number;
}

const BUCKET_MS = 1000;
const WINDOW_BUCKETS = 10;
/** With fewer acknowledged records in a window, chance would make a dip. */
const LEAST_ACKNOWLEDGED = 100;

/**
 * Finds the ten seconds of the load in which the largest share of what was acknowledged was not processed for the first
 * time. What a receipt accounts for is spread evenly over its time.
 */
export class DipMeter {
  readonly #begin: number;
  readonly #acknowledged: Float64Array;
  readonly #processed: Float64Array;
  readonly #isMeasurable: boolean;

  constructor({ operations, readings }: RunContext) {
    const { firstInvokedAt, lastInvokedAt } = operations;
    const buckets = Math.floor((lastInvokedAt - firstInvokedAt) / BUCKET_MS);
    // What is missing would look like a dip.
    const isWhole = [...readings.values()].every(({ log, ledger }) => log === 'whole' && ledger === 'whole');
    this.#begin = firstInvokedAt;
    this.#isMeasurable = isWhole && buckets >= WINDOW_BUCKETS;
    this.#acknowledged = new Float64Array(this.#isMeasurable ? buckets : 0);
    this.#processed = new Float64Array(this.#isMeasurable ? buckets : 0);
    if (this.#isMeasurable) this.#countAcknowledged(operations);
  }

  processed({ startedAt, finishedAt }: LedgerEntry, records: number): void {
    if (this.#isMeasurable) spread(this.#processed, startedAt, finishedAt, this.#begin, records);
  }

  /** @returns undefined when the load was too short, or something is missing */
  findLargest(): Dip | undefined {
    return this.#isMeasurable ? findLargest(this.#acknowledged, this.#processed, this.#begin) : undefined;
  }

  #countAcknowledged(operations: Operations): void {
    operations.forEachAcknowledged((invokedAt) => {
      addTo(this.#acknowledged, Math.floor((invokedAt - this.#begin) / BUCKET_MS), 1);
    });
  }
}

function spread(processed: Float64Array, startedAt: string, finishedAt: string, begin: number, count: number): void {
  const from = (Date.parse(startedAt) - begin) / BUCKET_MS;
  const to = (Date.parse(finishedAt) - begin) / BUCKET_MS;
  if (!(to > from)) {
    addTo(processed, Math.floor(from), count);
    return;
  }
  const last = Math.min(Math.ceil(to), processed.length);
  for (let bucket = Math.max(0, Math.floor(from)); bucket < last; bucket += 1) {
    const share = (Math.min(bucket + 1, to) - Math.max(bucket, from)) / (to - from);
    addTo(processed, bucket, count * share);
  }
}

function addTo(buckets: Float64Array, index: number, count: number): void {
  if (index >= 0 && index < buckets.length) buckets[index] = (buckets[index] ?? 0) + count;
}

function findLargest(acknowledged: Float64Array, processed: Float64Array, begin: number): Dip | undefined {
  let largest: Dip | undefined;
  for (let first = 0; first + WINDOW_BUCKETS <= acknowledged.length; first += 1) {
    const asked = sum(acknowledged, first);
    if (asked < LEAST_ACKNOWLEDGED) continue;
    const share = Math.max(0, 1 - sum(processed, first) / asked);
    if (largest && share <= largest.share) continue;
    const from = begin + first * BUCKET_MS;
    largest = { share, from, to: from + WINDOW_BUCKETS * BUCKET_MS };
  }
  return largest;
}

function sum(buckets: Float64Array, first: number): number {
  let total = 0;
  for (let index = first; index < first + WINDOW_BUCKETS; index += 1) total += buckets[index] ?? 0;
  return total;
}
