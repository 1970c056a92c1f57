/**
 * Why a rebalance happened. Kafka knows only who was a member before and after; what became of whom is what the platform
 * saw around that time. Nothing that fits is `unknown`: no cause is made up.
 */
import type { CauseKind, Rebalance } from '../lib/contracts/lab-snapshot.ts';
import { listFirst } from '../lib/wording/wording.ts';
import type { NamedSight, ReplicaHistory, Sight } from './replica-history.ts';

/** A member of one generation; its client id is the name of its replica, if it has one. */
export interface CauseMember {
  readonly memberId: string;
  readonly clientId: string;
  /** Silence after which the group goes on without it, in milliseconds. @default not known */
  readonly sessionTimeoutMs?: number;
  /** When it became a member, where that was seen: what its process did before is no reason to leave. @default not known */
  readonly joinedAt?: number | undefined;
}

/** Two generations in a row, and what the platform told of the replicas around the rebalance between them. */
export interface CauseFacts {
  /** Nothing before the first generation that is known. */
  readonly before: readonly CauseMember[] | undefined;
  readonly after: readonly CauseMember[];
  /** Client ids that were members in any generation before, and when the last membership of each began. */
  readonly former: ReadonlyMap<string, number>;
  /** When it happened, in milliseconds since the epoch. @default not known */
  readonly at?: number;
  /** How many partitions the topic had when the group had last shared all of them out. @default not known */
  readonly partitionsBefore?: number | undefined;
  /** How many it has at least. */
  readonly partitionsAfter: number;
  /** Why the rebalance happened that this one completes: it left partitions without an owner until they were given up. @default none */
  readonly completes?: Cause | undefined;
  /** What the platform told of the Deployment and its replicas lately, up to this rebalance. */
  readonly history: ReplicaHistory;
  /** Names of the replicas that ran then. */
  readonly running: ReadonlySet<string>;
}

type Cause = Rebalance['cause'];

/** The facts as the rules look at them. */
interface Change extends CauseFacts {
  readonly before: readonly CauseMember[];
  readonly left: readonly CauseMember[];
  readonly joined: readonly CauseMember[];
}

/** More telling causes first: when several things happened at once, the one that nobody wanted is the cause. */
const ORDER: readonly CauseKind[] = [
  'killed',
  'restarted',
  'session-expired',
  'scaled',
  'rolled',
  'pod-gone',
  'joined-again',
  'unknown',
];

/** The one cause of a rebalance, with a sentence for people. Of several, the one that nobody wanted; `unknown` when nothing fits. */
export function decideCause(facts: CauseFacts): Cause {
  const { before, after } = facts;
  if (before === undefined) return { kind: 'unknown', sentence: 'the first generation that is known' };
  const left = without(before, after);
  const joined = without(after, before);
  if (left.length === 0 && joined.length === 0) return explainSameMembers(facts);
  const change: Change = { ...facts, before, left, joined };
  const causes = [
    ...left.map((member) => explainLeaving(member, change)),
    ...joined.filter(({ clientId }) => !has(left, clientId)).map((member) => explainJoining(member, change)),
  ].filter((cause) => cause !== undefined);
  const [main] = causes.toSorted((a, b) => ORDER.indexOf(a.kind) - ORDER.indexOf(b.kind));
  if (main !== undefined && main.kind !== 'unknown') return main;
  if (before.length === 0) return { kind: 'group-started', sentence: `the group began with ${list(joined)}` };
  return main ?? unknown(left, joined);
}

function explainSameMembers({ partitionsBefore, partitionsAfter, completes }: CauseFacts): Cause {
  if (partitionsBefore !== undefined && partitionsAfter > partitionsBefore) {
    return {
      kind: 'partitions-raised',
      sentence: `partitions were raised from ${String(partitionsBefore)} to ${String(partitionsAfter)}`,
    };
  }
  // Where it is not known how many there were, there may be more of them now.
  if (partitionsBefore !== undefined && completes !== undefined) {
    return completes.kind === 'unknown'
      ? { kind: 'unknown', sentence: 'what was given up has an owner again; why it was given up is not known' }
      : { ...completes, sentence: `${completes.sentence}; what was given up for it has an owner again` };
  }
  return { kind: 'unknown', sentence: 'the same members shared the partitions out again; why is not known' };
}

