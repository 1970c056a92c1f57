/** What a `ByteReader` throws when the bytes end too early or say what they cannot mean. The message says which. */
export class DamagedBytesError extends Error {
  override readonly name = 'DamagedBytesError';
}

/**
 * Reads Kafka's primitive types, big-endian, from front to back; it never reads or allocates past the end.
 * Every method throws `DamagedBytesError`. Semantics: https://kafka.apache.org/protocol#protocol_types
 */
export class ByteReader {
  readonly #bytes: Buffer;
  #position = 0;

  constructor(bytes: Buffer) {
    this.#bytes = bytes;
  }

  /** Bytes not read yet. */
  get remaining(): number {
    return this.#bytes.length - this.#position;
  }

  readInt16(): number {
    return this.#bytes.readInt16BE(this.#advance(2));
  }

  readInt32(): number {
    return this.#bytes.readInt32BE(this.#advance(4));
  }

  /** An INT64 as a number; offsets and times past 2^53 are taken for damage. */
  readInt64(): number {
    const value = Number(this.#bytes.readBigInt64BE(this.#advance(8)));
    if (!Number.isSafeInteger(value)) throw new DamagedBytesError(`${value} is too large for an offset or a time`);
    return value;
  }

  /** An INT64 of which a client may choose any: beyond 2^53, the nearest number. */
  readAnyInt64(): number {
    return Number(this.#bytes.readBigInt64BE(this.#advance(8)));
  }

  readString(): string {
    return this.#decodeText(this.readInt16());
  }

  readNullableString(): string | null {
    const length = this.readInt16();
    return length === -1 ? null : this.#decodeText(length);
  }

  readCompactString(): string {
    return this.#decodeText(this.readUnsignedVarint() - 1);
  }

  readCompactNullableString(): string | null {
    const length = this.readUnsignedVarint() - 1;
    return length === -1 ? null : this.#decodeText(length);
  }

  /** A copy: what is kept of a record must not keep the whole fetched buffer. */
  readBytes(): Buffer {
    return this.#copy(this.readInt32());
  }

  readNullableBytes(): Buffer | null {
    const length = this.readInt32();
    return length === -1 ? null : this.#copy(length);
  }

  /** Not a copy: for what is taken apart at once. */
  viewNullableBytes(): Buffer | null {
    const length = this.readInt32();
    return length === -1 ? null : this.#view(length);
  }

  readCompactBytes(): Buffer {
    return this.#copy(this.readUnsignedVarint() - 1);
  }

  readArray<T>(readItem: (reader: this) => T): T[] {
    return this.#readItems(this.readInt32(), readItem);
  }

  readNullableArray<T>(readItem: (reader: this) => T): T[] | null {
    const count = this.readInt32();
    return count === -1 ? null : this.#readItems(count, readItem);
  }

  readCompactArray<T>(readItem: (reader: this) => T): T[] {
    return this.#readItems(this.readUnsignedVarint() - 1, readItem);
  }

  /** An UNSIGNED_VARINT: seven bits a byte, the lowest first, at most 32 bits. */
  readUnsignedVarint(): number {
    let value = 0;
    for (let shift = 0; shift < 35; shift += 7) {
      const byte = this.#bytes.readUInt8(this.#advance(1));
      value += (byte & 0x7f) * 2 ** shift;
      if (byte < 0x80) return value;
    }
    throw new DamagedBytesError('a length has no end');
  }

  /** Passes over the tagged fields that close every structure of a flexible version. */
  skipTaggedFields(): void {
    const count = this.readUnsignedVarint();
    for (let index = 0; index < count; index += 1) {
      this.readUnsignedVarint();
      this.#advance(this.readUnsignedVarint());
    }
  }

  /** To be called when everything is read: more bytes than that are damage too. */
  expectEnd(): void {
    if (this.remaining > 0) throw new DamagedBytesError(`${this.remaining} bytes too many`);
  }

  /** Items take at least a byte each, so a count that lies is known before anything is read. */
  #readItems<T>(count: number, readItem: (reader: this) => T): T[] {
    this.#checkLength(count);
    const items: T[] = [];
    for (let index = 0; index < count; index += 1) items.push(readItem(this));
    return items;
  }

  #decodeText(length: number): string {
    const start = this.#advance(length);
    return this.#bytes.toString('utf8', start, start + length);
  }

  #copy(length: number): Buffer {
    return Buffer.from(this.#view(length));
  }

  #view(length: number): Buffer {
    const start = this.#advance(length);
    return this.#bytes.subarray(start, start + length);
  }

  /** @returns where the bytes stepped over begin. */
  #advance(length: number): number {
    this.#checkLength(length);
    const start = this.#position;
    this.#position += length;
    return start;
  }

  #checkLength(length: number): void {
    if (length < 0) throw new DamagedBytesError(`a length of ${length} where something is required`);
    if (length > this.remaining) throw new DamagedBytesError(`${length} expected, ${this.remaining} bytes left`);
  }
}

/** Runs a reading, with a second way out for damaged bytes; any other error is a defect and passes through. */
export function readOrElse<T, E>(read: () => T, onDamage: (reason: string) => E): T | E {
  try {
    return read();
  } catch (error) {
    if (error instanceof DamagedBytesError) return onDamage(error.message);
    throw error;
  }
}
