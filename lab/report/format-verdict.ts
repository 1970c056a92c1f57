import type { Judgement } from '../checks/judge.ts';

/** A judgement as lines of text: each check with its sentence, evidence under what did not pass, the verdict last. */
export function formatVerdict({ verdict, checks }: Judgement): string[] {
  const width = Math.max(...checks.map(({ name }) => name.length));
  const lines = checks.flatMap((check) => [
    `  ${check.verdict.padEnd(7)} ${check.name.padEnd(width)}  ${check.summary}`,
    ...(check.verdict === 'pass' ? [] : check.evidence.map((piece) => `            ${JSON.stringify(piece)}`)),
  ]);
  return [...lines, `verdict: ${verdict}`];
}
