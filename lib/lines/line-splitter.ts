/** One line of a stream of bytes, as UTF-8. */
export interface Line {
  readonly text: string;
  /** From 1. */
  readonly number: number;
  /** Whether its end was there; only the last line of a stream can lack it, when its writer was cut off. */
  readonly isEnded: boolean;
  /** Whether it was longer than it may be: `text` is its beginning, and the rest was dropped as it came. */
  readonly isCut: boolean;
}

const LINE_FEED = 0x0a;
const CARRIAGE_RETURN = 0x0d;

/**
 * Splits bytes into lines, at line feeds and nowhere else: U+2028 and its like are text, as JSON has them (`readline`
 * ends lines there). It keeps one line at most, and no more of it than it is told.
 */
export class LineSplitter {
  readonly #longestBytes: number;
  readonly #kept: Buffer[] = [];
  #keptBytes = 0;
  #isCut = false;
  #number = 0;

  constructor(longestBytes: number) {
    this.#longestBytes = longestBytes;
  }

  /** The lines that end in these bytes. */
  *take(bytes: Buffer): Generator<Line, undefined> {
    let from = 0;
    for (let end = bytes.indexOf(LINE_FEED); end >= 0; end = bytes.indexOf(LINE_FEED, from)) {
      this.#keep(bytes.subarray(from, end));
      yield this.#finish(true);
      from = end + 1;
    }
    this.#keep(bytes.subarray(from));
    return undefined;
  }

  /** What stands behind the last line feed, if anything does. */
  end(): Line | undefined {
    return this.#keptBytes === 0 ? undefined : this.#finish(false);
  }

  #keep(bytes: Buffer): void {
    const room = this.#longestBytes - this.#keptBytes;
    if (bytes.length > room) this.#isCut = true;
    if (room === 0 || bytes.length === 0) return;
    // Copied when it is a part: a few bytes would otherwise keep all that they came with.
    this.#kept.push(Buffer.from(bytes.subarray(0, room)));
    this.#keptBytes += Math.min(room, bytes.length);
  }

  #finish(isEnded: boolean): Line {
    const [first = Buffer.alloc(0), ...others] = this.#kept;
    const bytes = others.length === 0 ? first : Buffer.concat(this.#kept);
    const isCut = this.#isCut;
    const end = isEnded && !isCut && bytes.at(-1) === CARRIAGE_RETURN ? bytes.length - 1 : bytes.length;
    this.#kept.length = 0;
    this.#keptBytes = 0;
    this.#isCut = false;
    this.#number += 1;
    return { text: bytes.toString('utf8', 0, end), number: this.#number, isEnded, isCut };
  }
}
