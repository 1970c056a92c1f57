import type { LedgerEntry } from './history.ts';
import type { Operations } from './operations.ts';
import type { RunContext } from './prepare-run.ts';

/** A stretch of time in which less was processed than stored. */
export interface Dip {
  /** The share that was missing, 0 to 1. */
  readonly share: number;
  /** In milliseconds since the epoch. */
  readonly from: number;
  readonly to: number;
}

/** What was stored and what was processed for the first time, counted in stretches of equal length, one after the other. */
export interface Flow {
  /** Begin of the first, in milliseconds since the epoch. */
  readonly begin: number;
  readonly bucketMs: number;
  readonly stored: Float64Array;
  readonly processed: Float64Array;
}

/**
 * Finds the window in which the largest share of what was stored was not processed; the first of equals.
 *
 * @param windowBuckets its length; receipts tell of half a second at a time, so that with them ten seconds are the least
 *   that says something, and of records that are told one by one a second is
 * @param leastStored windows with fewer records stored are passed over: chance would make a dip
 * @returns undefined when there is no such window
 */
export function findLargestDip(
  { begin, bucketMs, stored, processed }: Flow,
  { windowBuckets, leastStored }: { readonly windowBuckets: number; readonly leastStored: number },
): Dip | undefined {
  const sum = (counts: Float64Array, first: number): number =>
    counts.subarray(first, first + windowBuckets).reduce((total, count) => total + count, 0);
  let largest: Dip | undefined;
  for (let first = 0; first + windowBuckets <= stored.length; first += 1) {
    const asked = sum(stored, first);
    if (asked < leastStored) continue;
    const share = Math.max(0, 1 - sum(processed, first) / asked);
    if (largest && share <= largest.share) continue;
    const from = begin + first * bucketMs;
    largest = { share, from, to: from + windowBuckets * bucketMs };
  }
  return largest;
}

const BUCKET_MS = 1000;
const WINDOW_BUCKETS = 10;
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
    if (!this.#isMeasurable) return undefined;
    return findLargestDip(
      { begin: this.#begin, bucketMs: BUCKET_MS, stored: this.#acknowledged, processed: this.#processed },
      { windowBuckets: WINDOW_BUCKETS, leastStored: LEAST_ACKNOWLEDGED },
    );
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
