/**
 * Kafka's primitive types as bytes, one function a type: what members tell each other is put together from them, and
 * in tests any record by hand.
 * Semantics: https://kafka.apache.org/protocol#protocol_types
 */

export function int16(value: number): Buffer {
  const bytes = Buffer.alloc(2);
  bytes.writeInt16BE(value);
  return bytes;
}

/** An INT32, four bytes with the most significant first. */
export function int32(value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeInt32BE(value);
  return bytes;
}

/** An INT64, eight bytes with the most significant first. */
export function int64(value: bigint): Buffer {
  const bytes = Buffer.alloc(8);
  bytes.writeBigInt64BE(value);
  return bytes;
}

/** An UNSIGNED_VARINT. */
export function varint(value: number): Buffer {
  const bytes: number[] = [];
  let rest = value;
  while (rest >= 0x80) {
    bytes.push((rest % 0x80) + 0x80);
    rest = Math.floor(rest / 0x80);
  }
  return Buffer.from([...bytes, rest]);
}

/** A NULLABLE_STRING: its length in bytes as an INT16, then UTF-8; length -1 for null. */
export function text(value: string | null): Buffer {
  return value === null ? int16(-1) : Buffer.concat([int16(Buffer.byteLength(value)), Buffer.from(value)]);
}

/** A COMPACT_NULLABLE_STRING: its length in bytes plus one as a varint, then UTF-8; 0 for null. */
export function compactText(value: string | null): Buffer {
  return value === null ? varint(0) : Buffer.concat([varint(Buffer.byteLength(value) + 1), Buffer.from(value)]);
}

/** NULLABLE_BYTES: their number as an INT32, then the bytes; -1 for null. */
export function blob(value: Buffer | null): Buffer {
  return value === null ? int32(-1) : Buffer.concat([int32(value.length), value]);
}

/** COMPACT_BYTES: their number plus one as a varint, then the bytes. */
export function compactBlob(value: Buffer): Buffer {
  return Buffer.concat([varint(value.length + 1), value]);
}

/** An ARRAY: the number of items as an INT32, then the items. */
export function array(...items: Buffer[]): Buffer {
  return Buffer.concat([int32(items.length), ...items]);
}

/** A COMPACT_ARRAY: the number of items plus one as a varint, then the items. */
export function compactArray(...items: Buffer[]): Buffer {
  return Buffer.concat([varint(items.length + 1), ...items]);
}

/** Tagged fields by tag; none is the end of most flexible structures. */
export function taggedFields(fields: Readonly<Record<number, Buffer>> = {}): Buffer {
  const entries = Object.entries(fields);
  const encoded = entries.flatMap(([tag, value]) => [varint(Number(tag)), varint(value.length), value]);
  return Buffer.concat([varint(entries.length), ...encoded]);
}
