import { hasScenario, type Check } from './check.ts';
import { findDisturbances } from './disturbances.ts';
import { Findings } from './findings.ts';
import type { Generation, GenerationMember, History } from './history.ts';
import type { Gap } from './measure-gaps.ts';
import type { MemberWork } from './member-work.ts';
import { findSettledTimes, isPaused, isSettledPhase, type SettledTime } from './settled-times.ts';
import { findUnaskedEnds, type UnaskedEnd } from './stayed-alive.ts';
import { conclude, type CheckResult } from './verdict.ts';
import { countOf, joinList } from '../../lib/wording/wording.ts';

const NAME = 'left-in-time';
/** How many members a summary tells about; the others are counted. */
const TOLD_LIMIT = 3;
/**
 * The part of a session that may pass until the group goes on without who has left. Who did not leave is missed when its
 * session is over, which began with a heartbeat of its last third.
 */
const IN_TIME = 1 / 2;
/** So long after a generation none of its members joins again because of it, in milliseconds. */
const QUIET_MS = 2000;
/** How late the platform may tell that a process was told to end, in milliseconds. */
const TOLD_LATE_MS = 3000;

/** A consumer that was told to end and has ended, in milliseconds since the epoch. */
interface Stop {
  readonly replica: string;
  readonly toldAt: number;
  readonly endedAt: number;
}

/** A member that stopped, and when the group went on without it. */
interface Departure extends Stop {
  readonly member: GenerationMember;
  /** The last generation with it. */
  readonly last: Generation;
  readonly next: Generation;
  /** From its end to the next generation, in milliseconds. */
  readonly waitedMs: number;
}

type Seen = Pick<History, 'generations' | 'groupReading' | 'replicaEvents' | 'faults' | 'steps'>;
type Kind = 'stayed' | 'excused';

export const leftInTime: Check = {
  name: NAME,
  passes:
    "the group went on without a consumer that was told to end long before that one's session would have ended, half a session at most",
  isAsked: hasScenario,
  begin: ({ history }) => ({ finish: ({ work }) => checkLeftInTime(history, work) }),
};

/**
 * A member that is told to end leaves its group, so that nobody waits for its session to end. Static members leave no
 * group when they end, and are meant to come back.
 */
export function checkLeftInTime(history: Seen, work: MemberWork): CheckResult {
  const stops = findStops(history);
  const isWhole = history.groupReading === 'whole';
  const departures = isWhole ? stops.flatMap((stop) => findDeparture(stop, history.generations) ?? []) : [];
  const moving = departures.filter(({ member }) => member.groupInstanceId === undefined);
  const findings = new Findings<Kind>();
  const late = moving.filter(({ waitedMs, member }) => waitedMs > member.sessionTimeoutMs * IN_TIME);
  const stayed = findStayed(late, late.length === moving.length, history, work);
  for (const departure of late) {
    const { member, next, replica, toldAt, endedAt, waitedMs } = departure;
    const kind = stayed.includes(departure) ? 'stayed' : 'excused';
    const session = { sessionTimeoutMs: member.sessionTimeoutMs, nextGeneration: next.generation };
    findings.add(kind, { replica, toldAt, endedAt, waitedMs, ...session });
  }
  return conclude({
    name: NAME,
    subject: `${countOf(stops.length, 'consumer')} told to end`,
    failures: describeStayed(stayed),
    doubts: isWhole || stops.length === 0 ? [] : ['the history of the group was not read without a gap'],
    passed: describePassed(stops.length, findings.count('excused')),
    measurements: {
      stops: stops.length,
      staticMembers: departures.length - moving.length,
      longestWaitMs: Math.max(0, ...moving.map(({ waitedMs }) => waitedMs)),
      excusedStops: findings.count('excused'),
    },
    evidence: findings.pickEvidence(),
  });
}

/** Those whose processes were told to end and not killed meanwhile. */
function findStops({ replicaEvents, faults }: Seen): Stop[] {
  const toldAt = new Map<string, number>();
  return replicaEvents.flatMap(({ workload, replica, phase, at }) => {
    if (workload !== 'consumer') return [];
    if (phase === 'terminating') toldAt.set(replica, at);
    if (phase !== 'removed' && phase !== 'stopped') return [];
    const ofReplica = faults.filter((fault) => fault.target === replica && fault.at <= at);
    const told = toldAt.get(replica) ?? ofReplica.findLast(({ kind }) => kind === 'stop')?.at;
    const wasKilled = ofReplica.some((fault) => fault.kind === 'kill' && fault.at >= (told ?? Infinity));
    toldAt.delete(replica);
    return told === undefined || wasKilled ? [] : [{ replica, toldAt: told, endedAt: at }];
  });
}

