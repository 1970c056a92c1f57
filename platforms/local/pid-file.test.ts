import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { spawn } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { findLiveProcess, killLeftovers, writePidFile } from './pid-file.ts';
import { findFreePort, requireFreePort } from './ports.ts';

describe('pid files', () => {
  let dir: string;
  beforeEach(() => {
    dir = mkdtempSync(path.join(tmpdir(), 'pid-'));
  });
  afterEach(() => rmSync(dir, { recursive: true, force: true }));

  const startListener = async (): Promise<{ pid: number; port: number }> => {
    const port = await findFreePort();
    const script = `require('net').createServer().listen(${String(port)}, '127.0.0.1', () => console.log('up'))`;
    const child = spawn(process.execPath, ['-e', script], { stdio: ['ignore', 'pipe', 'ignore'] });
    await new Promise((resolve) => child.stdout.once('data', resolve));
    return { pid: child.pid ?? 0, port };
  };

  it('end what a killed lab left, and its ports are free when that is done', async () => {
    const { pid, port } = await startListener();
    await expect(requireFreePort(port, 'a test')).rejects.toThrow(
      new RegExp(`port ${String(port)}, needed for a test, is in use by .*\\(pid ${String(pid)}\\)`),
    );
    writePidFile(path.join(dir, 'kafka-0.pid'), pid);
    expect(await killLeftovers(dir)).toEqual(['kafka-0']);
    await expect(requireFreePort(port, 'a test')).resolves.toBeUndefined();
    expect(existsSync(path.join(dir, 'kafka-0.pid'))).toBe(false);
  });

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
