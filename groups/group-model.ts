/**
 * The one model of a consumer group. What Kafka, the ledger and the platform tell is taken in as it comes; a snapshot joins
 * it: which pod is which member, who owns what, what waits, and why the last rebalances happened.
 */
import type { GroupMember, GroupDescription } from '../lib/contracts/group.ts';
import type { GroupSnapshot, Partition, Pod } from '../lib/contracts/lab-snapshot.ts';
import type { Receipt } from '../lib/contracts/receipt.ts';
import type { GroupGeneration } from '../lib/contracts/group-generation.ts';
import type { PlatformEvent } from '../lib/contracts/platform-event.ts';
import type { ScaleDownOrder } from '../lib/contracts/replica.ts';
import { decideNextToGo } from './decide-next-to-go.ts';
import { explainIdle } from './explain-idle.ts';
import { explain, type ExplanationFacts } from './explain.ts';
import { holdOwners } from './hold-owners.ts';
import { findGhost, type Ghost } from './find-ghost.ts';
import { readStart, type GroupReplica } from './group-replica.ts';
import { createPauseMeter } from './pause-meter.ts';
import { createRebalanceTimeline } from './rebalance-timeline.ts';
import { createReplicaMemory } from './replica-memory.ts';
import { TopicTrack } from './topic-track.ts';
import { isSharer, measureGroup, type Balance } from './balance.ts';

interface GroupModelOptions {
  readonly groupId: string;
  readonly topic: string;
  /** The Deployment whose replicas are the members. */
  readonly deployment: string;
  readonly scaleDownOrder: ScaleDownOrder;
  /** Rebalances that are shown. @default 20 */
  readonly rebalances?: number;
}

/** Platform events are looked at for so long after they happened: a session timeout, and the time a pod needs to start. */
const EVENTS_KEPT_MS = 120_000;
const EVENTS_KEPT = 1000;
const REVIEW_MS = 15_000;
/** A process that ends in good order has left the group by then. */
const LEAVING_MS = 1500;

/** Of a member that is not known: most clients have more. */
const DEFAULT_REBALANCE_TIMEOUT_MS = 15_000;

/** Before anybody was asked. */
const UNKNOWN_GROUP = { state: 'Unknown', assignor: null, coordinator: null, members: [], partitions: [], lag: 0 };

type Tracked = ReturnType<TopicTrack['describe']>[number];

/** A group over time: takes what the coordinator, the platform and the ledger tell, and gives it as one document. */
export class GroupModel {
  readonly #options: GroupModelOptions;
  readonly #track = new TopicTrack();
  readonly #timeline;
  readonly #pauses = createPauseMeter();
  readonly #memory = createReplicaMemory();
  #events: PlatformEvent[] = [];
  #view: GroupDescription | undefined;
  #viewedAt = 0;
  /** When the group was first looked at: what was before, the replicas of now explain nothing of. */
  #watchedSince = Infinity;
  /** The members of the latest generation by their ids, as the coordinator wrote them down: it says less when it is asked. */
  #written: ReadonlyMap<string, GroupGeneration['members'][number]> = new Map();
  #lastStable: GroupDescription | undefined;
  #rebalancingSince: number | undefined;
  #ledger: ExplanationFacts['ledger'];
  #unreadable: ExplanationFacts['unreadable'] = [];
  #replicas: readonly GroupReplica[] = [];
  #wantedReplicas: number | undefined;

  constructor(options: GroupModelOptions) {
    this.#options = options;
    this.#timeline = createRebalanceTimeline({ topic: options.topic, keep: options.rebalances ?? 20 });
  }

  /** What the coordinator and the leaders of the partitions told. */
  observeGroup(view: GroupDescription, at: number): void {
    const sorted = { ...view, partitions: view.partitions.toSorted((a, b) => a.partition - b.partition) };
    if (view.state === 'Stable') {
      this.#lastStable = sorted;
      const isSharedOut = view.partitions.every(({ owner }) => owner !== null);
      if (isSharedOut && view.partitions.length > 0) this.#timeline.takeSharedOut(view.partitions.length);
    }
    const isRebalancing = view.state === 'PreparingRebalance' || view.state === 'CompletingRebalance';
    this.#rebalancingSince = isRebalancing ? (this.#rebalancingSince ?? at) : undefined;
    this.#view = holdOwners(sorted, this.#lastStable);
    this.#viewedAt = at;
    this.#watchedSince = Math.min(this.#watchedSince, at);
    this.#track.observe(sorted, at);
  }

