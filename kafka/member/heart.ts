interface HeartOptions {
  readonly intervalMs: number;
  /** One heartbeat; it must not reject. Nothing is sent when there is no membership to speak for. */
  readonly beat: () => Promise<void>;
}

/** The part of the interval after which a member at work beats again. */
const AT_WORK = 1 / 3;

/**
 * When a member asks how its group is: at an interval, and more often while it works, one at a time. No commit tells that
 * the group rebalances, and while it does, records wait in the partitions that move. Of an idle member, heartbeats are the
 * most of what it does.
 */
export class Heart {
  readonly #options: HeartOptions;
  #beating: Promise<void> | undefined;
  #beganAt = 0;
  #timer: NodeJS.Timeout | undefined;

  constructor(options: HeartOptions) {
    this.#options = options;
  }

  start(): void {
    this.#timer = setInterval(() => this.#beat(), this.#options.intervalMs);
  }

  /** To be called when work was done. */
  noteWork(): void {
    const isDue = performance.now() - this.#beganAt >= this.#options.intervalMs * AT_WORK;
    if (isDue && this.#timer !== undefined) this.#beat();
  }

  stop(): void {
    clearInterval(this.#timer);
    this.#timer = undefined;
  }

  #beat(): void {
    if (this.#beating !== undefined) return;
    this.#beganAt = performance.now();
    this.#beating = this.#options.beat().finally(() => (this.#beating = undefined));
  }
}
