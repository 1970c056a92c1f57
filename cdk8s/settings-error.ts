import { describeWrong } from '../lib/wording/wording.ts';

/** One setting that cannot be used. */
export interface SettingsProblem {
  /** Where it stands, as `kafka.brokers`. */
  readonly path: string;
  readonly got: unknown;
  /** What it must be, or what it contradicts. */
  readonly reason: string;
}

/** The settings of an environment cannot be used; the message lists every problem. */
export class SettingsError extends Error {
  override readonly name = 'SettingsError';
  readonly problems: readonly SettingsProblem[];

  constructor(problems: readonly SettingsProblem[]) {
    const lines = problems.map(({ path, got, reason }) => `  ${describeWrong(path, got, reason)}`);
    super(`The settings are not usable:\n${lines.join('\n')}`);
    this.problems = problems;
  }
}
