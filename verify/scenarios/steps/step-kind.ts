import type { BalancedGroup } from '../balanced-group.ts';
import type { Stage } from '../stage.ts';
import type { Step } from './registry.ts';

/** Where something stands in a scenario: names, and places in lists. */
export type Path = readonly (string | number)[];

/** What a kind of step may ask of whoever reads the scenario. */
export interface Reading {
  /** Notes a flaw; null is what a flawed part becomes. */
  readonly complain: (path: Path, got: unknown, wanted: string) => null;
  /** Reads steps within a step. */
  readonly readSteps: (given: unknown, path: Path) => readonly Step[];
}

interface WrittenKind<S extends { readonly kind: string }> {
  readonly kind: S['kind'];
  /** Its row in docs/verify.md, in Markdown: how it is written, and what it does. */
  readonly docs: { readonly written: string; readonly does: string };
  /** Reads what stands behind its name; undefined when it stands alone. */
  parse(value: unknown, path: Path, reading: Reading): S | null;
}

/**
 * A kind of step: all there is of it. It reaches the lab only by the stage, so that whoever judges a run may ask the
 * registry about a kind.
 */
export interface StepKind<S extends { readonly kind: string }> extends WrittenKind<S> {
  /** Whether it changes something in the group: time to balance is counted from it, and nothing is settled before. */
  readonly isChange: boolean;
  /** Whether it takes its time, so that time to balance is counted from its end. @default false */
  readonly isLasting?: boolean;
  /** Whether it brings back what an earlier one impaired. @default false */
  readonly isHealing?: boolean;
  /** Whether the group is to blame when it is not done in time. @default false */
  readonly isDeadline?: boolean;
  /** Draws what the seed decides, so that the journal tells what is done and not only what was asked for. */
  prepare(step: S, stage: Stage): Prepared | Promise<Prepared>;
  /** Complains about what all steps of the kind in a scenario must agree on. */
  agree?(steps: readonly S[], reading: Reading): void;
  /** Brings back what steps of the kind have impaired and no step brought back. */
  heal?(stage: Stage): Promise<void>;
}

/** A kind that is made of other steps: they are in the journal, and not itself. None may be within another. */
export interface CompositeKind<S extends { readonly kind: string }> extends WrittenKind<S> {
  perform(step: S, stage: Stage): Promise<void>;
}

/** A step that is about to be done. */
interface Prepared {
  /** In words, with what was drawn. */
  readonly text: string;
  readonly act: () => Promise<Done> | Promise<void>;
}

/** What a step has to say for itself. */
export interface Done {
  readonly detail?: string;
  /** What `wait-balanced` saw. */
  readonly balanced?: BalancedGroup;
  /** How long after the change, in milliseconds; not there when nothing had changed. */
  readonly balanceMs?: number;
}
