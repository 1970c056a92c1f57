import type { ServerResponse } from 'node:http';
import type { z } from 'zod';

/** Where a stream's feeder writes. */
export interface EventSink<E extends Readonly<Record<string, z.ZodType>>> {
  /**
   * Sends an event as JSON.
   *
   * @param id what the client names when it reconnects
   * @returns false when the stream is over, so that nothing was sent
   */
  send<K extends keyof E & string>(event: K, data: z.input<E[K]>, id?: string): boolean;
  /**
   * Sends a state of which only the newest counts: at once when the client has taken what was sent before, otherwise
   * when it has. Of what is offered meanwhile the last is built, then. A state that cannot be built ends the stream.
   */
  offer<K extends keyof E & string>(event: K, build: () => z.input<E[K]>, id?: string): void;
  /** Sends events that were formatted once, for many streams. Returns as `send` does. */
  sendFormatted(events: Buffer): boolean;
  /** Whether the client has taken what was sent, but for what any connection keeps on its way. */
  readonly isDrained: boolean;
  /** Resolves when it has; false when the stream is over. */
  drained(): Promise<boolean>;
  /** Drops a client that does not read. */
  cutOff(): void;
  /** Ends the stream; a browser's EventSource will reconnect. */
  end(): void;
}

interface EventStreamOptions {
  /** Between comments that keep the connection alive. @default 15000 */
  readonly heartbeatMs?: number;
  /** Unsent bytes behind which nothing more may be sent: a feeder that does not wait loses its client. @default 1048576 */
  readonly maxBufferedBytes?: number;
  /** How long a client may take nothing at all, in milliseconds; longer than between heartbeats. @default 30000 */
  readonly unreadTimeoutMs?: number;
  /** Called when a client is cut off for not reading. @default nothing */
  readonly onOverflow?: () => void;
}

/** How long a browser waits before it reconnects, in milliseconds. */
const RECONNECT_MS = 1000;

/** An event as bytes (https://html.spec.whatwg.org/multipage/server-sent-events.html). */
export function formatEvent(event: string, data: unknown, id?: string): string {
  const idLine = id === undefined ? '' : `id: ${toOneLine(id)}\n`;
  return `${idLine}event: ${toOneLine(event)}\ndata: ${JSON.stringify(data)}\n\n`;
}

/**
 * One client's server-sent events. Opens with the first event or with `open()`. A single event may be of any size; it
 * is the next ones that wait until the client has taken it. A client that takes nothing for long is cut off: it
 * reconnects and says what it saw last, which costs less than memory without bound.
 */
export class EventStream implements EventSink<Readonly<Record<string, z.ZodType>>> {
  /** Aborts when the stream is over, whoever ended it. */
  readonly signal: AbortSignal;
  readonly #response: ServerResponse;
  readonly #options: Required<EventStreamOptions>;
  #heartbeat: NodeJS.Timeout | undefined;
  #offered: (() => void) | undefined;

  constructor(response: ServerResponse, options: EventStreamOptions = {}) {
    const { heartbeatMs = 15_000, maxBufferedBytes = 1024 * 1024, unreadTimeoutMs = 30_000 } = options;
    this.#response = response;
    this.#options = {
      heartbeatMs,
      maxBufferedBytes,
      unreadTimeoutMs,
      onOverflow: options.onOverflow ?? (() => undefined),
    };
    const over = new AbortController();
    this.signal = over.signal;
    response.once('close', () => {
      clearInterval(this.#heartbeat);
      over.abort();
    });
    response.on('drain', () => this.#takeOffer());
  }

  get isOver(): boolean {
    return this.#response.writableEnded || this.#response.destroyed;
  }

  get isDrained(): boolean {
    return !this.#response.writableNeedDrain;
  }

  async drained(): Promise<boolean> {
    while (!this.isOver && !this.isDrained) {
      await new Promise<void>((resolve) => {
        const proceed = (): void => {
          this.#response.off('drain', proceed).off('close', proceed);
          resolve();
        };
        this.#response.once('drain', proceed).once('close', proceed);
      });
    }
    return !this.isOver;
  }

  /** Sends the headers. */
  open(): void {
    if (this.isOver || this.#response.headersSent) return;
    // Every write begins the time anew, and so does whatever the client takes of a large one.
    this.#response.setTimeout(this.#options.unreadTimeoutMs, () => this.cutOff());
    this.#response.writeHead(200, { 'Content-Type': 'text/event-stream; charset=utf-8' });
    this.#write(`retry: ${String(RECONNECT_MS)}\n\n`);
    const beat = (): void => {
      if (this.isDrained) this.#write(': heartbeat\n\n');
    };
    this.#heartbeat = setInterval(beat, this.#options.heartbeatMs).unref();
  }

  send(event: string, data: unknown, id?: string): boolean {
    this.open();
    return this.#write(formatEvent(event, data, id));
  }

  offer(event: string, build: () => unknown, id?: string): void {
    this.#offered = () => this.send(event, build(), id);
    if (this.isDrained) this.#takeOffer();
  }

  sendFormatted(events: Buffer): boolean {
    this.open();
    return this.#write(events);
  }

  cutOff(): void {
    if (this.isOver) return;
    this.#options.onOverflow();
    this.#response.destroy();
  }

  end(): void {
    clearInterval(this.#heartbeat);
    if (!this.isOver) this.#response.end();
  }

  #takeOffer(): void {
    const offered = this.#offered;
    this.#offered = undefined;
    if (this.isOver) return;
    try {
      offered?.();
    } catch {
      // What it was about is gone; whoever reconnects is told so.
      this.end();
    }
  }

  #write(bytes: string | Buffer): boolean {
    if (this.isOver) return false;
    if (this.#response.writableLength > this.#options.maxBufferedBytes) {
      this.cutOff();
      return false;
    }
    this.#response.write(bytes);
    return true;
  }
}

/** A line break or NUL would end the field, or make clients ignore it. */
function toOneLine(text: string): string {
  return text.replace(/[\r\n\0]/g, ' ');
}
