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
