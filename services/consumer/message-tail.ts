/**
 * Streams of what comes. However many clients listen, the brokers are asked once for all of them, and what came is
 * formatted once. Who is behind, after a reconnect or because it reads slowly, reads by itself in pieces, each when the
 * one before was taken, and joins the others when it has caught up.
 */
import { setTimeout as delay } from 'node:timers/promises';
import { messageOf } from '../../lib/errors/app-error.ts';
import { formatEvent, type EventSink } from '../../lib/http/event-stream.ts';
import type { MemoryLease } from '../../lib/http/memory-budget.ts';
import type { Logger } from '../../lib/log/create-logger.ts';
import { PIECE_COST_BYTES, type LogPieces, type Piece, type Skipped } from './log-pieces.ts';
import { areEqual, fitTo, formatPositions, type Positions } from './positions.ts';

const POLL_MS = 300;

/** How far behind a stream may be, in records of a partition. What is further back is left out, and said to be. */
export const LOOK_BACK_RECORDS = 1000;

/** One client's stream. */
export interface Listener {
  readonly stream: Pick<EventSink<never>, 'sendFormatted' | 'isDrained' | 'drained' | 'end' | 'cutOff'>;
  readonly signal: AbortSignal;
  readonly memory: Pick<MemoryLease, 'grow' | 'set' | 'yieldBy'>;
}

export interface MessageTail {
  /**
   * Feeds a stream until it is over. Resolves once it is known where it begins.
   *
   * @param from undefined for what comes next
   * @throws AppError `kafka-unavailable`
   */
  feed(listener: Listener, from: Positions | undefined): Promise<void>;
}

/** Who is up to date, and how it hears that it is not any more. */
interface Member extends Listener {
  readonly leave: (at: Positions) => void;
}

export function createMessageTail(pieces: LogPieces, logger: Logger): MessageTail {
  const members = new Set<Member>();
  /** Where the members are; undefined while there are none and nothing is known. */
  let at: Positions | undefined;
  let isPolling = false;
  let followers = 0;

  const readAt = async (): Promise<Positions> => (at ??= await pieces.readEnds());

  /** Sends a piece to those who have taken the one before. The others go on by themselves. */
  const sendToAll = (before: Positions, { next, ...events }: Piece): void => {
    at = next;
    const formatted = formatPiece({ next, ...events });
    for (const member of members) {
      if (formatted.length === 0) continue;
      if (member.stream.isDrained) member.stream.sendFormatted(formatted);
      else leave(member, before);
    }
  };
  const leave = (member: Member, where: Positions): void => {
    members.delete(member);
    member.leave(where);
  };
  const pollOnce = async (): Promise<void> => {
    const ends = await pieces.readEnds();
    let current = (at = fitTo(at ?? ends, ends));
    while (members.size > 0 && !areEqual(current, ends)) {
      const piece = await pieces.read(current, ends);
      sendToAll(current, piece);
      current = piece.next;
      await Promise.race([Promise.all([...members].map(({ stream }) => stream.drained())), delay(POLL_MS)]);
    }
  };
  const poll = async (): Promise<void> => {
    isPolling = true;
    try {
      while (members.size > 0) {
        await pollOnce();
        await delay(POLL_MS);
      }
    } catch (error) {
      logger.warn(`${String(members.size)} streams of messages end: ${messageOf(error)}`);
      for (const { stream } of members) stream.end();
      members.clear();
    } finally {
      isPolling = false;
      at = undefined;
    }
  };

  /** Until the client is too slow; resolves with where it is then, or undefined when it is over. */
  const join = (listener: Listener): Promise<Positions | undefined> =>
    new Promise((resolve) => {
      if (listener.signal.aborted) {
        resolve(undefined);
        return;
      }
      const member: Member = { ...listener, leave: resolve };
      listener.signal.addEventListener('abort', () => {
        members.delete(member);
        resolve(undefined);
      });
      members.add(member);
      if (!isPolling) void poll();
    });

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
      await readAt();
      const goal = at;
      // Nothing is waited for between the look and the joining: whoever joins is where the members are.
      if (goal === undefined) continue;
      own = areEqual(own, goal) ? await join(listener) : await catchUp(listener, own, goal);
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
      // What was the end is not any more when the next one comes.
      if (followers === 0 && !isPolling) at = undefined;
    }
  };

  return {
    async feed(listener, from) {
      const end = await readAt();
      void start(listener, from ?? end);
    },
  };
}

/** The id moves on with the last event, so that a client repeats events rather than misses some. */
function formatPiece({ messages, receipts, skipped, next }: Piece): Buffer {
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
