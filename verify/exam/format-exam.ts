import { isHole, type ExamResult } from './take-exam.ts';

/** The table of an exam, as Markdown. */
export function formatExam(results: readonly ExamResult[]): string {
  const rows = results
    .filter(({ trials }) => trials > 0)
    .map((result) => {
      const { name, trials, verdicts } = result;
      const numbers = [trials, verdicts.fail, verdicts.unknown, verdicts.pass].map(String);
      return `| ${[name, ...numbers, describe(result)].join(' | ')} |`;
    });
  return [
    '| what is untrue | tries | fail | unknown | pass | by |',
    '| --- | ---: | ---: | ---: | ---: | --- |',
    ...rows,
    '',
  ].join('\n');
}

/** The table with what it was made from, as a page. */
export function buildExamPage(results: readonly ExamResult[], run: string): string {
  const untried = listUntried(results);
  return [
    '# What the verdict sees',
    '',
    '`npm run lab -- exam DIR --out FILE` takes a saved run that passed, makes one thing in it untrue, somewhere that chance decides, and judges',
    'it again. What is untrue and passes is a hole; what passes and is no hole says why. The numbers behind the checks are the tries in which',
    'they did not pass.',
    '',
    `This page was written from ${run}.`,
    '',
    formatExam(results),
    ...(untried.length > 0 ? [`Nothing in this run could be doctored so: ${untried.join('; ')}.`, ''] : []),
  ].join('\n');
}

/** What could not be tried, because the run has nothing to doctor so. */
export function listUntried(results: readonly ExamResult[]): readonly string[] {
  return results.filter(({ trials }) => trials === 0).map(({ name }) => name);
}

function describe(result: ExamResult): string {
  const { checks, harmless, verdicts } = result;
  const named = Object.entries(checks)
    .sort(([, a], [, b]) => b - a)
    .map(([name, count]) => `${name === 'refused' ? 'refused with a sentence' : `\`${name}\``} ${String(count)}`);
  if (isHole(result)) return ['**a hole**', ...named].join(', ');
  return verdicts.pass > 0 ? [`passes: ${harmless ?? ''}`, ...named].join('; ') : named.join(', ');
}
