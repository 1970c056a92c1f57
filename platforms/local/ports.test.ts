import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { spawn } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { killLeftovers, writePidFile } from '../../lib/process/pid-file.ts';
import { findFreePort, requireFreePort } from './ports.ts';

describe('ports that are in use', () => {
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

  it('are told with who holds them, and free when what a killed lab left has ended', async () => {
    const { pid, port } = await startListener();
    await expect(requireFreePort(port, 'a test')).rejects.toThrow(
      new RegExp(`port ${String(port)}, needed for a test, is in use by .*\\(pid ${String(pid)}\\)`),
    );
    writePidFile(path.join(dir, 'kafka-0.pid'), pid);
    expect(await killLeftovers(dir)).toEqual(['kafka-0']);
    await expect(requireFreePort(port, 'a test')).resolves.toBeUndefined();
    expect(existsSync(path.join(dir, 'kafka-0.pid'))).toBe(false);
  });
});
