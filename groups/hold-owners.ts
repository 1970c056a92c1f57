import type { GroupDescription } from '../lib/contracts/group.ts';

/**
 * While a group rebalances, its coordinator tells no assignment. Until it gives the partitions out again, each is shown with
 * the member that had it last, as far as that one is still a member.
 *
 * @param last the last view of the stable group
 */
export function holdOwners(view: GroupDescription, last: GroupDescription | undefined): GroupDescription {
  if (last === undefined || (view.state !== 'PreparingRebalance' && view.state !== 'CompletingRebalance')) return view;
  const held = new Map(last.members.map((member) => [member.memberId, member]));
  const members = view.members.map((member) => {
    const before = held.get(member.memberId);
    if (before === undefined || member.partitions.length > 0) return member;
    return { ...member, reads: before.reads, partitions: before.partitions };
  });
  const owners = new Map(
    members.flatMap(({ clientId, partitions }) => partitions.map((partition) => [partition, clientId] as const)),
  );
  const partitions = view.partitions.map((partition) => ({
    ...partition,
    owner: owners.get(partition.partition) ?? null,
  }));
  return { ...view, assignor: view.assignor ?? last.assignor, members, partitions };
}
