import { countLeastMoves, findMoves, type Owners } from '../../groups/balance.ts';

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
    moved += findMoves(from, owners).length;
    least += countLeastMoves(from, members, partitions);
    from = owners;
  }
  return { moved, least };
}
