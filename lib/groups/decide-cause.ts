/**
 * Why a rebalance happened. Kafka knows only who was a member before and after; what became of whom is what the platform
 * saw around that time. Nothing that fits is `unknown`: no cause is made up.
 */
import type { CauseKind, Rebalance } from '../contracts/lab-snapshot.ts';
import type { PlatformEvent } from '../platform/platform.ts';

export interface CauseMember {
  readonly memberId: string;
  readonly clientId: string;
}

export interface CauseFacts {
  /** Nothing before the first generation that is known. */
  readonly before: readonly CauseMember[] | undefined;
  readonly after: readonly CauseMember[];
  /** How many partitions were shared out. */
  readonly partitionsBefore: number;
  readonly partitionsAfter: number;
  /** What the platform told of the Deployment and its replicas lately, up to this rebalance, oldest first. */
  readonly events: readonly PlatformEvent[];
  /** Names of the replicas that run now. */
  readonly running: ReadonlySet<string>;
}

type Cause = Rebalance['cause'];

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

export function decideCause(facts: CauseFacts): Cause {
  const { before, after } = facts;
  if (before === undefined) return { kind: 'unknown', sentence: 'the first generation that is known' };
  const left = without(before, after);
  const joined = without(after, before);
  if (left.length === 0 && joined.length === 0) return explainSameMembers(facts);
  const causes = [
    ...left.map((member) => explainLeaving(member, joined, facts)),
    ...joined.filter(({ clientId }) => !has(left, clientId)).map((member) => explainJoining(member, left, facts)),
  ].filter((cause) => cause !== undefined);
  const [main] = causes.toSorted((a, b) => ORDER.indexOf(a.kind) - ORDER.indexOf(b.kind));
  if (main !== undefined && main.kind !== 'unknown') return main;
  if (before.length === 0) return { kind: 'group-started', sentence: `the group began with ${list(joined)}` };
  return main ?? unknown(left, joined);
}

function explainSameMembers({ partitionsBefore, partitionsAfter }: CauseFacts): Cause {
  if (partitionsAfter > partitionsBefore && partitionsBefore > 0) {
    return {
      kind: 'partitions-raised',
      sentence: `partitions were raised from ${String(partitionsBefore)} to ${String(partitionsAfter)}`,
    };
  }
  return { kind: 'unknown', sentence: 'the same members shared the partitions out again; why is not known' };
}

function explainLeaving(member: CauseMember, joined: readonly CauseMember[], facts: CauseFacts): Cause | undefined {
  const { clientId } = member;
  const last = findLast(facts.events, clientId);
  const isBack = has(joined, clientId) || has(facts.after, clientId);
  switch (last?.what) {
    case 'killed':
      return {
        kind: 'killed',
        sentence: isBack
          ? `${clientId} was killed and is back; the group waited for the end of its old session`
          : `${clientId} was killed; the group went on when its session had ended`,
      };
    case 'paused':
      return { kind: 'session-expired', sentence: `${clientId} was paused for longer than its session timeout` };
    case 'stopped':
      return { kind: 'pod-gone', sentence: `${clientId} was stopped` };
    case 'failed':
      return { kind: 'restarted', sentence: `the process of ${clientId} ended${inBrackets(last.reason)}` };
    case 'going':
      return explainGoing(clientId, last, joined, facts);
    case 'created':
    case undefined:
      break;
  }
  if (has(joined, clientId)) {
    return { kind: 'joined-again', sentence: `${clientId} lost its membership and joined again` };
  }
  if (facts.running.has(clientId)) {
    return {
      kind: 'session-expired',
      sentence: `${clientId} was silent for longer than its session timeout; it still runs`,
    };
  }
  return undefined;
}

function explainGoing(
  clientId: string,
  { at, reason }: Sight,
  joined: readonly CauseMember[],
  facts: CauseFacts,
): Cause {
  const scaling = findScaling(facts.events, at, (from, to) => to < from);
  if (scaling !== undefined) return scaling;
  const successor = joined.find((member) => findLast(facts.events, member.clientId)?.what === 'created');
  if (successor !== undefined || hasNewcomer(facts.events, clientId)) {
    const by = successor === undefined ? 'others' : successor.clientId;
    return { kind: 'rolled', sentence: `${clientId} was replaced by ${by}${inBrackets(reason)}` };
  }
  return { kind: 'pod-gone', sentence: `${clientId} was deleted${inBrackets(reason)}` };
}

