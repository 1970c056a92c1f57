import { Findings } from './findings.ts';
import type { AssignmentSnapshot, RunFacts } from './history.ts';
import { conclude, type CheckResult } from './verdict.ts';
import { countOf } from './wording.ts';

const NAME = 'balanced';

type Kind = 'unowned' | 'sharedOwners' | 'nonexistent' | 'uneven' | 'memberCount' | 'idleCount';

const FAILURES: Readonly<Record<Kind, (count: number) => string>> = {
  unowned: (count) => `${countOf(count, 'time')} a partition had no owner`,
  sharedOwners: (count) => `${countOf(count, 'time')} a partition had more than one owner`,
  nonexistent: (count) => `${countOf(count, 'time')} a partition was owned that does not exist`,
  uneven: (count) => `${countOf(count, 'time')} the shares differed by more than one partition`,
  memberCount: (count) => `${countOf(count, 'time')} the group had another number of members than replicas`,
  idleCount: (count) =>
    `${countOf(count, 'time')} the idle members were not as many as the replicas beyond the partitions`,
};

/**
 * In every assignment observed, each partition has exactly one owner, shares differ by at most one, every
 * replica is a member, and idle are only those beyond one per partition.
 */
export function checkBalanced(history: RunFacts): CheckResult {
  const findings = new Findings<Kind>();
  for (const assignment of history.assignments) {
    findWrongOwners(assignment, history.partitions, findings);
    findWrongShares(assignment, history.partitions, findings);
  }
  return conclude({
    name: NAME,
    subject: `${countOf(history.assignments.length, 'assignment')} of ${countOf(history.partitions, 'partition')} observed`,
    failures: findings.describe(FAILURES),
    doubts: history.assignments.length === 0 ? ['nobody looked at the group'] : [],
    passed: 'each partition owned once, even within one, idle members as expected',
    measurements: {
      assignments: history.assignments.length,
      largestSpreadPartitions: Math.max(0, ...history.assignments.map(({ members }) => measureSpread(members))),
      mostIdleMembers: Math.max(0, ...history.assignments.map(({ members }) => countIdle(members))),
      unownedPartitions: findings.count('unowned'),
      sharedPartitions: findings.count('sharedOwners'),
    },
    evidence: findings.pickEvidence(),
  });
}

function findWrongOwners(assignment: AssignmentSnapshot, partitions: number, findings: Findings<Kind>): void {
  const owned = assignment.members.flatMap((member) => member.partitions);
  for (const partition of new Set(owned)) {
    if (partition >= partitions) findings.add('nonexistent', { partition, assignment });
  }
  for (let partition = 0; partition < partitions; partition += 1) {
    const owners = owned.filter((number) => number === partition).length;
    if (owners > 1) findings.add('sharedOwners', { partition, assignment });
    // Without replicas there is nobody to own anything.
    if (owners === 0 && assignment.replicas > 0) findings.add('unowned', { partition, assignment });
  }
}

function findWrongShares(assignment: AssignmentSnapshot, partitions: number, findings: Findings<Kind>): void {
  const { members, replicas } = assignment;
  const expectedIdle = Math.max(0, replicas - partitions);
  const idle = countIdle(members);
  const spread = measureSpread(members);
  if (spread > 1) findings.add('uneven', { spreadPartitions: spread, assignment });
  if (members.length !== replicas) {
    findings.add('memberCount', { members: members.length, expected: replicas, assignment });
  }
  if (idle !== expectedIdle) findings.add('idleCount', { idle, expected: expectedIdle, assignment });
}

function measureSpread(members: AssignmentSnapshot['members']): number {
  const shares = members.map(({ partitions }) => partitions.length);
  return shares.length === 0 ? 0 : Math.max(...shares) - Math.min(...shares);
}

function countIdle(members: AssignmentSnapshot['members']): number {
  return members.filter(({ partitions }) => partitions.length === 0).length;
}
