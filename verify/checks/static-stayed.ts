import { findReturned } from '../../groups/find-returned.ts';
import { countOf, joinFirst } from '../../lib/wording/wording.ts';
import { hasScenario, type Check } from './check.ts';
import { Findings } from './findings.ts';
import type { Generation, GenerationMember, History, RunFacts } from './history.ts';
import { conclude, type CheckResult } from './verdict.ts';

const NAME = 'static-stayed';
/** How many returns a summary tells about; the others are counted. */
const TOLD_LIMIT = 3;
const SETTLED_AFTER_MS = 5000;
/** What ends a process, or shows that it has ended. */
const ENDS: ReadonlySet<string> = new Set(['kill', 'stop', 'failed', 'terminating', 'stopped', 'removed']);

/** During these the group has other reasons to rebalance, with the same members before and after. */
const CHANGES: ReadonlySet<string> = new Set(['roll', 'scale']);

type Seen = Pick<History, 'generations' | 'groupReading' | 'faults' | 'replicaEvents' | 'steps'>;

/** A static member that has another membership under its id than before. */
interface Return {
  readonly before: GenerationMember;
  readonly from: Generation;
  readonly to: Generation;
}

export const staticStayed: Check = {
  name: NAME,
  passes:
    'a static member that was back within its session kept its partitions, and cost the group no rebalance; asked of groups that have static members, and not of times in which they were scaled or rolled',
  isAsked: (history) => hasScenario(history) && hasStaticMembers(history),
  begin: ({ history }) => ({ finish: () => checkStaticStayed(history) }),
};

function hasStaticMembers({ generations }: Pick<RunFacts, 'generations'>): boolean {
  return generations.some(({ members }) => members.some(({ groupInstanceId }) => groupInstanceId !== undefined));
}

/**
 * The coordinator keeps the place of a static member until its session has ended (KIP-345): a process that joins under
 * its id before that gets its assignment, in the same generation. One that comes later is not judged.
 */
export function checkStaticStayed(history: Seen): CheckResult {
  const { generations, groupReading } = history;
  const returns = generations.slice(1).flatMap((to, index) => findReturns(generations[index], to));
  const noticed = returns.filter((one) => isInTime(one, history) && isNoticed(one) && !isDuringChange(one, history));
  const findings = new Findings<'noticed'>();
  for (const { before, from, to } of noticed) {
    findings.add('noticed', { replica: before.member, lastGeneration: from.generation, generation: to.generation });
  }
  return conclude({
    name: NAME,
    subject: countOf(returns.length, 'return of a static member', 'returns of static members'),
    failures: describeNoticed(noticed),
    doubts: groupReading === 'whole' ? [] : ['the history of the group was not read without a gap'],
    passed: returns.length === 0 ? 'nobody was away' : 'nothing moved for who was back within its session',
    measurements: { returns: returns.length, noticedReturns: noticed.length },
    evidence: findings.pickEvidence(),
  });
}

function findReturns(from: Generation | undefined, to: Generation): readonly Return[] {
  return findReturned(from?.members ?? [], to.members).flatMap(({ before }) =>
    from === undefined ? [] : [{ before, from, to }],
  );
}

/** Whether its session had not ended yet, counted from the last sign that its process ended. */
function isInTime({ before, to }: Return, { faults, replicaEvents }: Seen): boolean {
  const ends = [
    ...faults.filter(({ kind, target }) => target === before.member && ENDS.has(kind)),
    ...replicaEvents.filter(({ phase, replica }) => replica === before.member && ENDS.has(phase)),
  ];
  const endedAt = Math.max(...ends.map(({ at }) => at).filter((at) => at <= to.at));
  return to.at - endedAt < before.sessionTimeoutMs;
}

/** Whether the group rebalanced for nothing but its return: all others were there before. */
function isNoticed({ from, to }: Return): boolean {
  if (from.generation === to.generation) return false;
  const listIds = ({ members }: Generation): string =>
    members
      .map(({ groupInstanceId, memberId }) => groupInstanceId ?? memberId)
      .sort()
      .join();
  return listIds(from) === listIds(to);
}

/** What is scaled or rolled is settled some time after its step. */
function isDuringChange({ to }: Return, { steps }: Seen): boolean {
  const change = steps.findLast(({ kind, startedAt }) => CHANGES.has(kind) && startedAt <= to.at);
  return change !== undefined && (change.endedAt === null || to.at <= change.endedAt + SETTLED_AFTER_MS);
}

function describeNoticed(noticed: readonly Return[]): string[] {
  if (noticed.length === 0) return [];
  const told = noticed.map(({ before, to }) => `${before.member} came back in generation ${String(to.generation)}`);
  return [
    `the group rebalanced for ${countOf(noticed.length, 'return')} within the session: ${joinFirst(told, TOLD_LIMIT)}`,
  ];
}
