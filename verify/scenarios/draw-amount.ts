import type { Random } from './random.ts';
import type { Amount } from './scenario.ts';

/** How many replicas it is this time: what is a range is drawn. Never less than none. */
export function drawAmount({ min, max }: Amount, partitions: number, random: Random): number {
  const [low = 0, high = 0] = [min, max].map(({ plus, isPartitions }) =>
    Math.max(0, plus + (isPartitions ? partitions : 0)),
  );
  return random.integer(Math.min(low, high), Math.max(low, high));
}
