/**
 * Streams of what comes. However many clients listen, the brokers are asked once for all of them, and what came is
 * formatted once. Who is behind, after a reconnect or because it reads slowly, reads by itself in pieces, each when the
 * one before was taken, and joins the others when it has caught up.
 */
import { messageOf } from '../../lib/errors/app-error.ts';
import type { Logger } from '../../lib/log/create-logger.ts';
import { formatPiece } from './format-piece.ts';
import { PIECE_COST_BYTES, type LogPieces } from './log-pieces.ts';
import { areEqual, type Positions } from './positions.ts';
import { UpToDateListeners, type Listener } from './up-to-date-listeners.ts';

/** How far behind a stream may be, in records of a partition. What is further back is left out, and said to be. */
export const LOOK_BACK_RECORDS = 1000;

/** Feeds streams of messages, as many as there are. */
export interface MessageTail {
  /**
   * Feeds a stream until it is over. Resolves once it is known where it begins.
   *
   * @param from undefined for what comes next
   * @throws AppError `kafka-unavailable`
   */
  feed(listener: Listener, from: Positions | undefined): Promise<void>;
}

/** Nothing is read before the first stream is fed. */
export function createMessageTail(pieces: LogPieces, logger: Logger): MessageTail {
  const upToDate = new UpToDateListeners(pieces, logger);
  let followers = 0;

  /** Sends one piece, which counts as held until it was taken. */
  const catchUp = async ({ stream, signal, memory }: Listener, from: Positions, to: Positions): Promise<Positions> => {
    const limited = pieces.limitLookBack(from, to, LOOK_BACK_RECORDS);
    await memory.grow(PIECE_COST_BYTES);
    try {
      const piece = await pieces.read(limited.from, to);
      if (signal.aborted) return piece.next;
      const skipped = [...limited.skipped, ...piece.skipped];
      const formatted = formatPiece({ ...piece, skipped });
      if (formatted.length > 0) stream.sendFormatted(formatted);
      memory.set(formatted.length);
      memory.yieldBy(() => stream.cutOff());
      await stream.drained();
      return piece.next;
    } finally {
      memory.yieldBy(undefined);
      memory.set(0);
    }
  };

  const follow = async (listener: Listener, from: Positions): Promise<void> => {
    let own: Positions | undefined = from;
    while (own !== undefined && (await listener.stream.drained())) {
      await upToDate.readAt();
      const goal = upToDate.at;
      // Nothing is waited for between the look and the joining: whoever joins is where the members are.
      if (goal === undefined) continue;
      own = areEqual(own, goal) ? await upToDate.join(listener) : await catchUp(listener, own, goal);
    }
  };
  const start = async (listener: Listener, from: Positions): Promise<void> => {
    followers += 1;
    try {
      await follow(listener, from);
    } catch (error) {
      logger.warn(`a stream of messages ends: ${messageOf(error)}`);
      listener.stream.end();
    } finally {
      followers -= 1;
      if (followers === 0) upToDate.forgetEnd();
    }
  };

  return {
    async feed(listener, from) {
      const end = await upToDate.readAt();
      void start(listener, from ?? end);
    },
  };
}
