import { setTimeout as delay } from 'node:timers/promises';
import { sumMoves } from './moves.ts';
import type { SteadyLoad } from './steady-load.ts';
import { DIP_WINDOW_MS, measureDip } from './throughput-dip.ts';
import { countRepeated, measurePauses } from './trace.ts';
import type { TracedGroup } from './traced-group.ts';

/** In the order in which they are made and shown. */
export const CHANGES = ['join', 'kill', 'rollout', 'leave'] as const;
export type Change = (typeof CHANGES)[number];

/** What one change did. */
export interface Measured {
  readonly change: Change;
  readonly balanceMs: number;
  /** From when the newcomer's client began to join; undefined for all changes but a join. */
  readonly sinceBegunMs: number | undefined;
  readonly pausesMs: readonly number[];
  /** Records that were missing in the worst second, in percent. */
  readonly dipPercent: number;
  /** The same of the time just before the change. */
  readonly restDipPercent: number;
  readonly moved: number;
  readonly leastMoved: number;
  readonly repeated: number;
  /** The longest time in which the load itself gave a partition nothing. */
  readonly loadGapMs: number;
}

export interface ChangesOptions {
  readonly group: TracedGroup;
  readonly load: SteadyLoad;
  readonly partitions: number;
  readonly settleMs: number;
  /** Changes begin so much later at most, at random: at any point of the members' heartbeats and polls. */
  readonly mostRandomMs: number;
  /** Which member leaves or is killed: each in turn. */
  readonly turn: number;
  readonly signal: AbortSignal;
  readonly onMeasured: (measured: Measured) => void;
}

const MEMBERS_AT_FIRST = 2;

/** Starts two members, makes every change, a join twice, and measures each. The caller stops the group, also after an error. */
export async function runChanges(options: ChangesOptions): Promise<void> {
  const { group, turn, mostRandomMs, signal, onMeasured } = options;
  const measure = async (change: Change, act: () => Promise<void> | void): Promise<void> => {
    await delay(Math.random() * mostRandomMs, undefined, { signal });
    onMeasured(await measureChange(options, change, act));
  };
  const chooseVictim = (): string => group.members[turn % group.members.length] ?? '';

  const startedAt = Date.now();
  for (let count = 0; count < MEMBERS_AT_FIRST; count += 1) group.start();
  await group.waitBalanced(startedAt);
  await measure('join', () => void group.start());
  await measure('kill', () => group.end(chooseVictim(), 'SIGKILL'));
  await measure('join', () => void group.start());
  await measure('rollout', () => rollOut(group));
  await measure('leave', () => group.end(chooseVictim(), 'SIGTERM'));
}

/** As a Deployment with maxSurge 1 and maxUnavailable 0 does it, for which a member is available. */
async function rollOut(group: TracedGroup): Promise<void> {
  for (const old of group.members) {
    await group.waitMember(group.start());
    group.end(old, 'SIGTERM');
  }
}

async function measureChange(
  { group, load, partitions, settleMs }: ChangesOptions,
  change: Change,
  act: () => Promise<void> | void,
): Promise<Measured> {
  const before = group.assignments.at(-1)?.owners ?? new Map<number, string>();
  load.takeLongestGapMs();
  const from = Date.now();
  await act();
  const balancedAt = await group.waitBalanced(from);
  const window = { from, to: balancedAt + settleMs };
  const begunAt = change === 'join' ? group.beganAt(group.members.at(-1) ?? '') : undefined;
  const { moved, least } = sumMoves({ before, steps: group.assignments.filter(({ at }) => at >= from), partitions });
  return {
    change,
    balanceMs: balancedAt - from,
    sinceBegunMs: begunAt === undefined ? undefined : balancedAt - begunAt,
    pausesMs: measurePauses(group.trace, partitions, window),
    dipPercent: measureDip(group.trace, load.storedAt, window),
    restDipPercent: measureDip(group.trace, load.storedAt, { from: from - DIP_WINDOW_MS, to: from }),
    moved,
    leastMoved: least,
    repeated: countRepeated(group.trace, window),
    loadGapMs: load.takeLongestGapMs(),
  };
}
