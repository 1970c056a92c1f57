import type { JudgedRun } from '../runs/judge-run.ts';
import type { MachineSample } from '../history/journal.ts';
import { listNotes } from './list-notes.ts';
import { describeUnplanned } from './list-rebalances.ts';

/**
 * The verdict on a run as lines of text: each check with its sentence, evidence under what did not pass, what to know
 * about how it was judged, what may have come of the machine and not of the group, the verdict last.
 */
export function formatVerdict({ judgement: { verdict, checks }, run, journal, rebalances }: JudgedRun): string[] {
  const width = Math.max(...checks.map(({ name }) => name.length));
  const lines = checks.flatMap((check) => [
    `  ${check.verdict.padEnd(7)} ${check.name.padEnd(width)}  ${check.summary}`,
    ...(check.verdict === 'pass' ? [] : check.evidence.map((piece) => `            ${JSON.stringify(piece)}`)),
  ]);
  const unplanned = describeUnplanned(rebalances);
  const machine = verdict === 'pass' ? [] : describeMachine(journal.machine);
  return [...lines, ...[...listNotes(run), ...unplanned, ...machine].map((line) => `  ${line}`), `verdict: ${verdict}`];
}

function describeMachine(samples: readonly MachineSample[]): string[] {
  if (samples.length === 0) return [];
  const [busy, load, stalled] = (['busy', 'load1', 'stalledMs'] as const).map((name) =>
    samples.reduce((largest, sample) => Math.max(largest, sample[name]), 0),
  );
  const percent = String(Math.round((busy ?? 0) * 100));
  return [
    `machine: up to ${percent} % busy, a load of ${String(load)}, and ${String(stalled)} ms without the verifier`,
  ];
}
