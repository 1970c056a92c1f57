import type { Rebalance } from '../../lib/contracts/lab-snapshot.ts';
import type { ConsumerGroup } from './consumer-group.ts';
import { CONSUMER_GROUP_KIND } from './consumer-group.ts';
import type { EventToApply } from '../../lib/platform/kubernetes/apply.ts';

/** What nobody wanted. */
const WARNINGS: ReadonlySet<Rebalance['cause']['kind']> = new Set(['killed', 'restarted', 'session-expired']);
const MOVES_SHOWN = 6;

/**
 * The Event of a rebalance. Its name is made of the group's object and the generation: an operator that was restarted tells
 * it again under the same name, and so once.
 */
export function buildRebalanceEvent({ metadata }: ConsumerGroup, rebalance: Rebalance): EventToApply {
  const { generation, at, cause } = rebalance;
  const { name, namespace, uid } = metadata;
  return {
    name: `${name}.${uid.slice(0, 8)}.generation-${String(generation)}`,
    about: { ...CONSUMER_GROUP_KIND, name, namespace, uid },
    reason: 'Rebalanced',
    type: WARNINGS.has(cause.kind) ? 'Warning' : 'Normal',
    message: `generation ${String(generation)}: ${cause.sentence}; ${describeEffect(rebalance)}`,
    at: new Date(at).toISOString(),
  };
}

function describeEffect({ moves, membersBefore, membersAfter, longestPauseMs }: Rebalance): string {
  const shown = moves
    .slice(0, MOVES_SHOWN)
    .map(({ partition, from, to }) => `${String(partition)}: ${from ?? 'nobody'} → ${to ?? 'nobody'}`);
  const more = moves.length > MOVES_SHOWN ? ` and ${String(moves.length - MOVES_SHOWN)} more` : '';
  const moved = moves.length === 0 ? 'no partition moved' : `moved ${shown.join(', ')}${more}`;
  const pause = longestPauseMs === null ? '' : `, longest pause ${String(longestPauseMs)} ms`;
  return `members ${String(membersBefore)} → ${String(membersAfter)}, ${moved}${pause}`;
}
