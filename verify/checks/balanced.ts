import { countSpare, measureBalance, type Balance } from '../../groups/balance.ts';
import type { Check } from './check.ts';
import { Findings } from './findings.ts';
import type { AssignmentSnapshot, RunFacts } from './history.ts';
import { conclude, type CheckResult } from './verdict.ts';
import { countOf } from '../../lib/wording/wording.ts';

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

export const balanced: Check = {
  name: NAME,
  passes:
    'whenever it was waited for, shares differ by one at most and idle members are as many as replicas beyond partitions',
  begin: ({ history }) => ({ finish: () => checkBalanced(history) }),
};

/**
 * In every assignment observed, each partition has exactly one owner, shares differ by at most one, every
 * replica is a member, and idle are only those beyond one per partition.
 */
export function checkBalanced(history: RunFacts): CheckResult {
  const findings = new Findings<Kind>();
  const balances = history.assignments.map((assignment) => findFaults(assignment, history.partitions, findings));
  return conclude({
    name: NAME,
    subject: `${countOf(history.assignments.length, 'assignment')} of ${countOf(history.partitions, 'partition')} observed`,
    failures: findings.describe(FAILURES),
    doubts: history.assignments.length === 0 ? ['the group was not observed'] : [],
    passed: 'each partition owned once, even within one, idle members as expected',
    measurements: {
      assignments: history.assignments.length,
      largestSpreadPartitions: Math.max(0, ...balances.map(measureSpread)),
      mostIdleMembers: Math.max(0, ...balances.map(({ idle }) => idle)),
      unownedPartitions: findings.count('unowned'),
      sharedPartitions: findings.count('sharedOwners'),
    },
    evidence: findings.pickEvidence(),
  });
}

function findFaults(assignment: AssignmentSnapshot, partitions: number, findings: Findings<Kind>): Balance {
  const { members, replicas } = assignment;
  const balance = measureBalance(members, new Array(partitions).keys());
  for (const partition of balance.absent) findings.add('nonexistent', { partition, assignment });
  for (const partition of balance.contested) findings.add('sharedOwners', { partition, assignment });
  // Without replicas there is nobody to own anything.
  if (replicas > 0) for (const partition of balance.unowned) findings.add('unowned', { partition, assignment });
  if (!balance.isEven) findings.add('uneven', { spreadPartitions: measureSpread(balance), assignment });
  if (members.length !== replicas) {
    findings.add('memberCount', { members: members.length, expected: replicas, assignment });
  }
  const expected = countSpare(replicas, partitions);
  if (balance.idle !== expected) findings.add('idleCount', { idle: balance.idle, expected, assignment });
  return balance;
}

function measureSpread({ most, least }: Balance): number {
  return most - least;
}
