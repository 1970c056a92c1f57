import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { AppError } from '../../lib/errors/app-error.ts';
import { createSilentLogger } from '../../lib/log/create-logger.ts';
import type { ScenarioPlatform } from '../../platforms/platform.ts';
import { EXIT_CODES, verifyOnce } from './verify-once.ts';

/** What real brokers decide of it is in the tests with servers: here is what comes before they are asked. */
describe('verifyOnce', () => {
  let out: string;
  beforeEach(() => {
    out = mkdtempSync(path.join(tmpdir(), 'verify-once-'));
  });
  afterEach(() => rmSync(out, { recursive: true }));

  it.each(['conflict', 'unsupported-by-platform', 'internal'] as const)(
    'begins no run on a platform that does not scale (%s), and says nothing of a verdict',
    async (code) => {
      const printed: string[] = [];
      const asked: string[] = [];
      const platform = {
        name: 'local',
        addresses: { kafka: ['127.0.0.1:1'] },
        scale: (workload: string, replicas: number) => {
          asked.push(`${workload} ${String(replicas)}`);
          return Promise.reject(new AppError(code, 'not now'));
        },
      } as unknown as ScenarioPlatform;
      const scenario = { name: 'none', description: 'nothing is done', limits: {}, steps: [] };
      const context = {
        logger: createSilentLogger(),
        print: (line: string) => void printed.push(line),
        interrupted: new AbortController().signal,
      };
      const options = { seed: 1, out, settings: {}, onStep: () => undefined };
      await expect(verifyOnce(platform, scenario, options, context)).rejects.toMatchObject({ code });
      expect(asked).toEqual(['consumer 1']);
      expect(printed).toEqual([]);
      expect(readdirSync(out)).toEqual([]);
    },
  );

  it('ends with a code of its own for each verdict: unknown is not pass', () => {
    expect(EXIT_CODES).toEqual({ pass: 0, fail: 1, unknown: 2 });
  });
});
