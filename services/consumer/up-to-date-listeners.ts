import { setTimeout as delay } from 'node:timers/promises';
import { messageOf } from '../../lib/errors/app-error.ts';
import type { EventSink } from '../../lib/http/event-stream.ts';
import type { MemoryLease } from '../../lib/http/memory-budget.ts';
import type { Logger } from '../../lib/log/create-logger.ts';
import { formatPiece } from './format-piece.ts';
import type { LogPieces, Piece } from './log-pieces.ts';
import { areEqual, fitTo, type Positions } from './positions.ts';

const POLL_MS = 300;

/** One client's stream. */
export interface Listener {
  readonly stream: Pick<EventSink<never>, 'sendFormatted' | 'isDrained' | 'drained' | 'end' | 'cutOff'>;
  readonly signal: AbortSignal;
  readonly memory: Pick<MemoryLease, 'grow' | 'set' | 'yieldBy'>;
}

/** Who is up to date, and how it hears that it is not any more. */
interface Member extends Listener {
  readonly leave: (at: Positions) => void;
}

/** The streams that have everything there is: the brokers are asked for what comes as long as there is one, for all together. */
export class UpToDateListeners {
  readonly #pieces: LogPieces;
  readonly #logger: Logger;
  readonly #members = new Set<Member>();
  #at: Positions | undefined;
  #isPolling = false;

  constructor(pieces: LogPieces, logger: Logger) {
    this.#pieces = pieces;
    this.#logger = logger;
  }

  /** Where the members are; undefined while there are none and nothing is known. */
  get at(): Positions | undefined {
    return this.#at;
  }

  /** Where the members are, or the ends of the log. */
  async readAt(): Promise<Positions> {
    return (this.#at ??= await this.#pieces.readEnds());
  }

  /** Without members, what was the end is not any more when the next one comes. */
  forgetEnd(): void {
    if (!this.#isPolling) this.#at = undefined;
  }

  /** Until the client is too slow; resolves with where it is then, or undefined when it is over. */
  join(listener: Listener): Promise<Positions | undefined> {
    return new Promise((resolve) => {
      if (listener.signal.aborted) {
        resolve(undefined);
        return;
      }
      const member: Member = { ...listener, leave: resolve };
      listener.signal.addEventListener('abort', () => {
        this.#members.delete(member);
        resolve(undefined);
      });
      this.#members.add(member);
      if (!this.#isPolling) void this.#poll();
    });
  }

  async #poll(): Promise<void> {
    this.#isPolling = true;
    try {
      while (this.#members.size > 0) {
        await this.#pollOnce();
        await delay(POLL_MS);
      }
    } catch (error) {
      this.#logger.warn(`${String(this.#members.size)} streams of messages end: ${messageOf(error)}`);
      for (const { stream } of this.#members) stream.end();
      this.#members.clear();
    } finally {
      this.#isPolling = false;
      this.#at = undefined;
    }
  }

  async #pollOnce(): Promise<void> {
    const ends = await this.#pieces.readEnds();
    let current = (this.#at = fitTo(this.#at ?? ends, ends));
    while (this.#members.size > 0 && !areEqual(current, ends)) {
      const piece = await this.#pieces.read(current, ends);
      this.#sendToAll(current, piece);
      current = piece.next;
      await Promise.race([Promise.all([...this.#members].map(({ stream }) => stream.drained())), delay(POLL_MS)]);
    }
  }

  /** Sends a piece to those who have taken the one before. The others go on by themselves. */
  #sendToAll(before: Positions, piece: Piece): void {
    this.#at = piece.next;
    const formatted = formatPiece(piece);
    if (formatted.length === 0) return;
    for (const member of this.#members) {
      if (member.stream.isDrained) member.stream.sendFormatted(formatted);
      else {
        this.#members.delete(member);
        member.leave(before);
      }
    }
  }
}
