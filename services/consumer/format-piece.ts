import { formatEvent } from '../../lib/http/event-stream.ts';
import type { Piece, Skipped } from './log-pieces.ts';
import { formatPositions } from './positions.ts';

/** A piece as server-sent events. The id moves on with the last event, so that a client repeats events rather than misses some. */
export function formatPiece({ messages, receipts, skipped, next }: Piece): Buffer {
  const events = [
    ...messages.map((data) => ['message', data] as const),
    ...receipts.map((data) => ['processed', data] as const),
  ];
  const id = formatPositions(next);
  const texts = events.map(([event, data], index) =>
    formatEvent(event, data, index === events.length - 1 ? id : undefined),
  );
  return Buffer.concat([formatSkipped(skipped), Buffer.from(texts.join(''))]);
}

function formatSkipped(skipped: readonly Skipped[]): Buffer {
  return Buffer.from(skipped.map((data) => formatEvent('skipped', data)).join(''));
}
