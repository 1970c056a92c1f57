import { readForeignName } from '../foreign-name.ts';
import { listFirst } from '../../lib/wording/wording.ts';
import { typeOf } from '../kafka-error.ts';
import type { DescribedGroup } from './group-protocol.ts';

/** A member that a group does not take. */
export interface RefusedMember {
  readonly groupId: string;
  readonly sessionTimeoutMs: number;
  /** Names of the assignors that it offers. */
  readonly assignors: readonly string[];
  /** Asks the coordinator for the group. */
  readonly describe: () => Promise<DescribedGroup | undefined>;
}

/** What joining again cannot mend soon, by the coordinator's error: somebody has to change something. */
const REFUSALS: Readonly<Record<string, (member: RefusedMember) => string | Promise<string>>> = {
  INCONSISTENT_GROUP_PROTOCOL: explainAssignors,
  GROUP_AUTHORIZATION_FAILED: ({ groupId }) => `this client may not join group ${groupId}: allow it to READ the group`,
  TOPIC_AUTHORIZATION_FAILED: ({ groupId }) =>
    `this client may not read what group ${groupId} reads: allow it to READ the topic`,
  INVALID_SESSION_TIMEOUT: ({ groupId, sessionTimeoutMs }) =>
    `the brokers take no session timeout of ${String(sessionTimeoutMs)} ms in group ${groupId}: SESSION_TIMEOUT_MS must be between their group.min.session.timeout.ms and group.max.session.timeout.ms`,
  GROUP_MAX_SIZE_REACHED: ({ groupId }) =>
    `group ${groupId} has as many members as the brokers' group.max.size allows: end one, or raise it`,
  INVALID_GROUP_ID: ({ groupId }) => `the brokers take no group by the id ${groupId}: set another GROUP_ID`,
  UNSUPPORTED_VERSION: ({ groupId }) => `the brokers do not know how to join group ${groupId} as this client does`,
};

/** Why the group does not take the member, in words; undefined when joining again may help. */
export async function explainRefusal(error: unknown, member: RefusedMember): Promise<string | undefined> {
  const type = typeOf(error);
  return type === undefined ? undefined : REFUSALS[type]?.(member);
}

async function explainAssignors({ groupId, assignors, describe }: RefusedMember): Promise<string> {
  const group = await describe().catch(() => undefined);
  const protocol = readForeignName(group?.protocol ?? '');
  const protocolType = readForeignName(group?.protocolType ?? '');
  const offered = listFirst(assignors, assignors.length);
  if (protocolType !== '' && protocolType !== 'consumer') {
    return `group ${groupId} is of type ${protocolType}, no group of consumers: set another GROUP_ID`;
  }
  const others = listFirst([...new Set(group?.members.map(({ clientId }) => readForeignName(clientId)))], 3);
  const used = protocol === '' ? 'offer other assignors' : `use the assignor ${protocol}`;
  const advice = assignors.includes(protocol)
    ? 'the members must have one in common with this one'
    : 'no ASSIGNOR fits: let its members offer one of these, or set another GROUP_ID';
  return `the members of group ${groupId}${others === '' ? '' : ` (${others})`} ${used}, and this consumer offers ${offered}: ${advice}`;
}
