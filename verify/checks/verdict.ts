import type { Verdict } from '../../lib/contracts/saved-run.ts';
import { joinList } from '../../lib/wording/wording.ts';

export type { Verdict };

/** What one check has to say about a history. */
export interface CheckResult {
  readonly name: string;
  readonly verdict: Verdict;
  /** One sentence in plain words, with the numbers. */
  readonly summary: string;
  readonly measurements: Readonly<Record<string, number>>;
  /** The very records behind the verdict, at most ten. */
  readonly evidence: readonly unknown[];
}

/** @returns fail if any fails, else unknown if any is unknown or there is none, else pass. */
export function combineVerdicts(verdicts: readonly Verdict[]): Verdict {
  if (verdicts.includes('fail')) return 'fail';
  return verdicts.includes('unknown') || verdicts.length === 0 ? 'unknown' : 'pass';
}

/** What a check found; its verdict follows from it. */
export interface Conclusion {
  readonly name: string;
  /** What was looked at, with its number: the beginning of the summary. */
  readonly subject: string;
  /** What is wrong, in words; any of them is a fail. */
  readonly failures: readonly string[];
  /** What keeps the check from judging, in words; without failures any of them is an unknown. */
  readonly doubts: readonly string[];
  /** The end of the summary when there is neither. */
  readonly passed: string;
  readonly measurements: Readonly<Record<string, number>>;
  readonly evidence: readonly unknown[];
}

/** Turns what a check found into its result. */
export function conclude(conclusion: Conclusion): CheckResult {
  const { name, subject, failures, doubts, passed, measurements, evidence } = conclusion;
  const result = { name, measurements, evidence };
  if (failures.length > 0) return { ...result, verdict: 'fail', summary: `${subject}: ${joinList(failures)}.` };
  if (doubts.length > 0) {
    return { ...result, verdict: 'unknown', summary: `${subject}: cannot be judged, because ${joinList(doubts)}.` };
  }
  return { ...result, verdict: 'pass', summary: `${subject}: ${passed}.` };
}

/** The result of any check of a history without operations: never a pass. */
export function concludeNothingAsked(name: string): CheckResult {
  return {
    name,
    verdict: 'unknown',
    summary: 'Nothing was asked, so nothing was shown.',
    measurements: {},
    evidence: [],
  };
}
