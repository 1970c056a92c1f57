/** Who owns which partition: the owner's name by partition number, null when nobody does. */
export type Owners = ReadonlyMap<number, string | null>;

/**
 * What changed between two moments, in one sentence to be read aloud: the first partition in full, the rest counted.
 * Undefined when every partition that both know has the same owner.
 */
export function summarizeMoves(before: Owners, after: Owners): string | undefined {
  const moved = [...after.keys()]
    .filter((partition) => before.has(partition) && before.get(partition) !== after.get(partition))
    .toSorted((a, b) => a - b);
  const first = moved[0];
  if (first === undefined) return undefined;
  const sentence = describeMove(first, before.get(first) ?? null, after.get(first) ?? null);
  return moved.length === 1 ? sentence : `${sentence}; ${moved.length - 1} more moved`;
}

function describeMove(partition: number, from: string | null, to: string | null): string {
  if (to === null) return `partition ${partition} has no owner any more; it was with ${from ?? 'nobody'}`;
  return from === null ? `partition ${partition} went to ${to}` : `partition ${partition} moved from ${from} to ${to}`;
}