function explainLeaving(member: CauseMember, change: Change): Cause | undefined {
  const { clientId } = member;
  const reason = findReasonToLeave(member, change.history.sightsOf(clientId));
  switch (reason?.what) {
    case 'killed':
      return {
        kind: 'killed',
        sentence: has(change.after, clientId)
          ? `${clientId} was killed and is back; the group waited for the end of its old session`
          : `${clientId} was killed; the group went on when its session had ended`,
      };
    case 'paused':
      return { kind: 'session-expired', sentence: `${clientId} was paused for longer than its session timeout` };
    case 'stopped':
      return { kind: 'pod-gone', sentence: `${clientId} was stopped` };
    case 'failed':
      return { kind: 'restarted', sentence: `the process of ${clientId} ended${inBrackets(reason.reason)}` };
    case 'going':
      return explainGoing({ ...reason, name: clientId }, change);
    case 'created':
    case 'resumed':
    case 'started':
    case undefined:
      return explainUnseenLeaving(member, change);
  }
}

/** The last thing that was seen of a member after which it leaves. */
function findReasonToLeave(member: CauseMember, sights: readonly Sight[]): Sight | undefined {
  const { joinedAt = -Infinity, sessionTimeoutMs = 0 } = member;
  let resumedAt = Infinity;
  return sinceItsCreation(sights, joinedAt).findLast(({ at, what }) => {
    // One that is told to end while it joins is a member for a moment.
    if (what === 'going') return true;
    if (what === 'resumed') resumedAt = at;
    if (what === 'paused') return at >= joinedAt && resumedAt - at >= sessionTimeoutMs;
    return at >= joinedAt && (what === 'killed' || what === 'failed' || what === 'stopped');
  });
}

/** What was seen of the life in which it became a member: names come again. */
function sinceItsCreation(sights: readonly Sight[], joinedAt: number): readonly Sight[] {
  const created = sights.findLastIndex(({ what, at }) => what === 'created' && at <= joinedAt);
  return created < 0 ? sights : sights.slice(created);
}

function explainUnseenLeaving(member: CauseMember, { joined, after, running, at }: Change): Cause | undefined {
  const { clientId, joinedAt = -Infinity, sessionTimeoutMs = 0 } = member;
  if (has(joined, clientId)) {
    return { kind: 'joined-again', sentence: `${clientId} lost its membership and joined again` };
  }
  if (!running.has(clientId)) return undefined;
  if (has(after, clientId)) {
    return { kind: 'restarted', sentence: `${clientId} was restarted; its old membership has ended now` };
  }
  // Nobody can have been silent for longer than it was a member.
  if (at !== undefined && at - joinedAt < sessionTimeoutMs) {
    return { kind: 'unknown', sentence: `${clientId} left the group and still runs; why is not known` };
  }
  return {
    kind: 'session-expired',
    sentence: `${clientId} was silent for longer than its session timeout; it still runs`,
  };
}

function explainGoing({ name, at, reason }: NamedSight, { history, after }: Change): Cause {
  const scaling = history.findScaling(at, 'down');
  if (scaling !== undefined) return describeScaling(scaling);
  const successors = history.newcomers.filter((newcomer) => !isSameVersion(newcomer.name, name));
  // Its own successor had to be ready first; the next one is created when it goes.
  const successor =
    successors.findLast((newcomer) => newcomer.at < at - ROLLS_WITHIN_MS) ??
    successors.findLast((newcomer) => has(after, newcomer.name)) ??
    successors.at(-1);
  if (successor !== undefined) {
    return { kind: 'rolled', sentence: `${name} was replaced by ${successor.name}${inBrackets(reason)}` };
  }
  const substitute = history.newcomers.find((newcomer) => isSubstitute(newcomer, { name, at }));
  const end = substitute === undefined ? '' : `; ${substitute.name} takes its place`;
  return { kind: 'pod-gone', sentence: `${name} was deleted${inBrackets(reason)}${end}` };
}

function explainJoining(member: CauseMember, change: Change): Cause | undefined {
  const { clientId } = member;
  const { history, before, former, running } = change;
  const since = former.get(clientId) ?? -Infinity;
  // What was before its last membership is the reason for that one.
  const sights = history.sightsOf(clientId).filter(({ at }) => at >= since);
  const last = sights.findLast(({ what }) => what !== 'going');
  // Its former membership is still there: the process was restarted and its ghost has yet to go.
  if (has(before, clientId)) {
    const isKilled = last?.what === 'killed';
    if (!isKilled && last?.what !== 'failed' && !running.has(clientId)) return undefined;
    const kind = isKilled ? 'killed' : 'restarted';
    return { kind, sentence: `${clientId} was ${kind} and is back, while its old membership has yet to end` };
  }
  if (former.has(clientId) && last?.what !== 'created') return explainReturn(clientId, sights);
  const created = sights.find(({ what }) => what === 'created');
  return created && explainNewcomer({ ...created, name: clientId }, change);
}

