/** Which replica owns each partition. */
export type Owners = ReadonlyMap<number, string>;

/** How many partitions have another owner than before; one that had none has moved, too. */
export function countMoves(before: Owners, after: Owners): number {
  return [...after].filter(([partition, owner]) => before.get(partition) !== owner).length;
}

/**
 * How few partitions can change their owner so that the members share them within one: every member keeps what it
 * has up to its share, and the larger shares are given to those that have most.
 */
export function countLeastMoves(before: Owners, members: readonly string[], partitions: number): number {
  if (members.length === 0) return 0;
  const owned = members.map((member) => [...before.values()].filter((owner) => owner === member).length);
  const share = Math.floor(partitions / members.length);
  const larger = partitions % members.length;
  const kept = owned
    .toSorted((a, b) => b - a)
    .reduce((sum, count, index) => sum + Math.min(count, index < larger ? share + 1 : share), 0);
  return partitions - kept;
}

/** One assignment of a group after another, by which its partitions moved. */
export interface AssignmentSteps {
  readonly before: Owners;
  readonly steps: readonly { readonly owners: Owners; readonly members: readonly string[] }[];
  /** How many there are, owned or not. */
  readonly partitions: number;
}

/**
 * Moves of all steps together, and the fewest that each step's members allowed, given where it began. A cooperative
 * group takes a partition away in one assignment and gives it to its next owner in a later one: an assignment that
 * leaves partitions without an owner is on the way to the next that does not, and no step of its own.
 */
export function sumMoves({ before, steps, partitions }: AssignmentSteps): {
  readonly moved: number;
  readonly least: number;
} {
  let moved = 0;
  let least = 0;
  let from = before;
  for (const { owners, members } of steps) {
    if (owners.size < partitions) continue;
    moved += countMoves(from, owners);
    least += countLeastMoves(from, members, partitions);
    from = owners;
  }
  return { moved, least };
}
