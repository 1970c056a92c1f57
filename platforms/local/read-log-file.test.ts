import { appendFileSync, mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { beforeEach, describe, expect, it } from '@jest/globals';
import { readLogFile } from './read-log-file.ts';

describe('readLogFile', () => {
  let file: string;
  beforeEach(() => {
    file = path.join(mkdtempSync(path.join(tmpdir(), 'log-')), 'some.log');
  });
  const read = async (tail: number): Promise<string[]> => {
    const lines: string[] = [];
    for await (const line of readLogFile(file, 'consumer-1', { tail, follow: false })) lines.push(line);
    return lines;
  };

  it.each([
    { tail: 0, lines: [] },
    { tail: 2, lines: ['b\u2028b', 'c'] },
    { tail: 3, lines: ['a', 'b\u2028b', 'c'] },
    { tail: 9, lines: ['a', 'b\u2028b', 'c'] },
  ])('reads the last $tail lines', async ({ tail, lines }) => {
    writeFileSync(file, 'a\nb\u2028b\nc\n');
    expect(await read(tail)).toEqual(lines);
    appendFileSync(file, 'the rest');
    expect(await read(tail)).toEqual([...lines, 'the rest']);
  });

  it('reads lines that lie across what is read at once, and the beginning of a long one', async () => {
    const numbers = Array.from({ length: 20_000 }, (_, index) => `line ä ${String(index)}`);
    writeFileSync(file, `${numbers.join('\n')}\n${'x'.repeat(200_000)}\nlast\n`);
    const lines = await read(15_002);
    expect(lines).toHaveLength(15_002);
    expect(lines.slice(0, 15_000)).toEqual(numbers.slice(5000));
    expect(lines.slice(15_000)).toEqual(['x'.repeat(65_536), 'last']);
  });

  it('follows what is written, also when a character comes in two parts', async () => {
    writeFileSync(file, 'old\n');
    const ending = new AbortController();
    const lines: string[] = [];
    for await (const line of readLogFile(file, 'consumer-1', { tail: 1, follow: true, signal: ending.signal })) {
      lines.push(line);
      if (line === 'old') {
        appendFileSync(file, Buffer.from([0xe2, 0x82]));
        setTimeout(() => appendFileSync(file, Buffer.from([0xac, 0x0a])), 50);
      } else break;
    }
    ending.abort();
    expect(lines).toEqual(['old', '€']);
  });

  it('says that there is no log', async () => {
    await expect(read(1)).rejects.toMatchObject({ code: 'no-such-target' });
  });
});