  /** What the coordinator wrote down, oldest first. */
  observeGenerations(generations: readonly GroupGeneration[]): void {
    for (const generation of generations) {
      const before = this.#timeline.latest?.generation ?? 0;
      this.#timeline.take(generation, this.#surroundings(generation.at));
      if ((this.#timeline.latest?.generation ?? 0) < before) this.#pauses.forget();
    }
    if (generations.length > 0)
      this.#written = new Map(this.#timeline.latest?.members.map((member) => [member.memberId, member]));
  }

  /** New records of the ledger, in its order. */
  observeReceipts(receipts: readonly Receipt[]): void {
    const ours = receipts.filter(({ topic }) => topic === this.#options.topic);
    const isBusy = (partition: number, since: number): boolean => this.#track.isBusySince(partition, since);
    for (const pause of this.#pauses.take(ours, isBusy)) this.#timeline.takePause(pause);
  }

  /** Which partitions the ledger has: it should have each of the topic's. */
  observeLedger(topic: string, partitions: ReadonlySet<number>): void {
    this.#ledger = { topic, partitions };
  }

  /** Where partitions stand still because their log cannot be read on. */
  observeUnreadable(places: ExplanationFacts['unreadable']): void {
    this.#unreadable = places;
  }

  /** The replicas of the Deployment, in the order of their start, and how many are wanted. */
  observeReplicas(replicas: readonly GroupReplica[], wanted: number | undefined): void {
    this.#replicas = replicas;
    this.#wantedReplicas = wanted;
    this.#memory.observe(replicas);
  }

  /** Something that the platform saw of the Deployment or its replicas. */
  observeEvent(event: PlatformEvent): void {
    this.#events.push(event);
    const oldest = event.at - EVENTS_KEPT_MS;
    if (this.#events.length > EVENTS_KEPT || (this.#events[0]?.at ?? oldest) < oldest) {
      this.#events = this.#events.filter(({ at }) => at >= oldest).slice(-EVENTS_KEPT);
    }
    this.#memory.take(event);
    this.#timeline.review(event.at - REVIEW_MS, this.#surroundings(event.at));
  }

  snapshot(now: number): GroupSnapshot {
    const { groupId, topic, deployment, scaleDownOrder } = this.#options;
    const view = this.#view ?? { ...UNKNOWN_GROUP, groupId, topic };
    const { members, partitions } = view;
    const ghosts = this.#findGhosts(members);
    const living = members.filter(({ memberId }) => !ghosts.has(memberId));
    const memberOf = new Map(living.map((member) => [member.clientId, member]));
    const tracked = this.#track.describe(partitions);
    const described = this.#describePartitions(members, tracked);
    // Of one alone it would say nothing.
    const isAlone = this.#replicas.filter(({ phase }) => phase !== 'terminating').length < 2;
    const nextToGo = isAlone ? undefined : decideNextToGo(this.#replicas, scaleDownOrder, now)?.uid;
    const names = new Set(this.#replicas.map(({ name }) => name));
    const former = members.map(({ clientId }) => clientId).filter((name) => this.#memory.has(name) && !names.has(name));
    const byNumber = new Map(tracked.map((partition) => [partition.partition, partition]));
    const producedPerSecond = sum(tracked, (partition) => partition.producedPerSecond);
    const consumedPerSecond = sum(tracked, (partition) => partition.consumedPerSecond);
    const sharers = members.filter(isSharer);
    const balance = measureGroup(view);
    return {
      groupId,
      topic,
      deployment,
      state: view.state,
      assignor: view.assignor,
      coordinator: view.coordinator,
      generation: this.#timeline.latest?.generation ?? null,
      wantedReplicas: this.#wantedReplicas ?? null,
      isBalanced: this.#isBalanced(sharers, ghosts, balance),
      imbalance: balance.most - balance.least,
      lag: view.lag,
      producedPerSecond: round(producedPerSecond),
      consumedPerSecond: round(consumedPerSecond),
      pods: this.#replicas.map((replica) =>
        this.#describePod(replica, memberOf.get(replica.name), { sharers: sharers.length, byNumber, nextToGo }),
      ),
      members: members.map(({ memberId, clientId, host, reads, partitions: owned }) => ({
        memberId,
        clientId,
        host,
        groupInstanceId: this.#written.get(memberId)?.groupInstanceId ?? null,
        pod: names.has(clientId) ? clientId : null,
        reads,
        partitions: owned,
        ghost: ghosts.get(memberId) ?? null,
      })),
      membersLeftOut: 0,
      partitions: described,
      rebalances: [...this.#timeline.list()],
      returns: [...this.#timeline.listReturns()],
      explanations:
        this.#view === undefined
          ? []
          : [
              ...explain({
                ...view,
                ...{ now, producedPerSecond, consumedPerSecond, ghosts },
                partitions: described,
                replicas: this.#replicas,
                formerReplicas: new Set(former),
                wantedReplicas: this.#wantedReplicas,
                rebalancingForMs: this.#rebalancingSince === undefined ? 0 : now - this.#rebalancingSince,
                longestTimeoutMs: this.#findLongestTimeout(),
                ledger: this.#ledger,
                unreadable: this.#unreadable,
                stuck: this.#track.findStuck(now),
                isFallingBehind: this.#track.isFallingBehind(producedPerSecond),
              }),
            ],
    };
  }

  #findLongestTimeout(): number {
    const timeouts = [...this.#written.values()].map(({ rebalanceTimeoutMs = 0 }) => rebalanceTimeoutMs);
    return Math.max(DEFAULT_REBALANCE_TIMEOUT_MS, ...timeouts);
  }

  #describePartitions(members: readonly GroupMember[], tracked: readonly Tracked[]): Partition[] {
    const ownerIds = new Map(
      members.flatMap(({ memberId, partitions: owned }) => owned.map((partition) => [partition, memberId] as const)),
    );
    return tracked.map((partition) => ({
      ...partition,
      ownerMemberId: ownerIds.get(partition.partition) ?? null,
      producedPerSecond: round(partition.producedPerSecond),
      consumedPerSecond: round(partition.consumedPerSecond),
      movedAt: this.#timeline.movedAt.get(partition.partition) ?? null,
    }));
  }

  #surroundings(at: number) {
    const isRunning = ({ phase }: GroupReplica): boolean => phase === 'ready' || phase === 'unready';
    const running = at < this.#watchedSince ? [] : this.#replicas.filter(isRunning).map(({ name }) => name);
    const events = this.#events.filter((event) => event.at >= at - EVENTS_KEPT_MS && event.at <= at + 1000);
    return { events, running: new Set(running) };
  }

  #findGhosts(members: readonly GroupMember[]): ReadonlyMap<string, Ghost> {
    const replicas = new Map(this.#replicas.map((replica) => [replica.name, replica]));
    return new Map(
      members.flatMap((member) => {
        const endedAt = this.#memory.findEnd(member.clientId);
        // Who leaves in good order is a member for a moment yet, and as long as the coordinator has not been asked again.
        if (this.#viewedAt < (endedAt ?? 0) + LEAVING_MS) return [];
        const ghost = findGhost({
          member,
          replica: replicas.get(member.clientId),
          wasReplica: this.#memory.has(member.clientId),
          endedAt,
          sessionTimeoutMs: this.#written.get(member.memberId)?.sessionTimeoutMs,
        });
        return ghost === null ? [] : [[member.memberId, ghost] as const];
      }),
    );
  }

  #isBalanced(sharers: readonly GroupMember[], ghosts: ReadonlyMap<string, Ghost>, balance: Balance): boolean {
    if (this.#view?.state !== 'Stable' || ghosts.size > 0 || !balance.isBalanced) return false;
    const names = new Set(sharers.map(({ clientId }) => clientId));
    const wanted = this.#wantedReplicas ?? this.#replicas.length;
    return (
      this.#replicas.length === wanted &&
      sharers.length === wanted &&
      this.#replicas.every(({ name, phase }) => phase === 'ready' && names.has(name))
    );
  }

  #describePod(
    replica: GroupReplica,
    member: GroupMember | undefined,
    group: {
      /** Members that read the topic. */
      readonly sharers: number;
      /** The topic's partitions. */
      readonly byNumber: ReadonlyMap<number, Tracked>;
      readonly nextToGo: string | undefined;
    },
  ): Pod {
    const { sharers, byNumber, nextToGo } = group;
    const owned = member?.partitions ?? [];
    const tracked = owned.flatMap((partition) => byNumber.get(partition) ?? []);
    return {
      name: replica.name,
      node: replica.node,
      zone: replica.zone ?? null,
      phase: replica.phase,
      reason: this.#memory.findReason(replica.uid) ?? null,
      startedAt: readStart(replica) ?? null,
      restarts: replica.restarts,
      memberId: member?.memberId ?? null,
      isStatic: member !== undefined && this.#written.get(member.memberId)?.groupInstanceId !== undefined,
      partitions: owned,
      lag: sum(tracked, ({ lag }) => lag),
      consumedPerSecond: round(sum(tracked, (partition) => partition.consumedPerSecond)),
      idleReason: explainIdle(member, { sharers, partitions: byNumber.size, state: this.#view?.state }),
      isNextToGo: replica.uid === nextToGo,
    };
  }
}

function sum(partitions: readonly Tracked[], read: (partition: Tracked) => number): number {
  return partitions.reduce((total, partition) => total + read(partition), 0);
}

/** Rates are shown, not summed up: a tenth is enough, and unchanged ones stay the same bytes. */
function round(rate: number): number {
  return Math.max(0, Math.round(rate * 10) / 10);
}