function explainReturn(clientId: string, sights: readonly Sight[]): Cause {
  // A member that is ready again may have been anything but ready before.
  const last = sights.findLast(({ what }) => what !== 'going' && what !== 'resumed');
  switch (last?.what) {
    case 'killed':
      return { kind: 'killed', sentence: `${clientId} was killed and is back` };
    case 'failed':
      return {
        kind: 'restarted',
        sentence: `the process of ${clientId} ended${inBrackets(last.reason)}, and it is back`,
      };
    case 'stopped':
    case 'started':
      return { kind: 'restarted', sentence: `${clientId} was stopped and is back` };
    case 'paused':
      return { kind: 'joined-again', sentence: `${clientId} was paused, lost its membership and joined again` };
    case 'created':
    case 'going':
    case 'resumed':
    case undefined:
      return { kind: 'joined-again', sentence: `${clientId} was out of the group and joined again` };
  }
}

function explainNewcomer(newcomer: NamedSight, { history, running }: Change): Cause {
  const { name, at } = newcomer;
  const scaling = history.findScaling(at, 'up');
  if (scaling !== undefined) return describeScaling(scaling);
  const predecessors = history.goers.filter((goer) => !isSameVersion(goer.name, name));
  // The one before it goes when it is created; its own goes when it is ready.
  const predecessor = predecessors.find((goer) => goer.at > at + ROLLS_WITHIN_MS);
  if (predecessor !== undefined) {
    return { kind: 'rolled', sentence: `${name} takes the place of ${predecessor.name}` };
  }
  const isSurge = [...running].some((other) => other !== name && !isSameVersion(other, name));
  if (isSurge || predecessors.some((goer) => Math.abs(goer.at - at) <= ROLLS_WITHIN_MS)) {
    return { kind: 'rolled', sentence: `${name} takes the place of a replica of another version` };
  }
  const substituted = history.goers.find((goer) => isSubstitute(newcomer, goer));
  if (substituted === undefined) return { kind: 'unknown', sentence: `${name} was started; why is not known` };
  return {
    kind: 'pod-gone',
    sentence: `${name} takes the place of ${substituted.name}, which was deleted${inBrackets(substituted.reason)}`,
  };
}

/** What a controller does in answer to a change, it does in less. */
const ROLLS_WITHIN_MS = 1000;
const REPLACED_WITHIN_MS = 5000;

/** Whether a newcomer was created by the same ReplicaSet at the moment when the other went. */
function isSubstitute(newcomer: { name: string; at: number }, goer: { name: string; at: number }): boolean {
  return isSameVersion(newcomer.name, goer.name) && Math.abs(newcomer.at - goer.at) < REPLACED_WITHIN_MS;
}

/** A ReplicaSet names its pods by itself and a suffix, and each version of a Deployment has a ReplicaSet of its own. */
function isSameVersion(pod: string, other: string): boolean {
  return pod.slice(0, pod.lastIndexOf('-')) === other.slice(0, other.lastIndexOf('-'));
}

function describeScaling({ from, to }: { from: number; to: number }): Cause {
  return {
    kind: 'scaled',
    sentence: `scaled from ${String(from)} to ${String(to)} ${to === 1 ? 'replica' : 'replicas'}`,
  };
}

function unknown(left: readonly CauseMember[], joined: readonly CauseMember[]): Cause {
  const parts = [
    ...(joined.length > 0 ? [`${list(joined)} joined`] : []),
    ...(left.length > 0 ? [`${list(left)} left`] : []),
  ];
  return { kind: 'unknown', sentence: `${parts.join(' and ')}; why is not known` };
}

function without(members: readonly CauseMember[], others: readonly CauseMember[]): readonly CauseMember[] {
  const ids = new Set(others.map(({ memberId }) => memberId));
  return members.filter(({ memberId }) => !ids.has(memberId));
}

function has(members: readonly CauseMember[], clientId: string): boolean {
  return members.some((member) => member.clientId === clientId);
}

const NAMES_SHOWN = 3;

function list(members: readonly CauseMember[]): string {
  return listFirst(
    members.map(({ clientId }) => clientId),
    NAMES_SHOWN,
  );
}

function inBrackets(reason: string | undefined): string {
  return reason ? ` (${reason})` : '';
}
