type Numbers = Uint8Array | Int32Array | Float64Array;

/** Rows in a piece; what is grown is never copied. */
const PIECE_ROWS = 1 << 16;

/** A column of numbers that grows: a row costs the bytes of its number. Rows that were never set hold 0. */
export class GrowingColumn {
  readonly #pieces: Numbers[] = [];
  readonly #Piece: new (length: number) => Numbers;

  constructor(Piece: new (length: number) => Numbers) {
    this.#Piece = Piece;
  }

  get(row: number): number {
    return this.#pieces[row >>> 16]?.[row & (PIECE_ROWS - 1)] ?? 0;
  }

  set(row: number, value: number): void {
    const place = row >>> 16;
    let piece = this.#pieces[place];
    if (piece === undefined) this.#pieces[place] = piece = new this.#Piece(PIECE_ROWS);
    piece[row & (PIECE_ROWS - 1)] = value;
  }
}
