import type { Column, Table } from '../../verify/report/render-table.ts';
import { median, summarize } from '../../verify/checks/statistics.ts';
import type { Step } from './run-steps.ts';
import {
  DOWN_PARTS,
  findDownMarks,
  findUpMarks,
  measurePart,
  UP_PARTS,
  type Marks,
  type Part,
  type StepSeen,
} from './step-marks.ts';

/** How long each kind of step took as a whole. */
export function buildTotalsTable(steps: readonly Step[], notes: readonly string[]): Table {
  const summary = (name: string): Column[] =>
    ['median', 'p95', 'max'].map((figure) => ({ name: `${name}, ${figure}`, unit: 'ms' }));
  return {
    title: 'From `scale` to balanced',
    columns: [
      { name: 'consumers' },
      { name: 'repeats' },
      ...summary('new assignment'),
      ...summary('balanced, all pods ready'),
    ],
    rows: groupByWords(steps).map(([words, ofKind]) => [
      words,
      ofKind.length,
      ...summarize(ofKind.map(({ seen }) => (seen.assignedAt ?? NaN) - seen.calledAt).filter(Number.isFinite)),
      ...summarize(ofKind.map(({ seen }) => seen.balancedAt - seen.calledAt)),
    ]),
    notes,
  };
}

/** What the parts of steps up cost. */
export function buildUpTable(steps: readonly Step[]): Table {
  const up = steps.filter(({ from, to }) => to > from);
  return buildPartsTable('Parts of a step up, medians', up, UP_PARTS, findUpMarks, [
    'Pods are seen on the watch of the API server, within 20 ms; serves, joined and processed are times of the new replica’s own log.',
    'Scheduled → serves contains the sandbox, the start of the container and the start of Node.js; the image is there.',
    'What is beside runs at the same time: kubelet reports a running container and readiness at its own pace, which the group does not wait for.',
  ]);
}

/** What the parts of steps down cost. */
export function buildDownTable(steps: readonly Step[]): Table {
  const down = steps.filter(({ from, to }) => to < from);
  return buildPartsTable('Parts of a step down, medians', down, DOWN_PARTS, findDownMarks, [
    'Everything but pods is told by the logs of the replica that goes and of those that stay.',
    'A replica that goes answers HTTP for 2 s more, while the others have its partitions already.',
  ]);
}

function buildPartsTable<Name extends string>(
  title: string,
  steps: readonly Step[],
  parts: readonly Part<Name>[],
  findMarks: (seen: StepSeen) => Marks<Name>,
  notes: readonly string[],
): Table {
  const kinds = groupByWords(steps).map(
    ([words, ofKind]) => [words, ofKind.map(({ seen }) => findMarks(seen))] as const,
  );
  const measure = (marks: readonly Marks<Name>[], { from, to }: Part<Name>): number =>
    median(marks.map((one) => measurePart(one, from, to)).filter(Number.isFinite));
  return {
    title,
    columns: [{ name: 'part' }, ...kinds.map(([words]) => ({ name: words, unit: 'ms' }))],
    rows: parts.map((part) => [part.words, ...kinds.map(([, marks]) => measure(marks, part))]),
    notes,
  };
}

/** Steps by their ends, in the order in which they came first. */
function groupByWords(steps: readonly Step[]): readonly (readonly [string, readonly Step[]])[] {
  return [...Map.groupBy(steps, ({ from, to }) => `${String(from)} → ${String(to)}`)];
}
