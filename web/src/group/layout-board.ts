import type { GroupSnapshot, Member, Partition, Pod } from '../../../lib/contracts/lab-snapshot.ts';

/** A place that can hold partitions. Its key stays the same from snapshot to snapshot. */
export type Card =
  | { readonly kind: 'pod'; readonly key: string; readonly pod: Pod; readonly partitions: readonly Partition[] }
  | {
      readonly kind: 'ghost' | 'other';
      readonly key: string;
      readonly member: Member;
      readonly partitions: readonly Partition[];
    };

export interface NodeCards {
  readonly node: string;
  readonly zone: string | null;
  readonly cards: readonly Card[];
}

/** The cards in the order of the page, and each partition in one place only. */
export interface Board {
  readonly nodes: readonly NodeCards[];
  /** Members that are no pod of the Deployment: those whose process is gone, and clients from elsewhere. */
  readonly strangers: readonly Card[];
  readonly unowned: readonly Partition[];
}

/**
 * Lays pods out by zone, node and name. A membership whose process is gone is a card of its own, also when a pod of
 * that name lives on, because its partitions are read by nobody.
 */
export function layoutBoard(group: GroupSnapshot): Board {
  const left = new Map(group.partitions.map((partition) => [partition.partition, partition]));
  const take = (numbers: readonly number[]): Partition[] =>
    numbers
      .toSorted((a, b) => a - b)
      .flatMap((number) => {
        const partition = left.get(number);
        left.delete(number);
        return partition === undefined ? [] : [partition];
      });

  const sortedPods = group.pods.toSorted((a, b) => compareNames(a.name, b.name));
  const byPod = new Map(sortedPods.map(({ name, partitions }) => [name, take(partitions)]));
  const podNames = new Set(group.pods.map(({ name }) => name));
  const strangers = group.members
    .filter(({ ghost, pod }) => ghost !== null || pod === null || !podNames.has(pod))
    .map((member): Card => ({
      kind: member.ghost === null ? 'other' : 'ghost',
      key: `member ${member.memberId}`,
      member,
      partitions: take(member.partitions),
    }));
  // While the group rebalances no member owns anything, and the last owner still has what it read last.
  for (const [name, partitions] of byPod) {
    const lastOwned = [...left.values()].filter(({ owner }) => owner === name);
    partitions.push(...take(lastOwned.map(({ partition }) => partition)));
  }
  const podCards = sortedPods.map((pod): Card => ({
    kind: 'pod',
    key: `pod ${pod.name}`,
    pod,
    partitions: byPod.get(pod.name) ?? [],
  }));
  const known = new Set(group.members.map(({ memberId }) => memberId));
  // Whose owner is not listed has one all the same.
  const unowned = [...left.values()].filter(
    ({ ownerMemberId }) => group.membersLeftOut === 0 || ownerMemberId === null || known.has(ownerMemberId),
  );
  return { nodes: groupByNode(podCards), strangers, unowned };
}

function groupByNode(cards: readonly Card[]): NodeCards[] {
  const byNode = new Map<string, { node: string; zone: string | null; cards: Card[] }>();
  for (const card of cards) {
    if (card.kind !== 'pod') continue;
    const { node, zone } = card.pod;
    const place = byNode.get(node) ?? { node, zone, cards: [] };
    place.cards.push(card);
    byNode.set(node, place);
  }
  return [...byNode.values()].toSorted(
    (a, b) => compareNames(a.zone ?? '', b.zone ?? '') || compareNames(a.node, b.node),
  );
}

const NAMES = new Intl.Collator('en', { numeric: true });

function compareNames(a: string, b: string): number {
  return NAMES.compare(a, b);
}
