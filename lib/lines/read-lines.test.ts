import { Readable } from 'node:stream';
import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { describe, expect, it } from '@jest/globals';
import type { Line } from './line-splitter.ts';
import { readJsonLines } from './read-json-lines.ts';
import { readLines } from './read-lines.ts';

async function read(chunks: readonly (string | Buffer)[], longestBytes?: number): Promise<Line[]> {
  const lines: Line[] = [];
  const input = Readable.from(chunks.map((chunk) => Buffer.from(chunk)));
  for await (const line of readLines(input, longestBytes)) lines.push(line);
  return lines;
}
const textsOf = (lines: readonly Line[]): string[] => lines.map(({ text }) => text);

describe('lines', () => {
  it.each(['\u2028', '\u2029', '\u0085', '\v', '\f', '\r'])('do not end at %j', async (character) => {
    expect(textsOf(await read([`a${character}b\nc\n`]))).toEqual([`a${character}b`, 'c']);
  });

  it('end at a line feed, also at one behind a carriage return', async () => {
    expect(textsOf(await read(['a\r\n\nb\n']))).toEqual(['a', '', 'b']);
  });

  it('are put together from bytes, wherever these were parted', async () => {
    const bytes = Buffer.from('ä€𝄞\nü\n');
    const chunks = [...bytes].map((byte) => Buffer.from([byte]));
    expect(textsOf(await read(chunks))).toEqual(['ä€𝄞', 'ü']);
  });

  it('tell whether the last one has its end', async () => {
    expect(await read(['a\nb'])).toEqual([
      { text: 'a', number: 1, isEnded: true, isCut: false },
      { text: 'b', number: 2, isEnded: false, isCut: false },
    ]);
    expect(await read([])).toEqual([]);
  });

  it('keep the beginning of one that is too long, and go on with the next', async () => {
    const lines = await read(['abc', 'def', 'ghi\nxyz\nvwxyz'], 4);
    expect(lines.map(({ text, isCut }) => [text, isCut])).toEqual([
      ['abcd', true],
      ['xyz', false],
      ['vwxy', true],
    ]);
  });
});

describe('readJsonLines', () => {
  const write = (content: string | Buffer): string => {
    const file = path.join(mkdtempSync(path.join(tmpdir(), 'lines-')), 'some.jsonl');
    writeFileSync(file, content);
    return file;
  };
  const readAll = async (
    content: string | Buffer,
    options?: Parameters<typeof readJsonLines>[2],
  ): Promise<unknown[]> => {
    const values: unknown[] = [];
    await readJsonLines(write(content), (value) => void values.push(value), options);
    return values;
  };

  it('reads a value a line, whatever characters are in it', async () => {
    expect(await readAll('{"key":"a\u2028b\u2029c"}\n"x"\n\n1')).toEqual([{ key: 'a\u2028b\u2029c' }, 'x', 1]);
  });

  it('leaves a last line out that was cut, where it may be', async () => {
    expect(await readAll('1\n{"a":', { mayBeTorn: true })).toEqual([1]);
    expect(await readAll('1\n2', { mayBeTorn: true })).toEqual([1, 2]);
    await expect(readAll('1\n{"a":\n', { mayBeTorn: true })).rejects.toThrow(/some\.jsonl: line 2 is damaged/);
    await expect(readAll('1\n{"a":')).rejects.toThrow(/some\.jsonl: line 2 is damaged/);
  });

  it.each([
    {
      what: 'a line that is too long',
      content: '1\n"aaaaaaaaaa"\n',
      why: /line 2 is damaged: it is longer than 8 bytes/,
    },
    { what: 'bytes that are no text', content: Buffer.from([0xff, 0x00, 0xfe]), why: /line 1 is damaged: Unexpected/ },
    { what: 'a line of something else', content: '1\n\nhello\n', why: /line 3 is damaged: Unexpected token/ },
  ])('says where there is $what', async ({ content, why }) => {
    await expect(readAll(content, { longestBytes: 8 })).rejects.toThrow(why);
  });

  it('says where a value is that nobody takes', async () => {
    const refuse = (value: unknown): void => {
      if (value === 2) throw new Error('it is two');
    };
    await expect(readJsonLines(write('1\n2\n'), refuse)).rejects.toThrow(/line 2 is damaged: it is two/);
  });

  it('says that a file cannot be read', async () => {
    await expect(readJsonLines(tmpdir(), () => undefined)).rejects.toMatchObject({ code: 'not-found' });
  });
});
