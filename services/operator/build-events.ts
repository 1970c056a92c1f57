import type { Rebalance, Return } from '../../lib/contracts/lab-snapshot.ts';
import { listFirst } from '../../lib/wording/wording.ts';
import type { ConsumerGroup } from './consumer-group.ts';
import { CONSUMER_GROUP_KIND } from '../../lib/contracts/consumer-group.ts';
import type { EventToApply } from '../../platforms/kubernetes/apply.ts';

/** What nobody wanted. */
const WARNINGS: ReadonlySet<Rebalance['cause']['kind']> = new Set(['killed', 'restarted', 'session-expired']);
const MOVES_SHOWN = 6;
/** Letters of an instance id, which may have any, in the name of an Event. */
const LONGEST_ID = 64;
/** Of the name of an object (https://kubernetes.io/docs/concepts/overview/working-with-objects/names/). */
const LONGEST_NAME = 253;
/** Of the text of an Event, which Kubernetes counts in bytes. */
const LONGEST_MESSAGE_BYTES = 1024;

/**
 * The Event of a rebalance. Its name is made of the group's object, the time and the generation: an operator that was
 * restarted tells it again under the same name, and so once. A group that was deleted in Kafka and made again counts its
 * generations from the first, at another time.
 */
export function buildRebalanceEvent({ metadata }: ConsumerGroup, rebalance: Rebalance): EventToApply {
  const { generation, at, cause, completes } = rebalance;
  const { name, namespace, uid } = metadata;
  return {
    name: formatName(name, `${uid.slice(0, 8)}.${at.toString(36)}.generation-${String(generation)}`),
    about: { ...CONSUMER_GROUP_KIND, name, namespace, uid },
    reason: 'Rebalanced',
    // What completes another one is no news to be warned of.
    type: WARNINGS.has(cause.kind) && completes === null ? 'Warning' : 'Normal',
    message: cut(`generation ${String(generation)}: ${cause.sentence}; ${describeEffect(rebalance)}`),
    at: new Date(at).toISOString(),
  };
}

/** The Event of a static member that came back under its id, named as that of a rebalance is. */
export function buildReturnEvent({ metadata }: ConsumerGroup, returned: Return): EventToApply {
  const { generation, at, clientId, groupInstanceId } = returned;
  const id = Buffer.from(groupInstanceId).toString('hex').slice(0, LONGEST_ID);
  const { name, namespace, uid } = metadata;
  return {
    name: formatName(name, `${uid.slice(0, 8)}.${at.toString(36)}.return-${id}`),
    about: { ...CONSUMER_GROUP_KIND, name, namespace, uid },
    reason: 'Returned',
    type: 'Normal',
    message: cut(`${clientId} came back under its id, nobody noticed: generation ${String(generation)} goes on`),
    at: new Date(at).toISOString(),
  };
}

/** A name that was cut must still end like one. */
function formatName(name: string, suffix: string): string {
  const kept = name.slice(0, LONGEST_NAME - suffix.length - 1).replace(/[^a-z0-9]+$/, '');
  return `${kept}.${suffix}`;
}

function cut(message: string): string {
  if (Buffer.byteLength(message) <= LONGEST_MESSAGE_BYTES) return message;
  let kept = '';
  let bytes = Buffer.byteLength('…');
  for (const character of message) {
    bytes += Buffer.byteLength(character);
    if (bytes > LONGEST_MESSAGE_BYTES) break;
    kept += character;
  }
  return `${kept}…`;
}

function describeEffect({ moves, membersBefore, membersAfter, longestPauseMs }: Rebalance): string {
  const sentences = moves.map(
    ({ partition, from, to }) => `${String(partition)}: ${from ?? 'nobody'} → ${to ?? 'nobody'}`,
  );
  const moved = moves.length === 0 ? 'no partition moved' : `moved ${listFirst(sentences, MOVES_SHOWN)}`;
  const pause = longestPauseMs === null ? '' : `, longest pause ${String(longestPauseMs)} ms`;
  return `members ${String(membersBefore)} → ${String(membersAfter)}, ${moved}${pause}`;
}
