import type { GroupMember } from '../contracts/group.ts';
import type { GroupReplica } from './group-replica.ts';

/** A membership whose process is gone: the group gives its partitions to others only when its session has ended. */
export interface Ghost {
  readonly reason: string;
  /** Milliseconds since the epoch; null when the session timeout or the end of the process is not known. */
  readonly expiresAt: number | null;
}

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
  // Without a sight of the end, the successor's start is the latest it can have been.
  const end = endedAt ?? (replica?.startedAt === undefined ? undefined : Date.parse(replica.startedAt));
  return { reason, expiresAt: end === undefined || sessionTimeoutMs === undefined ? null : end + sessionTimeoutMs };
}

function describeEnd(member: GroupMember, replica: GroupReplica | undefined, wasReplica: boolean): string | undefined {
  if (replica === undefined) return wasReplica ? 'its pod is gone' : undefined;
  const { identity } = member;
  if (identity !== undefined && isOlder(identity.startedAt, replica.startedAt)) return 'its process was restarted';
  if (replica.phase === 'failed' || replica.phase === 'stopped') return 'its process has ended';
  return undefined;
}

/** The platform's clock may know seconds only, and a process knows its own start a little later than the platform. */
function isOlder(memberStartedAt: string, processStartedAt: string | undefined): boolean {
  return processStartedAt !== undefined && Date.parse(memberStartedAt) < Date.parse(processStartedAt);
}
