import { CLOCK_DIFFERENCE_MS } from './clock-difference.ts';
import { findDisturbances } from './disturbances.ts';
import type { Generation, History, LedgerEntry } from './history.ts';
import { buildOutages } from './outages.ts';
import { buildTenures, findToldBySession, isInOrder, type Tenure } from './tenures.ts';

/** Who owned what and who lost it, by the group's own history. Members go by their client ids. */
export interface GroupTimeline {
  isKnown(generation: number): boolean;
  /** Whether it was so in any of what was written of this generation, or the partition was nobody's since it had been. */
  isOwner(member: string, partition: number, generation: number): boolean;
  /** Whether it was anybody's in any of what was written of this generation. */
  isOwned(partition: number, generation: number): boolean;
  /** The first newer generation in which the partition was another's. */
  findLoss(member: string, partition: number, generation: number): Generation | undefined;
  /** In the order of time. */
  findTenures(member: string, partition: number): readonly Tenure[];
  /**
   * When a member must have been told of a loss, in milliseconds since the epoch: it has heartbeated within its session
   * since then, has joined again, or has died.
   */
  findToldBy(member: string, partition: number, loss: Generation): number;
  /** The first and the last tenure in which the work that a receipt is of may have been done, if any. */
  attribute(receipt: LedgerEntry): Attribution;
  /**
   * The tenure of another that a tenure was followed by in order, if no broker was disturbed around the handover, or from then
   * until a time: what is accounted for and committed may come late then, or be refused.
   */
  findOrderlySuccessor(tenure: Tenure, until: number): Tenure | undefined;
}

/** The tenures that a receipt may be of; undefined where none fits. */
export interface Attribution {
  readonly earliest: Tenure | undefined;
  readonly latest: Tenure | undefined;
}

/** Built once for a run: every check that asks who owned what asks the same one. */
export function createGroupTimeline(
  history: Pick<History, 'generations' | 'faults' | 'replicaEvents' | 'groupReading'>,
): GroupTimeline {
  const { generations, groupReading } = history;
  // A coordinator may write a generation more than once: its members change while its number stays.
  const byNumber = Map.groupBy(generations, ({ generation }) => generation);
  const owners = new Map([...byNumber].map(([number, written]) => [number, collectOwners(written)]));
  const numbers = [...byNumber.keys()].sort((a, b) => a - b);
  const outages = buildOutages(history);
  const disturbances = findDisturbances(history);
  const tenures = buildTenures(history);
  const byMember = new Map(
    [...tenures].map(([partition, each]) => [partition, Map.groupBy(each, ({ member }) => member)]),
  );
  const findTenures = (member: string, partition: number): readonly Tenure[] =>
    byMember.get(partition)?.get(member) ?? [];

  return {
    isKnown: (generation) => byNumber.has(generation),
    isOwner: (member, partition, generation) =>
      (owners.get(generation)?.get(partition)?.has(member) ?? false) ||
      findTenures(member, partition).some((tenure) => contains(tenure, generation)),
    isOwned: (partition, generation) => owners.get(generation)?.has(partition) ?? false,
    findLoss(member, partition, generation) {
      const lost = numbers.find((number) => {
        const ofPartition = number > generation ? owners.get(number)?.get(partition) : undefined;
        return ofPartition !== undefined && !ofPartition.has(member);
      });
      return lost === undefined ? undefined : byNumber.get(lost)?.[0];
    },
    findTenures,
    findToldBy(member, partition, loss) {
      // In a gap another membership may have had it.
      const lost =
        groupReading === 'whole'
          ? findTenures(member, partition).findLast((tenure) => tenure.loss === loss)
          : undefined;
      return lost?.overBy ?? findToldBySession(generations, member, loss, outages.of(member));
    },
    attribute(receipt) {
      const { member, partition, generation } = receipt;
      const all = findTenures(member, partition);
      if (generation !== undefined) {
        const numbered = all.filter((tenure) => contains(tenure, generation));
        return { earliest: numbered[0], latest: numbered.at(-1) };
      }
      const begun = all.filter((tenure) => hasBegun(tenure, receipt));
      const startedAt = Date.parse(receipt.startedAt);
      return { earliest: begun.find(({ overBy }) => startedAt <= overBy), latest: begun.at(-1) };
    },
    findOrderlySuccessor(tenure, until) {
      const next = tenures.get(tenure.partition)?.find((each) => isInOrder(tenure, each));
      if (next === undefined) return undefined;
      return disturbances.some(({ from, to }) => from <= until && to >= next.from.at) ? undefined : next;
    },
  };
}

/** Whether a tenure may have begun before the work that a receipt is of had ended. */
export function hasBegun({ from }: Tenure, { finishedAt }: LedgerEntry): boolean {
  return from.at <= Date.parse(finishedAt) + CLOCK_DIFFERENCE_MS;
}

function contains({ from, loss }: Tenure, generation: number): boolean {
  return from.generation <= generation && (loss === undefined || generation < loss.generation);
}

/** By partition, the client ids of those that had it in any of what was written of a generation. */
function collectOwners(written: readonly Generation[]): ReadonlyMap<number, ReadonlySet<string>> {
  const owners = new Map<number, Set<string>>();
  for (const { member, partitions } of written.flatMap(({ members }) => members)) {
    for (const partition of partitions) {
      const ofPartition = owners.get(partition);
      if (ofPartition) ofPartition.add(member);
      else owners.set(partition, new Set([member]));
    }
  }
  return owners;
}
