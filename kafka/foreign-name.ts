import { createHash } from 'node:crypto';
import { cutText, escapeCharacters, escapeUnprintable } from '../lib/contracts/foreign-text.ts';

/** A Deployment's pods have names of up to 63 characters, and a member id is a client id and 37 more: Kafka Streams' are the longest. */
const LONGEST_NAME = 160;
/** Enough to tell names apart that differ only in what was cut or escaped. */
const MARK_DIGITS = 10;
/** Spaces, and letters that look like one: at an edge of a name, or as all of it, nobody sees them. */
const BLANK_EDGES = /^[\s\u{2800}\u{3164}]+|[\s\u{2800}\u{3164}]+$/gu;

/**
 * A name that another client chose (its client id, its member id, its assignor) as everything above Kafka knows it. One
 * that is too long or has what cannot be shown is made showable, and bears a mark of the whole: two that differ stay two.
 */
export function readForeignName(raw: string): string {
  const shown = escapeUnprintable(cutText(raw, LONGEST_NAME)).replace(BLANK_EDGES, escapeCharacters);
  if (shown === raw) return raw;
  const mark = createHash('sha256').update(raw).digest('hex').slice(0, MARK_DIGITS);
  return `${cutText(shown, LONGEST_NAME - MARK_DIGITS - 1)}~${mark}`;
}
