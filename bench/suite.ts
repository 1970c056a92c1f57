import type { PlatformName } from '../lib/contracts/platform-name.ts';
import type { Logger } from '../lib/log/create-logger.ts';
import type { LabOptions } from '../lab/lab-settings.ts';
import type { BenchCluster } from './bench-cluster.ts';
import type { Table } from '../verify/report/render-table.ts';

export interface SuiteContext {
  /** Brokers of this machine that serve nobody else; started when first asked for, ended after the last suite. */
  readonly openCluster: () => Promise<BenchCluster>;
  /** How the lab that a suite needs is reached, where it needs a whole one. */
  readonly lab: LabOptions;
  /** How often each measurement is made; a suite says what that means for it. @default the suite's own number */
  readonly rounds: number | undefined;
  readonly logger: Logger;
  readonly tell: (sentence: string) => void;
  /** Aborts when the user interrupts. */
  readonly signal: AbortSignal;
}

/** A benchmark: it measures, and judges nothing. */
export interface Suite {
  readonly name: string;
  /** What it measures, for `--help`. */
  readonly description: string;
  readonly platform: PlatformName;
  run(context: SuiteContext): Promise<readonly Table[]>;
}
