import type { History } from '../checks/history.ts';
import type { Random } from '../scenarios/random.ts';

/** One way to doctor a run. */
export interface Mutation {
  /** What is untrue then, as a sentence without a full stop. */
  readonly name: string;
  /** Why a run that was doctored so may pass. @default it must not */
  readonly harmless?: string;
  /** Doctors it somewhere that chance decides; undefined when there is nothing in it that could be doctored so. */
  doctor(history: History, random: Random): History | undefined;
}

/** Picks one, or nothing where there is nothing. */
export function pickOne<T>(items: readonly T[], random: Random): T | undefined {
  return items.length === 0 ? undefined : random.pick(items);
}

/** The list with one of its items replaced. */
export function replace<T>(items: readonly T[], item: T, ...by: readonly T[]): readonly T[] {
  return items.flatMap((each) => (each === item ? by : [each]));
}

/** The same without some of its fields. */
export function omit<T extends object>(item: T, fields: readonly (keyof T)[]): T {
  return Object.fromEntries(Object.entries(item).filter(([name]) => !fields.includes(name as keyof T))) as T;
}