/** Nothing for one that was no member when it ended, or that the group had not gone on without. */
function findDeparture(stop: Stop, generations: readonly Generation[]): Departure | undefined {
  const last = generations.findLastIndex(({ at, members }) => at <= stop.endedAt && findMember(members, stop));
  const lastWith = generations[last];
  const member = findMember(lastWith?.members ?? [], stop);
  const next = generations
    .slice(last + 1)
    .find(({ members }) => !members.some(({ memberId }) => memberId === member?.memberId));
  if (!lastWith || !member || !next) return undefined;
  return { ...stop, member, last: lastWith, next, waitedMs: Math.max(0, next.at - stop.endedAt) };
}

function findMember(members: readonly GenerationMember[], { replica }: Stop): GenerationMember | undefined {
  return members.find(({ member }) => member === replica);
}

/**
 * Coordinators answer one request of a connection after the other, and hold the answer to a join back until all have
 * joined: who is told to end while it joins again because others come or go cannot leave, whatever its client does. So
 * one counts that had no reason to join; or, if none of a run ever left in time, all.
 */
function findStayed(
  late: readonly Departure[],
  areAllLate: boolean,
  history: Seen,
  work: MemberWork,
): readonly Departure[] {
  if (late.length === 0) return [];
  const disturbances = findDisturbances(history);
  const unaskedEnds = findUnaskedEnds(history);
  const settled = findSettledTimes(history);
  const unexcused = late.filter((departure) => !isExcused(departure, { ...history, work, disturbances, unaskedEnds }));
  const hasNeverLeft = areAllLate && new Set(unexcused.map(({ next }) => next)).size > 1;
  return hasNeverLeft ? unexcused : unexcused.filter((departure) => isByItself(departure, history, settled));
}

/** Whether the group had settled with it, and nobody else came or went until it had ended. */
function isByItself(
  { replica, toldAt, endedAt, last }: Departure,
  history: Seen,
  settled: readonly SettledTime[],
): boolean {
  const isQuiet = settled.some(
    ({ generation, from, to }) => generation === last && from <= toldAt - QUIET_MS && to >= toldAt - TOLD_LATE_MS,
  );
  const others = history.replicaEvents.filter((event) => event.workload === 'consumer' && event.replica !== replica);
  return isQuiet && !others.some(({ phase, at }) => !isSettledPhase(phase) && at > last.at && at <= endedAt);
}

/** What else the group may have waited for. */
interface Circumstances extends Pick<Seen, 'faults'> {
  readonly work: MemberWork;
  readonly disturbances: readonly Gap[];
  readonly unaskedEnds: readonly UnaskedEnd[];
}

/** Whether the group may have waited for something else: a broker, another process that had ended, or one at work. */
function isExcused(
  { replica, toldAt, endedAt, member, next }: Departure,
  { work, faults, disturbances, unaskedEnds }: Circumstances,
): boolean {
  const { sessionTimeoutMs } = member;
  const isMeanwhile = (at: number): boolean => at >= toldAt - sessionTimeoutMs && at <= next.at;
  const others = new Set(next.members.map((each) => each.member));
  const around = { from: next.at - sessionTimeoutMs / 3, to: endedAt + sessionTimeoutMs / 3 };
  const isAtWork = [...others].some((other) => other !== replica && work.between(other, around).next().done !== true);
  return (
    isAtWork ||
    disturbances.some(({ from, to }) => from <= next.at && to >= toldAt) ||
    unaskedEnds.some(({ at }) => isMeanwhile(at)) ||
    faults.some(({ kind, at }) => kind !== 'stop' && kind !== 'start' && isMeanwhile(at)) ||
    faults.some(({ target }) => isPaused(faults, target, toldAt))
  );
}

function describePassed(stops: number, excused: number): string {
  if (stops === 0) return 'no consumer had to leave';
  if (excused === 0) return 'the group waited for no session of theirs';
  return `none that was free to leave stayed until its session had ended, and ${String(excused)} may not have been free to`;
}

/** Of members for whom the same generation waited, each may have been the only one that did not leave. */
function describeStayed(stayed: readonly Departure[]): string[] {
  const waits = [...Map.groupBy(stayed, ({ next }) => next)];
  const told = waits.slice(0, TOLD_LIMIT).map(([, departures]) => {
    const names = departures.map(({ replica }) => replica);
    const waitedMs = Math.min(...departures.map((departure) => departure.waitedMs));
    const wait = `the group waited ${countOf(Math.round(waitedMs), 'ms', 'ms')} after its end`;
    const [name, ...others] = names;
    return others.length === 0
      ? `${name ?? ''} ended without leaving, and ${wait}`
      : `one or more of ${joinList(names)} ended without leaving, and ${wait}`;
  });
  const others = waits.length - told.length;
  return others > 0 ? [...told, `${countOf(others, 'other time')} likewise`] : told;
}
