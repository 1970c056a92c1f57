/**
 * One look at a ConsumerGroup: what the group is like now is written into its status, told in Events, and put on its pods
 * as deletion costs. Every step leaves alone what is right already, so that it can be done again at any time.
 */
import { isDeepStrictEqual } from 'node:util';
import type { GroupSnapshot, Rebalance } from '../../lib/contracts/lab-snapshot.ts';
import { AppError } from '../../lib/errors/app-error.ts';
import type { GroupReplica } from '../../groups/group-replica.ts';
import type { Contact } from '../../platforms/contact.ts';
import type { Controller } from '../../platforms/kubernetes/controllers.ts';
import type { EventToApply, ObjectReference } from '../../platforms/kubernetes/apply.ts';
import { buildRebalanceEvent, buildReturnEvent } from './build-events.ts';
import { buildStatus } from './build-status.ts';
import type { Condition, ConsumerGroup, ConsumerGroupStatus, LastRebalance } from './consumer-group.ts';
import { decideRemovals, type StaticMember } from './decide-removals.ts';
import { decideDeletionCosts, decideReleases } from './decide-deletion-costs.ts';

/** What a reconciliation writes with. All of it throws AppErrors. */
export interface ClusterWriter {
  writeStatus(about: ObjectReference, status: ConsumerGroupStatus): Promise<void>;
  writeEvent(event: EventToApply): Promise<void>;
  writeDeletionCost(pod: ObjectReference, cost: number | undefined): Promise<void>;
  /** Takes a static member out of the group, which gives what it owned to others. */
  removeMember(groupId: string, member: StaticMember): Promise<void>;
}

/** A group as it was last seen, and whether its coordinator answers. */
export interface GroupSight {
  readonly group: GroupSnapshot;
  readonly contact: Contact;
  readonly replicas: readonly GroupReplica[];
  /** What keeps the replicas running, if it is there. */
  readonly controller: Controller | undefined;
}

/** What one object's reconciliations remember of each other. Losing it costs writes, nothing else. */
export interface ReconcileMemory {
  status?: ConsumerGroupStatus;
  conditions?: readonly Condition[];
  writtenAt: number;
  /** The last rebalance of which a former operator told. */
  readonly former: LastRebalance | undefined;
  /** Rebalances whose Event was told, with what it said. */
  readonly told: Map<string, string>;
  /** Pods whose deletion cost was taken back. */
  readonly released: Set<string>;
  /** Ids of members that were taken out, and are shown until the group is looked at again. */
  readonly removed: Set<string>;
}

/** What a new operator remembers: the last rebalance that the object itself tells of. */
export function createMemory(consumerGroup: ConsumerGroup): ReconcileMemory {
  return {
    writtenAt: 0,
    former: consumerGroup.status?.lastRebalance,
    told: new Map(),
    released: new Set(),
    removed: new Set(),
  };
}

/** Lag and rates change all the time: they are written this often, all else at once. */
const NUMBERS_EVERY_MS = 5000;
/** The platform may tell the cause, and the ledger the pause, a little later than Kafka tells the generation. */
const SETTLE_MS = 3000;
/** What happened longer ago is history, and was told by an operator before. */
const TELL_WITHIN_MS = 600_000;
const REMEMBERED_EVENTS = 200;

/** One reconciliation: what was seen, what is remembered, and where it is written to. */
export interface ReconcileOptions {
  readonly consumerGroup: ConsumerGroup;
  readonly sight: GroupSight;
  readonly memory: ReconcileMemory;
  readonly writer: ClusterWriter;
  readonly now: number;
  /** Told of each rebalance once, when its cause has settled. */
  readonly onRebalance: (rebalance: Rebalance) => void;
}

/** @returns after how long it should be done again at the latest, in milliseconds; nothing when only after a change */
export async function reconcileGroup(options: ReconcileOptions): Promise<number | undefined> {
  // What is true of the group is told even when a pod takes no cost.
  const failures = [...(await removeMembers(options)), ...(await writeDeletionCosts(options))];
  const againAfterMs = await tell({ ...options, sight: recallFormer(options) });
  if (failures.length > 0) throw failures[0];
  return againAfterMs;
}

async function tell(options: ReconcileOptions): Promise<number | undefined> {
  const { consumerGroup, sight, memory } = options;
  const againAfterEvents = await writeEvents(options);
  const costs = readCosts(sight.replicas);
  const { status: before } = memory;
  const status = buildStatus(
    {
      group: sight.group,
      contact: sight.contact,
      observedGeneration: consumerGroup.metadata.generation,
      now: options.now,
      deletionCosts: costs,
      lastRebalance: memory.former,
    },
    memory.conditions ?? consumerGroup.status?.conditions ?? [],
  );
  if (before !== undefined && isDeepStrictEqual(status, before)) return againAfterEvents;
  const waitMs = memory.writtenAt + NUMBERS_EVERY_MS - options.now;
  if (before !== undefined && waitMs > 0 && isDeepStrictEqual(dropNumbers(status), dropNumbers(before))) {
    return Math.min(waitMs, againAfterEvents ?? waitMs);
  }
  await options.writer.writeStatus(toReference(consumerGroup), status);
  memory.status = status;
  memory.conditions = status.conditions;
  memory.writtenAt = options.now;
  return againAfterEvents;
}

function toReference({ metadata: { namespace, name, uid } }: ConsumerGroup): ObjectReference {
  return { namespace, name, uid };
}

