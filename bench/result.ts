/** A value of a table: a number in the column's unit, words, or null for what was not measured. */
export type Cell = number | string | null;

export interface Column {
  readonly name: string;
  /** Unit of the column's numbers. @default none */
  readonly unit?: string;
  /** Decimals that are shown. @default 0 */
  readonly decimals?: number;
}

/** What a benchmark measured, as rows for people and for programs. */
export interface Table {
  readonly title: string;
  readonly columns: readonly Column[];
  readonly rows: readonly (readonly Cell[])[];
  /** Sentences on how to read it: what was compared, what differs, what was left out. */
  readonly notes: readonly string[];
}

/** Where and with what a benchmark ran. */
export interface Circumstances {
  readonly machine: Readonly<Record<string, string | number>>;
  readonly versions: Readonly<Record<string, string>>;
}

/** One run of a suite, as it is kept in its JSON file. */
export interface SuiteResult extends Circumstances {
  readonly suite: string;
  /** What repeats it. */
  readonly command: string;
  /** ISO 8601. */
  readonly startedAt: string;
  readonly tookSeconds: number;
  /** One-minute load average of the machine before the run. */
  readonly loadBefore: number;
  readonly tables: readonly Table[];
}
