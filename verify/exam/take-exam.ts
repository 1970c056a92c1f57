/**
 * What the verdict can see, measured: a run that passed is doctored in every way there is, and judged again. What is untrue
 * and passes all the same is a hole.
 */
import { judge } from '../checks/judge.ts';
import type { History } from '../checks/history.ts';
import type { Verdict } from '../checks/verdict.ts';
import { createRandom } from '../scenarios/random.ts';
import { CLOCK_MUTATIONS } from './doctor-clocks.ts';
import { GROUP_MUTATIONS } from './doctor-group.ts';
import { LOG_MUTATIONS } from './doctor-log.ts';
import { RECEIPT_MUTATIONS } from './doctor-receipts.ts';
import type { Mutation } from './mutation.ts';

const MUTATIONS: readonly Mutation[] = [...LOG_MUTATIONS, ...RECEIPT_MUTATIONS, ...GROUP_MUTATIONS, ...CLOCK_MUTATIONS];

/** What came of one way to doctor the run, over all places that were tried. */
export interface ExamResult {
  readonly name: string;
  readonly harmless: string | undefined;
  /** How often it was doctored so; 0 when there was nothing in it to doctor. */
  readonly trials: number;
  readonly verdicts: Readonly<Record<Verdict, number>>;
  /** How often each check did not pass, by its name. */
  readonly checks: Readonly<Record<string, number>>;
}

/** Whether something that is untrue has passed. */
export function isHole({ harmless, verdicts }: ExamResult): boolean {
  return harmless === undefined && verdicts.pass > 0;
}

/** How much is tried, and which of it. */
export interface ExamOptions {
  /** How many places are tried of each mutation. */
  readonly trials: number;
  readonly seed: number;
  /** @default all */
  readonly mutations?: readonly Mutation[];
}

/** Not every place that chance names can be doctored. */
const ATTEMPTS_EACH = 5;

/** @param history of a run that passes */
export function takeExam(
  history: History,
  { trials, seed, mutations = MUTATIONS }: ExamOptions,
): readonly ExamResult[] {
  return mutations.map((mutation) => {
    const { name, harmless } = mutation;
    const random = createRandom(seed);
    const verdicts: Record<Verdict, number> = { pass: 0, fail: 0, unknown: 0 };
    const checks: Record<string, number> = {};
    let tried = 0;
    for (let attempts = 0; tried < trials && attempts < trials * ATTEMPTS_EACH; attempts += 1) {
      const doctored = mutation.doctor(history, random);
      if (doctored === undefined) continue;
      tried += 1;
      const judgement = judge(doctored);
      verdicts[judgement.verdict] += 1;
      for (const check of judgement.checks) {
        if (check.verdict !== 'pass') checks[check.name] = (checks[check.name] ?? 0) + 1;
      }
    }
    return { name, harmless, trials: tried, verdicts, checks };
  });
}
