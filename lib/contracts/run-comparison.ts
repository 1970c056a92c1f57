/*
 * What two saved runs have in common and in what they differ, as it is embedded in the page that shows both: the page draws
 * it and decides nothing. It is made anew from the documents whenever they are compared, and is saved nowhere else.
 */

/** Something that two runs have as two values; null where one has none. */
export interface Difference<Value = string> {
  readonly name: string;
  readonly first: Value | null;
  readonly second: Value | null;
}

/** A circumstance that is not the same of both; numbers are milliseconds. */
export interface CircumstanceDifference extends Difference<string | number> {
  /** `duration`: how long something took; `time`: when it was, since the epoch. */
  readonly kind: 'text' | 'duration' | 'time';
}

/** A measure of both runs, and how many times as long it took in the second. */
export interface ComparedPercentiles {
  readonly name: string;
  readonly values: readonly (Difference<number> & {
    readonly name: 'median' | 'p95' | 'p99' | 'max';
    /** Second by first; null when it cannot be told. */
    readonly ratio: number | null;
  })[];
}

/** A check that either run has. */
export interface ComparedCheck {
  readonly name: string;
  /** Measurements that differ. */
  readonly measurements: readonly Difference<number>[];
}

/** Two runs side by side. */
export interface RunComparison {
  /** In words: that both verdicts are the same, or what each is. */
  readonly verdict: string;
  /** What was not the same about the runs: how they were asked for, settings, versions, machine. */
  readonly circumstances: readonly CircumstanceDifference[];
  readonly percentiles: readonly ComparedPercentiles[];
  readonly checks: readonly ComparedCheck[];
}
