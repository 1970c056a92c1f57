import type { Circumstances } from '../verify/report/circumstances.ts';
import type { Table } from '../verify/report/render-table.ts';

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
