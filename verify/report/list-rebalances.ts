import type { SavedRebalance } from '../../lib/contracts/saved-run.ts';
import type { FaultRecord, Generation } from '../checks/history.ts';
import type { JournalContent } from '../history/read-journal.ts';

/** Causes of a member that is out of the group though its process runs. */
const LOST_MEMBERSHIP: ReadonlySet<string> = new Set(['session-expired', 'joined-again']);
/** One that was paused finds out and joins again this soon after it goes on, in milliseconds. */
const NOTICES_WITHIN_MS = 15_000;

/**
 * The rebalances of a run, oldest first: those after the generation that it began with. The group's log tells of older
 * ones as well.
 */
export function listRebalances(
  { header, rebalances, faults }: Pick<JournalContent, 'header' | 'rebalances' | 'faults'>,
  generations: readonly Generation[],
): SavedRebalance[] {
  const begin = generations[0]?.at ?? header.startedAt;
  return rebalances
    .filter(({ at }) => at > begin)
    .map(({ generation, at, cause, completes, membersBefore, membersAfter, moves }) => ({
      generation,
      at,
      cause,
      membersBefore,
      membersAfter,
      moved: moves.length,
      // What completes another one is told with it.
      isUnplanned: completes === null && LOST_MEMBERSHIP.has(cause.kind) && !isAfterPause(at, faults),
    }));
}

function isAfterPause(at: number, faults: readonly FaultRecord[]): boolean {
  const last = faults.findLast((fault) => fault.at < at && (fault.kind === 'pause' || fault.kind === 'resume'));
  return last !== undefined && (last.kind === 'pause' || at - last.at <= NOTICES_WITHIN_MS);
}

/** Sessions that were lost though nobody paused their member, in words: the machine may be too busy to be judged. */
export function describeUnplanned(rebalances: readonly SavedRebalance[]): string[] {
  return rebalances
    .filter(({ isUnplanned }) => isUnplanned)
    .map(({ generation, cause }) => `unplanned: generation ${String(generation)}, because ${cause.sentence}`);
}