function explainJoining(member: CauseMember, left: readonly CauseMember[], facts: CauseFacts): Cause | undefined {
  const { clientId } = member;
  // Its former membership is still there: the process was restarted and its ghost has yet to go.
  if (facts.before !== undefined && has(facts.before, clientId)) {
    const last = findLast(facts.events, clientId);
    const kind = last?.what === 'killed' ? 'killed' : 'restarted';
    return { kind, sentence: `${clientId} was ${kind} and is back, while its old membership has yet to end` };
  }
  const created = findCreation(facts.events, clientId);
  if (created === undefined) return undefined;
  const scaling = findScaling(facts.events, created, (from, to) => to > from);
  if (scaling !== undefined) return scaling;
  const predecessor = left[0] ?? findGoing(facts);
  return predecessor === undefined
    ? { kind: 'unknown', sentence: `${clientId} was started; why is not known` }
    : { kind: 'rolled', sentence: `${clientId} takes the place of ${predecessor.clientId}` };
}

/** A member whose replica is about to go. */
function findGoing({ before = [], events }: CauseFacts): CauseMember | undefined {
  return before.find(({ clientId }) => findLast(events, clientId)?.what === 'going');
}

interface Sight {
  readonly at: number;
  readonly what: 'created' | 'killed' | 'paused' | 'stopped' | 'failed' | 'going';
  readonly reason?: string | undefined;
}

/** The last thing the platform told of a replica that bears on its membership. */
function findLast(events: readonly PlatformEvent[], name: string): Sight | undefined {
  for (const event of events.toReversed()) {
    const sight = readSight(event, name);
    if (sight !== undefined) {
      // The process of one that was killed ends a moment later, which is the same thing.
      const kill = sight.what === 'failed' ? findKill(events, name, sight.at) : undefined;
      return kill ?? sight;
    }
  }
  return undefined;
}

const KILL_SHOWS_WITHIN_MS = 15_000;

function findKill(events: readonly PlatformEvent[], name: string, at: number): Sight | undefined {
  const kill = events.find(
    (event) =>
      event.kind === 'fault' &&
      event.fault.kind === 'kill' &&
      event.fault.target === name &&
      Math.abs(at - event.at) < KILL_SHOWS_WITHIN_MS,
  );
  return kill && { at: kill.at, what: 'killed' };
}

function readSight(event: PlatformEvent, name: string): Sight | undefined {
  const { at } = event;
  switch (event.kind) {
    case 'fault':
      return event.fault.target === name ? readFault(at, event.fault.kind) : undefined;
    case 'removed':
      return event.replica.name === name ? { at, what: 'going', reason: toReason(event.reason) } : undefined;
    case 'phase':
      return event.replica.name === name ? readPhaseChange(event) : undefined;
    case 'scaled':
      return undefined;
  }
}

function readPhaseChange({
  at,
  replica: { phase },
  from,
  reason,
}: Extract<PlatformEvent, { kind: 'phase' }>): Sight | undefined {
  if (phase === 'terminating') return { at, what: 'going', reason: toReason(reason) };
  if (phase === 'failed') return { at, what: 'failed', reason };
  if (phase !== 'starting' || from === 'starting' || from === 'failed') return undefined;
  // One that starts again was too quick for anybody to see its end.
  return from === undefined ? { at, what: 'created' } : { at, what: 'failed', reason };
}

function readFault(at: number, kind: string): Sight | undefined {
  if (kind === 'kill') return { at, what: 'killed' };
  if (kind === 'pause') return { at, what: 'paused' };
  return kind === 'stop' ? { at, what: 'stopped' } : undefined;
}

function findCreation(events: readonly PlatformEvent[], name: string): number | undefined {
  return events.find((event) => event.kind === 'phase' && event.replica.name === name && event.from === undefined)?.at;
}

/** What a scaling does to pods it does at once; the API server and this process may tell of them in any order. */
const SCALING_SHOWS_WITHIN_MS = 5000;

function findScaling(
  events: readonly PlatformEvent[],
  at: number,
  fits: (from: number, to: number) => boolean,
): Cause | undefined {
  const scaling = events.findLast(
    (event) =>
      event.kind === 'scaled' && fits(event.from, event.to) && Math.abs(at - event.at) < SCALING_SHOWS_WITHIN_MS,
  );
  if (scaling?.kind !== 'scaled') return undefined;
  return {
    kind: 'scaled',
    sentence: `scaled from ${String(scaling.from)} to ${String(scaling.to)} ${scaling.to === 1 ? 'replica' : 'replicas'}`,
  };
}

function hasNewcomer(events: readonly PlatformEvent[], except: string): boolean {
  return events.some(
    (event) =>
      event.kind === 'phase' &&
      event.from === undefined &&
      event.replica.name !== except &&
      findScaling(events, event.at, (from, to) => to > from) === undefined,
  );
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

function list(members: readonly CauseMember[]): string {
  const names = members.map(({ clientId }) => clientId);
  return names.length > 3 ? `${names.slice(0, 3).join(', ')} and ${String(names.length - 3)} more` : names.join(', ');
}

function inBrackets(reason: string | undefined): string {
  return reason === undefined ? '' : ` (${reason})`;
}

/** Words of a platform that say no more than that it was deleted. */
function toReason(reason: string | undefined): string | undefined {
  return reason === 'deleted' || reason === 'scaled down' ? undefined : reason;
}
