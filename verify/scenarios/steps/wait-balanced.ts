import { snapshotAssignment } from '../../history/snapshot-assignment.ts';
import { DURATION_FORM, formatDuration, parseDuration } from '../duration.ts';
import { isRecord } from '../is-record.ts';
import type { Stage } from '../stage.ts';
import { waitBalanced } from '../balanced-group.ts';
import type { Done, StepKind } from './step-kind.ts';

/** A deadline for the group to be balanced. */
export interface WaitBalancedStep {
  readonly kind: 'wait-balanced';
  readonly withinMs: number;
}

const WITHIN_MS = 60_000;

export const waitBalance: StepKind<WaitBalancedStep> = {
  kind: 'wait-balanced',
  docs: {
    written: '`wait-balanced`, `wait-balanced: {within: 90s}`',
    does: `until every replica wanted is a ready member and the shares differ by one at most; fails after ${formatDuration(WITHIN_MS)} otherwise`,
  },
  isChange: false,
  isDeadline: true,
  parse(value, path, { complain }) {
    if (value === undefined) return { kind: 'wait-balanced', withinMs: WITHIN_MS };
    const within = isRecord(value) && Object.keys(value).length === 1 ? value['within'] : undefined;
    const withinMs = typeof within === 'string' ? parseDuration(within) : undefined;
    return withinMs === undefined
      ? complain(path, value, `nothing, or {within: ${DURATION_FORM}}`)
      : { kind: 'wait-balanced', withinMs };
  },
  prepare: ({ withinMs }, stage) => ({ text: 'wait until balanced', act: () => wait(withinMs, stage) }),
};

async function wait(timeoutMs: number, stage: Stage): Promise<Done> {
  const { platform, observer, journal, signal, formerMembers } = stage;
  const replicas = (await platform.readScale('consumer')) ?? 0;
  const balanced = await waitBalanced(platform, observer, replicas, { timeoutMs, signal, formerMembers });
  const assignment = snapshotAssignment(balanced.generation, observer.topic, replicas);
  journal.write({ kind: 'assignment', assignment });
  const changedAt = stage.takeChange();
  if (changedAt === undefined) return { detail: 'as before', balanced };
  const balanceMs = balanced.at - changedAt;
  return { balanceMs, balanced, detail: `${formatDuration(balanceMs)} after the change` };
}
