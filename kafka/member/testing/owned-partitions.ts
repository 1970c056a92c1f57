import { Membership, type Tenure } from '../membership.ts';

/** The generation in which `createOwned` gives partitions. */
export const OWNED_GENERATION = 5;

/** A member that owns partitions, of each its tenure, by partition. */
export function createOwned(partitions: readonly number[]): { membership: Membership; tenures: readonly Tenure[] } {
  const membership = new Membership();
  const tenures = assign(membership, partitions, OWNED_GENERATION);
  return { membership, tenures };
}

/** Gives a member partitions. @returns the tenures of what it gained */
export function assign(membership: Membership, partitions: readonly number[], generation: number): readonly Tenure[] {
  return membership.take({ memberId: 'me', generation, protocol: 'cooperative-sticky', partitions }).gained;
}

/** The tenure of a partition that is owned. */
export function tenureOf({ tenures }: Pick<Membership, 'tenures'>, partition: number): Tenure {
  const found = tenures.find((tenure) => tenure.partition === partition);
  if (found === undefined) throw new Error(`partition ${String(partition)} is not owned`);
  return found;
}
