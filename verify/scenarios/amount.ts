import { LARGEST_SCALE } from '../../lib/contracts/largest-scale.ts';
import type { Random } from './random.ts';

/** A number of replicas: fixed, or drawn by the seed from `min` to `max`; `partitions` stands for those of the topic. */
export interface Amount {
  readonly min: AmountBound;
  readonly max: AmountBound;
}

interface AmountBound {
  readonly plus: number;
  readonly isPartitions: boolean;
}

/** How an amount is written, for the sentences of errors. */
export const AMOUNT_FORM = `a number of replicas up to ${String(LARGEST_SCALE)}, partitions, partitions + 1, or a range such as 1 to 8`;

/** @returns undefined when the value is no amount. */
export function parseAmount(given: unknown): Amount | undefined {
  const text = String(given).trim();
  const [low, high] = text.split(/ to /).map(parseBound);
  if (low === undefined || (text.includes(' to ') && high === undefined)) return undefined;
  const max = high ?? low;
  return !low.isPartitions && !max.isPartitions && low.plus > max.plus ? undefined : { min: low, max };
}

function parseBound(text: string): AmountBound | undefined {
  const match = /^(?:(\d{1,3})|partitions(?: ?([+-]) ?(\d{1,3}))?)$/.exec(text.trim());
  if (!match) return undefined;
  const [, fixed, sign, more] = match;
  if (fixed !== undefined) {
    return Number(fixed) <= LARGEST_SCALE ? { plus: Number(fixed), isPartitions: false } : undefined;
  }
  return { plus: (sign === '-' ? -1 : 1) * Number(more ?? 0), isPartitions: true };
}

/** How many replicas it is this time: what is a range is drawn. Never less than none. */
export function drawAmount({ min, max }: Amount, partitions: number, random: Random): number {
  const [low = 0, high = 0] = [min, max].map(({ plus, isPartitions }) =>
    Math.max(0, plus + (isPartitions ? partitions : 0)),
  );
  return random.integer(Math.min(low, high), Math.max(low, high));
}
