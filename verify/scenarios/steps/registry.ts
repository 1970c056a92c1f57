/**
 * Every kind of step there is. What reads a scenario, runs it, judges it and tells of it goes by this list and knows no
 * kind by name.
 */
import { deleteOffsets } from './delete-offsets.ts';
import { drain } from './drain.ts';
import { faults } from './fault.ts';
import { hold } from './hold.ts';
import { load } from './load.ts';
import { mix } from './mix.ts';
import { poison } from './poison.ts';
import { roll } from './roll.ts';
import { scale } from './scale.ts';
import type { CompositeKind, StepKind } from './step-kind.ts';
import { uncordon } from './uncordon.ts';
import { waitBalance } from './wait-balanced.ts';

const KINDS = [
  // In the order in which errors and the docs name them.
  load,
  scale,
  ...faults,
  roll,
  drain,
  uncordon,
  deleteOffsets,
  waitBalance,
  hold,
  poison,
  mix,
] as const;

/** What is done, one after the other. Times are in milliseconds. */
export type Step = NonNullable<ReturnType<(typeof KINDS)[number]['parse']>>;
type AnyKind = StepKind<Step> | CompositeKind<Step>;

/** Every kind of step there is. */
export const STEP_KINDS: readonly AnyKind[] = KINDS;

/** @returns undefined when no kind has this name */
export function findStepKind(name: string): AnyKind | undefined {
  return STEP_KINDS.find(({ kind }) => kind === name);
}

/** @throws RangeError when no kind has this name */
export function requireStepKind(name: Step['kind']): AnyKind {
  const kind = findStepKind(name);
  if (kind === undefined) throw new RangeError(`there is no step ${name}`);
  return kind;
}

/** Whether a step that a journal names changes something in the group, as one of a kind that is not known may. */
export function isChange(name: string): boolean {
  const kind = findStepKind(name);
  return kind === undefined || isComposite(kind) || kind.isChange;
}

/** Whether it brings back what an earlier one impaired. */
export function isHealing(name: string): boolean {
  const kind = findStepKind(name);
  return kind !== undefined && !isComposite(kind) && kind.isHealing === true;
}

/** Whether it is made of other steps. */
export function isComposite(kind: AnyKind): kind is CompositeKind<Step> {
  return 'perform' in kind;
}
