import type { ToldStep } from '../scenarios/run-scenario.ts';
import { formatGroup } from './format-group.ts';

const MARKS: Readonly<Record<ToldStep['outcome'], string>> = {
  pending: '…',
  done: '',
  failed: 'failed: ',
  unsupported: 'cannot be done here: ',
  error: 'not done: ',
};

/** A step as lines of text: when it begins, and what it came to if there is something to say. */
export function formatStep({ text, outcome, detail, balanced, balanceMs }: ToldStep, sinceStartMs: number): string[] {
  const time = `${(sinceStartMs / 1000).toFixed(1).padStart(7)} s  `;
  if (outcome === 'pending') return [`${time}${text}`];
  const indent = ' '.repeat(time.length);
  const told = detail === null || detail === '' ? [] : [`${indent}${MARKS[outcome]}${detail}`];
  return [
    ...told,
    ...(balanced === undefined || balanceMs === undefined
      ? []
      : formatGroup(balanced.view).map((line) => `${indent}${line.trimStart()}`)),
  ];
}
