import type { GroupSnapshot } from '../../lib/contracts/lab-snapshot.ts';
import { isIdle, isSharer } from '../../groups/balance.ts';
import type { Contact } from '../../platforms/contact.ts';
import type { Condition } from './consumer-group.ts';

type Finding = Pick<Condition, 'type' | 'status' | 'reason' | 'message'>;

/** What conditions are decided by. */
export interface ConditionFacts {
  readonly group: GroupSnapshot;
  /** Whether the coordinator of the group answers. */
  readonly contact: Contact;
  /** Generation of the object that this is about. */
  readonly observedGeneration: number;
  /** Milliseconds since the epoch. */
  readonly now: number;
}

/**
 * What can be waited for: `Available`, whether the group could be asked; `Balanced`, whether every replica is a member and
 * the partitions are shared as evenly as can be; `FullyUsed`, whether no member is idle. The time of a condition is that
 * of its last change (https://github.com/kubernetes/community/blob/master/contributors/devel/sig-architecture/api-conventions.md).
 */
export function buildConditions(facts: ConditionFacts, before: readonly Condition[]): readonly Condition[] {
  const { observedGeneration, now } = facts;
  const findings = [
    findAvailable(facts),
    findInGroup('Balanced', facts, findBalanced),
    findInGroup('FullyUsed', facts, findFullyUsed),
  ];
  return findings.map((finding) => {
    const known = before.find(({ type }) => type === finding.type);
    const lastTransitionTime =
      known?.status === finding.status ? known.lastTransitionTime : `${new Date(now).toISOString().slice(0, 19)}Z`;
    return { ...finding, observedGeneration, lastTransitionTime };
  });
}

function findAvailable({ group, contact }: ConditionFacts): Finding {
  const type = 'Available';
  if (group.state === 'Unknown') {
    return { type, status: 'Unknown', reason: 'NotSeenYet', message: 'the group has not been seen in Kafka yet' };
  }
  if (contact.isReachable) {
    return { type, status: 'True', reason: 'CoordinatorAnswers', message: 'the coordinator of the group answers' };
  }
  const since = new Date(contact.since).toISOString();
  return {
    type,
    status: 'False',
    reason: 'KafkaUnreachable',
    message: `the coordinator of the group has not answered since ${since}; what is shown of the group dates from then`,
  };
}

/** What can only be said of a group that is seen now. */
function findInGroup(
  type: string,
  { group, contact }: ConditionFacts,
  find: (group: GroupSnapshot) => Omit<Finding, 'type'>,
): Finding {
  if (group.state === 'Unknown' || !contact.isReachable) {
    return { type, status: 'Unknown', reason: 'GroupNotSeen', message: 'the group cannot be seen now' };
  }
  return { type, ...find(group) };
}

function findBalanced(group: GroupSnapshot): Omit<Finding, 'type'> {
  if (group.isBalanced) return { status: 'True', reason: 'SharedEvenly', message: explain(group) };
  return { status: 'False', ...findObstacle(group) };
}

function findObstacle(group: GroupSnapshot): Pick<Finding, 'reason' | 'message'> {
  const ghosts = group.members.filter(({ ghost }) => ghost !== null);
  const wanted = group.wantedReplicas;
  if (group.partitions.length === 0) return { reason: 'TopicMissing', message: explain(group) };
  if (group.members.length === 0) return { reason: 'NoMembers', message: explain(group) };
  if (group.state !== 'Stable') return { reason: 'Rebalancing', message: `the group is ${group.state}` };
  if (ghosts.length > 0) return { reason: 'MembersExpiring', message: explain(group) };
  if (wanted === null) {
    return { reason: 'NoDeployment', message: `there is no Deployment or StatefulSet ${group.deployment}` };
  }
  const ready = group.pods.filter(({ phase, memberId }) => phase === 'ready' && memberId !== null).length;
  if (ready < wanted) {
    return {
      reason: 'ReplicasMissing',
      message: `${String(ready)} of ${String(wanted)} replicas are ready members of the group`,
    };
  }
  if (group.pods.length > wanted) {
    const message = `${String(group.pods.length)} replicas are there, and ${String(wanted)} are wanted`;
    return { reason: 'ReplicasLeaving', message };
  }
  if (group.members.filter(isSharer).length !== wanted) return { reason: 'ForeignMembers', message: explain(group) };
  const isOutdated = group.explanations.some(({ rule }) => rule === 'topic-changed');
  return { reason: isOutdated ? 'AssignmentOutdated' : 'SharedUnevenly', message: explain(group) };
}

function findFullyUsed(group: GroupSnapshot): Omit<Finding, 'type'> {
  const idle = listIdle(group);
  const [first] = idle;
  if (first === undefined) {
    return { status: 'True', reason: 'NoIdleMember', message: 'every member owns a partition' };
  }
  const idleReasons = group.pods.flatMap(({ idleReason }) => idleReason ?? []);
  const why = idleReasons[0] ?? `${first.clientId}, which is no pod of ${group.deployment}, owns no partition`;
  return { status: 'False', reason: 'IdleMembers', message: `${String(idle.length)} idle: ${why}` };
}

/** The members that could own a partition and own none, pods or not. */
export function listIdle({ members }: GroupSnapshot): GroupSnapshot['members'] {
  return members.filter((member) => isIdle(member) && member.ghost === null);
}

function explain(group: GroupSnapshot): string {
  return group.explanations[0]?.sentence ?? `the group is ${group.state}`;
}
