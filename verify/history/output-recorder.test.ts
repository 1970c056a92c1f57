import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { createSilentLogger } from '../../lib/log/create-logger.ts';
import type { PlatformEvent } from '../../lib/contracts/platform-event.ts';
import type { Replica } from '../../lib/contracts/replica.ts';
import type { LogOptions } from '../../platforms/platform.ts';
import { startOutputRecorder } from './output-recorder.ts';

const replica = (name: string, workload: Replica['workload'] = 'consumer') => ({ name, workload }) as Replica;

/** What each replica prints; who follows is given it until it ends. */
function createPlatform(printed: Readonly<Record<string, readonly string[]>>) {
  let listener: (event: PlatformEvent) => void = () => undefined;
  const read: string[] = [];
  return {
    read,
    announce: (name: string, workload?: Replica['workload']) =>
      listener({ at: 0, kind: 'phase', replica: replica(name, workload), from: undefined }),
    listReplicas: () => Promise.resolve([replica('consumer-1')]),
    subscribe: (given: typeof listener) => {
      listener = given;
      return () => undefined;
    },
    async *readLogs(name: string, { tail, signal }: LogOptions) {
      read.push(`${name} ${String(tail)}`);
      const lines = printed[name];
      if (lines === undefined) throw new Error('there is no such replica');
      yield* lines.slice(-tail);
      await delay(60_000, undefined, { ...(signal && { signal }) });
    },
  };
}

describe('the output of the consumers of a run', () => {
  let dir: string;
  beforeEach(() => void (dir = mkdtempSync(path.join(tmpdir(), 'kafka-lab-output-'))));
  afterEach(() => rmSync(dir, { recursive: true, force: true }));
  const readOutput = (name: string): string => readFileSync(path.join(dir, 'output', `${name}.log`), 'utf8');
  const start = (platform: ReturnType<typeof createPlatform>, mostBytes = 1000) =>
    startOutputRecorder({ platform, dir: path.join(dir, 'output'), logger: createSilentLogger(), mostBytes });

  it('is kept in a file of each, also of those that come later', async () => {
    const platform = createPlatform({ 'consumer-1': ['one', 'two'], 'consumer-2': ['three'] });
    const recorder = await start(platform);
    platform.announce('consumer-2');
    platform.announce('consumer-2');
    platform.announce('kafka-0', 'kafka');
    platform.announce('consumer-9');
    await recorder.stop();
    expect(readOutput('consumer-1')).toBe('one\ntwo\n');
    expect(readOutput('consumer-2')).toBe('three\n');
    expect(platform.read.map((line) => line.split(' ')[0])).toEqual(['consumer-1', 'consumer-2', 'consumer-9']);
  });

  it('is bounded, and says where it was cut', async () => {
    const recorder = await start(createPlatform({ 'consumer-1': ['a'.repeat(20), 'b'.repeat(20), 'c'] }), 30);
    await recorder.stop();
    expect(readOutput('consumer-1')).toBe(`${'a'.repeat(20)}\n(what came after the first 30 bytes is not kept)\n`);
  });
});
