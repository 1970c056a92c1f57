import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { makeFolderOnce } from './make-folder-once.ts';

describe('makeFolderOnce', () => {
  let dir: string;
  let made: number;
  const make = (partial: string): Promise<void> => {
    made += 1;
    mkdirSync(partial);
    writeFileSync(path.join(partial, 'file'), '');
    return Promise.resolve();
  };
  beforeEach(() => {
    dir = mkdtempSync(path.join(tmpdir(), 'once-'));
    made = 0;
  });
  afterEach(() => rmSync(dir, { recursive: true, force: true }));

  it('makes it once', async () => {
    const folder = path.join(dir, 'jars');
    await makeFolderOnce(folder, make);
    await makeFolderOnce(folder, make);
    expect(made).toBe(1);
    expect(readdirSync(dir)).toEqual(['jars']);
    expect(readdirSync(folder)).toEqual(['file']);
  });

  it('leaves nothing of what could not be made, and makes it the next time', async () => {
    const folder = path.join(dir, 'jars');
    const fail = (partial: string): Promise<void> => make(partial).then(() => Promise.reject(new Error('full')));
    await expect(makeFolderOnce(folder, fail)).rejects.toThrow('full');
    expect(readdirSync(dir)).toEqual([]);
    await makeFolderOnce(folder, make);
    expect(readdirSync(dir)).toEqual(['jars']);
  });

  it('keeps what another has made meanwhile', async () => {
    const folder = path.join(dir, 'jars');
    await makeFolderOnce(folder, async (partial) => {
      await make(partial);
      await make(folder);
    });
    expect(readdirSync(dir)).toEqual(['jars']);
  });
});
