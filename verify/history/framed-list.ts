/**
 * A long list on disk: lines of JSON, compressed by Zstandard, the lines of a partition behind one another. It is made of
 * frames of a megabyte of text each, so that a part can be read by itself and nobody needs memory for all of it;
 * `zstdcat` gives the lines of the whole file.
 */
import { closeSync, fstatSync, openSync, readSync, writeSync } from 'node:fs';
import { zstdCompressSync, zstdDecompressSync } from 'node:zlib';
import { AppError, messageOf } from '../../lib/errors/app-error.ts';

/** Where the lines of one partition are, in the order of the file. */
export interface ListPart {
  readonly partition: number;
  readonly lines: number;
  /** How many entries are in the lines. */
  readonly entries: number;
  /** The lengths of its frames, in bytes. */
  readonly frames: readonly number[];
}

const FRAME_CHARACTERS = 1 << 20;
/** A line of a record's key of a megabyte, escaped, has room. */
const LONGEST_FRAME_BYTES = 64 * 1024 * 1024;

/** Writes a list, one partition after the other. */
export class FramedListWriter {
  readonly #descriptor: number;
  readonly #parts: ListPart[] = [];
  #lines: string[] = [];
  #characters = 0;
  #part: { partition: number; lines: number; entries: number; frames: number[] } | undefined;

  /** What stood in the file is gone. */
  constructor(file: string) {
    this.#descriptor = openSync(file, 'w', 0o644);
  }

  /** @param entries how many entries the line is of */
  write(partition: number, line: object, entries = 1): void {
    if (this.#part?.partition !== partition) this.#begin(partition);
    const text = `${JSON.stringify(line)}\n`;
    this.#lines.push(text);
    this.#characters += text.length;
    if (this.#part !== undefined) {
      this.#part.lines += 1;
      this.#part.entries += entries;
    }
    if (this.#characters >= FRAME_CHARACTERS) this.#endFrame();
  }

  /** @returns where everything is; nothing can be written any more */
  end(): readonly ListPart[] {
    this.#endFrame();
    if (this.#part !== undefined) this.#parts.push(this.#part);
    closeSync(this.#descriptor);
    return this.#parts;
  }

  #begin(partition: number): void {
    this.#endFrame();
    if (this.#part !== undefined) this.#parts.push(this.#part);
    this.#part = { partition, lines: 0, entries: 0, frames: [] };
  }

  #endFrame(): void {
    if (this.#lines.length === 0) return;
    const frame = zstdCompressSync(this.#lines.join(''));
    for (let written = 0; written < frame.length;) written += writeSync(this.#descriptor, frame, written);
    this.#part?.frames.push(frame.length);
    [this.#lines, this.#characters] = [[], 0];
  }
}

/**
 * Reads the lines of some parts of a list, in their order.
 *
 * @param parts all parts of the file
 * @param isWanted those that are read
 * @throws AppError `not-found`, `data-mismatch` when the file is not as it was written
 */
export function* readFramedList(
  file: string,
  parts: readonly ListPart[],
  isWanted: (part: ListPart) => boolean = () => true,
): Generator {
  const descriptor = openFile(file);
  try {
    refuseOtherSize(file, fstatSync(descriptor).size, parts);
    let position = 0;
    for (const part of parts) {
      const length = sumLengths(part);
      if (isWanted(part)) yield* readPart({ file, descriptor, position, part });
      position += length;
    }
  } finally {
    closeSync(descriptor);
  }
}

interface Place {
  readonly file: string;
  readonly descriptor: number;
  readonly position: number;
  readonly part: ListPart;
}

function* readPart({ file, descriptor, position, part }: Place): Generator {
  let [at, number] = [position, 0];
  for (const length of part.frames) {
    const text = readFrame(file, descriptor, at, length);
    at += length;
    let begin = 0;
    for (let end = text.indexOf('\n'); end >= 0; end = text.indexOf('\n', begin)) {
      number += 1;
      yield parseLine(file, part, number, text.slice(begin, end));
      begin = end + 1;
    }
  }
  if (number !== part.lines) throw damaged(file, part, `it has ${String(number)} lines of ${String(part.lines)}`);
}

function readFrame(file: string, descriptor: number, position: number, length: number): string {
  const frame = Buffer.alloc(length);
  try {
    for (let read = 0; read < length;) {
      const count = readSync(descriptor, frame, read, length - read, position + read);
      if (count === 0) throw new RangeError('it ends too soon');
      read += count;
    }
    return zstdDecompressSync(frame, { maxOutputLength: LONGEST_FRAME_BYTES }).toString('utf8');
  } catch (error) {
    const why = `${file} is damaged at byte ${String(position)}: ${messageOf(error)}`;
    throw new AppError('data-mismatch', why, { cause: error });
  }
}

function parseLine(file: string, part: ListPart, number: number, text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    throw damaged(file, part, `line ${String(number)}: ${messageOf(error)}`);
  }
}

function openFile(file: string): number {
  try {
    return openSync(file, 'r');
  } catch (error) {
    throw new AppError('not-found', `${file} cannot be read: ${messageOf(error)}`, { cause: error });
  }
}

function refuseOtherSize(file: string, size: number, parts: readonly ListPart[]): void {
  const written = parts.reduce((sum, part) => sum + sumLengths(part), 0);
  if (size === written) return;
  const numbers = `it has ${String(size)} bytes, and ${String(written)} were written`;
  throw new AppError('data-mismatch', `${file} is cut off, or something was added to it: ${numbers}`);
}

function sumLengths({ frames }: ListPart): number {
  return frames.reduce((sum, length) => sum + length, 0);
}

function damaged(file: string, { partition }: ListPart, why: string): AppError {
  return new AppError('data-mismatch', `${file} is damaged: partition ${String(partition)}: ${why}`);
}
