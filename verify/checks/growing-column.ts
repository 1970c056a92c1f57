type Numbers = Uint8Array | Uint16Array | Int32Array | Float64Array;

/** Rows in a piece; what is grown is never copied. */
const PIECE_ROWS = 1 << 16;
const LAST_ROW = 2 ** 32 - 1;

/** The kinds of pieces, the narrowest first, and what each can hold exactly. */
const WIDTHS: readonly {
  readonly Piece: new (length: number) => Numbers;
  readonly holds: (value: number) => boolean;
}[] = [
  { Piece: Uint8Array, holds: (value) => value >= 0 && value <= 0xff && Number.isInteger(value) },
  { Piece: Uint16Array, holds: (value) => value >= 0 && value <= 0xff_ff && Number.isInteger(value) },
  { Piece: Int32Array, holds: (value) => (value | 0) === value },
  { Piece: Float64Array, holds: () => true },
];

/** A column of numbers that grows: each row costs the bytes that the largest number near it needs. Rows that were never set hold 0. */
export class GrowingColumn {
  readonly #pieces: { width: number; numbers: Numbers }[] = [];

  /** 0 as well for what can be no row. */
  get(row: number): number {
    if (!(row <= LAST_ROW)) return 0;
    return this.#pieces[row >>> 16]?.numbers[row & (PIECE_ROWS - 1)] ?? 0;
  }

  /** @throws RangeError for what can be no row */
  set(row: number, value: number): void {
    if (!(row >= 0 && row <= LAST_ROW)) throw new RangeError(`there is no row ${String(row)}`);
    const place = row >>> 16;
    let piece = this.#pieces[place];
    if (piece === undefined || WIDTHS[piece.width]?.holds(value) !== true) {
      this.#pieces[place] = piece = widen(piece, value);
    }
    piece.numbers[row & (PIECE_ROWS - 1)] = value;
  }
}

/** The same numbers in a piece that can hold another one as well. */
function widen(
  piece: { readonly width: number; readonly numbers: Numbers } | undefined,
  value: number,
): { width: number; numbers: Numbers } {
  const least = piece?.width ?? 0;
  const width = WIDTHS.findIndex(({ holds }, index) => index >= least && holds(value));
  const numbers = new (WIDTHS[width]?.Piece ?? Float64Array)(PIECE_ROWS);
  if (piece !== undefined) numbers.set(piece.numbers);
  return { width, numbers };
}
