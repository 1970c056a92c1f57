import type { GroupMember } from '../lib/contracts/group.ts';
import { readStart, type GroupReplica } from './group-replica.ts';

/** A membership whose process is gone: the group gives its partitions to others only when its session has ended. */
export interface Ghost {
  readonly reason: string;
  /** Milliseconds since the epoch; null when the session timeout or the end of the process is not known. */
  readonly expiresAt: number | null;
}

/** What is known of a member and of the process behind it. */
export interface GhostFacts {
  readonly member: GroupMember;
  /** The replica of the member's name, if there is one. */
  readonly replica: GroupReplica | undefined;
  /** Whether a replica of that name has ever been seen: a member of another client has none, and is no ghost. */
  readonly wasReplica: boolean;
  /** When its process was seen to end, milliseconds since the epoch. */
  readonly endedAt: number | undefined;
  readonly sessionTimeoutMs: number | undefined;
}

/** Whether a member is the ghost of a process that has ended without leaving the group. */
export function findGhost(facts: GhostFacts): Ghost | null {
  const { member, replica, wasReplica, endedAt, sessionTimeoutMs } = facts;
  const reason = describeEnd(member, replica, wasReplica);
  if (reason === undefined) return null;
  const end = findEnd(member, replica, endedAt);
  return { reason, expiresAt: end === undefined || sessionTimeoutMs === undefined ? null : end + sessionTimeoutMs };
}

/** When its process ended: as it was seen, at the latest when its successor started, and not in a life before. */
function findEnd(
  { identity }: GroupMember,
  replica: GroupReplica | undefined,
  endedAt: number | undefined,
): number | undefined {
  if (identity === undefined) return endedAt;
  const began = Date.parse(identity.startedAt);
  const ends = [endedAt, replica && readStart(replica)].filter((end) => end !== undefined);
  const since = ends.filter((end) => end > began);
  return since.length === 0 ? undefined : Math.min(...since);
}

function describeEnd(member: GroupMember, replica: GroupReplica | undefined, wasReplica: boolean): string | undefined {
  if (replica === undefined) return wasReplica ? 'its pod is gone' : undefined;
  const { identity } = member;
  if (identity !== undefined && isOlder(identity.startedAt, readStart(replica))) return 'its process was restarted';
  if (replica.phase === 'failed' || replica.phase === 'stopped') return 'its process has ended';
  return undefined;
}

/** The platform's clock may know seconds only, and a process knows its own start a little later than the platform. */
function isOlder(memberStartedAt: string, processStartedAt: number | undefined): boolean {
  return processStartedAt !== undefined && Date.parse(memberStartedAt) < processStartedAt;
}
