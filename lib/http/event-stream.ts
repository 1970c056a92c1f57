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
  /** Ends the stream; a browser's EventSource will reconnect. */
  end(): void;
}

export interface EventStreamOptions {
  /** Between comments that keep the connection alive. @default 15000 */
  readonly heartbeatMs?: number;
  /** Unsent bytes at which a client that does not read is cut off. @default 1048576 */
  readonly maxBufferedBytes?: number;
  /** Called when a client is cut off for not reading. @default nothing */
  readonly onOverflow?: () => void;
}

/** How long a browser waits before it reconnects, in milliseconds. */
const RECONNECT_MS = 1000;

/**
 * One client's server-sent events (https://html.spec.whatwg.org/multipage/server-sent-events.html).
 * Opens with the first event or with `open()`. A client that reads too slowly is cut off: it reconnects
 * and says what it saw last, which costs less than memory without bound.
 */
export class EventStream implements EventSink<Readonly<Record<string, z.ZodType>>> {
  /** Aborts when the stream is over, whoever ended it. */
  readonly signal: AbortSignal;
  readonly #response: ServerResponse;
  readonly #options: Required<EventStreamOptions>;
  #heartbeat: NodeJS.Timeout | undefined;

  constructor(response: ServerResponse, options: EventStreamOptions = {}) {
    const { heartbeatMs = 15_000, maxBufferedBytes = 1024 * 1024, onOverflow = () => undefined } = options;
    this.#response = response;
    this.#options = { heartbeatMs, maxBufferedBytes, onOverflow };
    const over = new AbortController();
    this.signal = over.signal;
    response.once('close', () => {
      clearInterval(this.#heartbeat);
      over.abort();
    });
  }

  get isOver(): boolean {
    return this.#response.writableEnded || this.#response.destroyed;
  }

  /** Sends the headers. */
  open(): void {
    if (this.isOver || this.#response.headersSent) return;
    this.#response.writeHead(200, { 'Content-Type': 'text/event-stream; charset=utf-8' });
    this.#write(`retry: ${String(RECONNECT_MS)}\n\n`);
    this.#heartbeat = setInterval(() => this.#write(': heartbeat\n\n'), this.#options.heartbeatMs).unref();
  }

  send(event: string, data: unknown, id?: string): boolean {
    this.open();
    const idLine = id === undefined ? '' : `id: ${toOneLine(id)}\n`;
    return this.#write(`${idLine}event: ${toOneLine(event)}\ndata: ${JSON.stringify(data)}\n\n`);
  }

  end(): void {
    clearInterval(this.#heartbeat);
    if (!this.isOver) this.#response.end();
  }

  #write(text: string): boolean {
    if (this.isOver) return false;
    this.#response.write(text);
    if (this.#response.writableLength <= this.#options.maxBufferedBytes) return true;
    this.#options.onOverflow();
    this.#response.destroy();
    return false;
  }
}

/** A line break or NUL would end the field, or make clients ignore it. */
function toOneLine(text: string): string {
  return text.replace(/[\r\n\0]/g, ' ');
}
