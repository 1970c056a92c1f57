/** A line of a container's log with the time at which the container runtime took it. */
export interface LogLine {
  /** Nanoseconds since the epoch, or nothing when the line bears no time. */
  readonly at: bigint | undefined;
  readonly text: string;
}

const STAMP = /^(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d)(?:\.(\d{1,9}))?(Z|[+-]\d\d:\d\d) ?/;

/** Splits the time from a line that was asked for with `timestamps=true`. */
export function parseLogLine(line: string): LogLine {
  const [stamp, second, fraction = '', zone] = STAMP.exec(line) ?? [];
  if (stamp === undefined || second === undefined || zone === undefined) return { at: undefined, text: line };
  const seconds = BigInt(Date.parse(second + zone)) / 1000n;
  return { at: seconds * 1_000_000_000n + BigInt(fraction.padEnd(9, '0')), text: line.slice(stamp.length) };
}

/**
 * Lets every line of a log through once, although the log is read from a whole second on after each break. Lines are
 * told apart by their time, and lines of one time by their number.
 */
export class LogPosition {
  #at: bigint;
  #count = 0;
  #skip = 0;

  /** @param at nanoseconds since the epoch: lines from before are not let through */
  constructor(at: bigint) {
    this.#at = at;
  }

  /** The second from which to read on, in RFC 3339. */
  get since(): string {
    return `${new Date(Number(this.#at / 1_000_000n)).toISOString().slice(0, 19)}Z`;
  }

  /** Says that the log is read anew, from `since` or from any earlier line. */
  rewind(): void {
    this.#skip = this.#count;
  }

  /** Whether a line is new. Lines must come in the order of the log. */
  take({ at }: LogLine): boolean {
    if (at === undefined) return true;
    if (at < this.#at) return false;
    if (at > this.#at) {
      this.#at = at;
      this.#count = 0;
      this.#skip = 0;
    }
    if (this.#skip > 0) {
      this.#skip -= 1;
      return false;
    }
    this.#count += 1;
    return true;
  }
}
