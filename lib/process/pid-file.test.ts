import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { findLiveProcess, killLeftovers } from './pid-file.ts';

describe('pid files', () => {
  let dir: string;
  beforeEach(() => {
    dir = mkdtempSync(path.join(tmpdir(), 'pid-'));
  });
  afterEach(() => rmSync(dir, { recursive: true, force: true }));

  it('leave a process alone that only has the number of an earlier one', async () => {
    writeFileSync(path.join(dir, 'kafka-0.pid'), JSON.stringify({ pid: process.pid, identity: 'another start' }));
    expect(findLiveProcess(path.join(dir, 'kafka-0.pid'))).toBeUndefined();
    expect(await killLeftovers(dir)).toEqual([]);
  });

  it.each(['', '{', '{"pid":-1,"identity":"x"}', '{"pid":"1"}'])('are ignored when damaged: %j', (text) => {
    writeFileSync(path.join(dir, 'x.pid'), text);
    expect(findLiveProcess(path.join(dir, 'x.pid'))).toBeUndefined();
  });
});