function readCosts(replicas: readonly GroupReplica[]): ReadonlyMap<string, number> {
  return new Map(
    replicas.flatMap(({ name, deletionCost }) => (deletionCost === undefined ? [] : [[name, deletionCost] as const])),
  );
}

/** What changes with every record. */
function dropNumbers(status: ConsumerGroupStatus): object {
  return {
    ...status,
    lag: 0,
    pods: status.pods.map((pod) => ({ ...pod, lag: 0 })),
    // Sentences have numbers in them, too; what they are about is in the reasons.
    explanation: '',
    conditions: status.conditions.map((condition) => ({ ...condition, message: '' })),
  };
}

/** Why the last rebalance happened, and how long it took, who saw it happen knows better than who reads of it. */
function recallFormer({ sight, memory: { former } }: ReconcileOptions): GroupSight {
  if (former === undefined) return sight;
  const rebalances = sight.group.rebalances.map((rebalance): Rebalance => {
    const { cause, longestPauseMs } = rebalance;
    if (rebalance.generation !== former.generation || rebalance.at !== Date.parse(former.time)) return rebalance;
    return {
      ...rebalance,
      cause: cause.kind === 'unknown' ? { kind: former.cause, sentence: former.message } : cause,
      longestPauseMs: longestPauseMs ?? former.longestPauseMilliseconds ?? null,
    };
  });
  return { ...sight, group: { ...sight.group, rebalances } };
}

/** @returns what went wrong with single members */
async function removeMembers({ consumerGroup, sight, memory, writer }: ReconcileOptions): Promise<unknown[]> {
  const ids = new Set(sight.group.members.map(({ memberId }) => memberId));
  for (const id of memory.removed) if (!ids.has(id)) memory.removed.delete(id);
  const leaving = decideRemovals(sight.group, sight.replicas, sight.controller);
  const removals = leaving
    .filter(({ memberId }) => !memory.removed.has(memberId))
    .map(async (member) => {
      await writer.removeMember(consumerGroup.spec.groupId, member);
      memory.removed.add(member.memberId);
    });
  const outcomes = await Promise.allSettled(removals);
  return outcomes.flatMap((outcome) => (outcome.status === 'rejected' ? [outcome.reason as unknown] : []));
}

/** @returns what went wrong with single pods */
async function writeDeletionCosts({ consumerGroup, sight, memory, writer }: ReconcileOptions): Promise<unknown[]> {
  const costs = readCosts(sight.replicas);
  // A StatefulSet takes the highest ordinal, whatever its pods cost.
  const isWanted = consumerGroup.spec.idleFirstScaleDown && sight.controller?.kind !== 'statefulset';
  const changes = isWanted
    ? decideDeletionCosts(sight.group, costs)
    : decideReleases(costs).filter(({ pod }) => !memory.released.has(pod));
  const names = new Set(sight.replicas.map(({ name }) => name));
  for (const pod of memory.released) if (isWanted || !names.has(pod)) memory.released.delete(pod);
  const failures: unknown[] = [];
  const { namespace } = consumerGroup.metadata;
  for (const { pod, cost } of changes) {
    const uid = sight.replicas.find(({ name }) => name === pod)?.uid;
    if (uid === undefined) continue;
    try {
      await writer.writeDeletionCost({ namespace, name: pod, uid }, cost);
      if (!isWanted) memory.released.add(pod);
    } catch (error) {
      // A pod that has gone meanwhile needs none.
      if (!isGone(error)) failures.push(error);
    }
  }
  return failures;
}

/** @returns when there will be something to tell, in milliseconds from now */
async function writeEvents(options: ReconcileOptions): Promise<number | undefined> {
  const { consumerGroup, sight, memory, writer, now } = options;
  let againAfterMs: number | undefined;
  for (const rebalance of sight.group.rebalances.toReversed()) {
    const ageMs = now - rebalance.at;
    if (ageMs > TELL_WITHIN_MS || isToldByFormer(rebalance, memory)) continue;
    if (ageMs < SETTLE_MS) {
      againAfterMs = Math.min(againAfterMs ?? SETTLE_MS, SETTLE_MS - ageMs);
      continue;
    }
    const event = buildRebalanceEvent(consumerGroup, rebalance);
    if (memory.told.get(event.name) === event.message) continue;
    await writer.writeEvent(event);
    if (!memory.told.has(event.name) && !isKnownToFormer(rebalance, memory)) options.onRebalance(rebalance);
    memory.told.set(event.name, event.message);
  }
  for (const one of sight.group.returns) {
    const event = buildReturnEvent(consumerGroup, one);
    if (now - one.at > TELL_WITHIN_MS || memory.told.has(event.name)) continue;
    await writer.writeEvent(event);
    memory.told.set(event.name, event.message);
  }
  for (const name of memory.told.keys()) {
    if (memory.told.size > REMEMBERED_EVENTS) memory.told.delete(name);
  }
  return againAfterMs;
}

/** A group that was made again counts from the first generation: only together with the time it says which comes first. */
function isKnownToFormer({ generation, at }: Rebalance, { former }: ReconcileMemory): boolean {
  return former !== undefined && generation <= former.generation && at <= Date.parse(former.time);
}

/** Whoever told of a rebalance had told what had settled by then, and knew the causes. */
function isToldByFormer(rebalance: Rebalance, memory: ReconcileMemory): boolean {
  const { former } = memory;
  return isKnownToFormer(rebalance, memory) && rebalance.at + SETTLE_MS <= Date.parse(former?.time ?? '');
}

function isGone(error: unknown): boolean {
  return error instanceof AppError && (error.code === 'no-such-target' || error.code === 'conflict');
}
