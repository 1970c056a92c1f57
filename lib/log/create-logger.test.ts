import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { describe, expect, it } from '@jest/globals';

/** What a program logs, to a standard output of its own. */
async function log(format: 'text' | 'json', statements: string): Promise<string[]> {
  const module = new URL('create-logger.ts', import.meta.url).href;
  const program = `import { createLogger } from ${JSON.stringify(module)}; const logger = createLogger({ format: '${format}' }); ${statements}`;
  const { stdout } = await promisify(execFile)(process.execPath, ['--input-type=module', '--eval', program], {
    maxBuffer: 64 * 1024 * 1024,
  });
  return stdout.split('\n').slice(0, -1);
}

describe.each(['text', 'json'] as const)('a line of the log as %s', (format) => {
  it('has a bound, whatever is in keys, messages, lists and errors', async () => {
    const lines = await log(
      format,
      `
      const long = 'k'.repeat(900_000);
      logger.info({ key: long, [long]: 1, list: Array(100_000).fill(long), deep: { a: { b: { c: { d: long } } } } }, 'processed');
      logger.warn(long);
      logger.error({ err: Object.assign(new Error(long, { cause: new Error(long) }), { details: { long } }) }, 'failed');
      `,
    );
    expect(lines).toHaveLength(3);
    for (const line of lines) expect(line.length).toBeLessThan(40_000);
    expect(lines[0]).toMatch(/k{255}…/);
  });

  it('cannot be forged, moved or turned around', async () => {
    const lines = await log(
      format,
      String.raw`
      const foreign = 'a\n[12:00:00.000]: forged \u001b[2J\u009b2J\u202e\u2028';
      logger.info({ key: foreign }, 'processed ' + foreign);
      logger.error({ err: new Error(foreign) }, 'failed');
      `,
    );
    expect(lines).toHaveLength(2);
    for (const line of lines) expect(line).not.toMatch(/[\p{Cc}\p{Zl}\p{Bidi_Control}]/u);
    expect(lines[0]).toContain(String.raw`\u009b2J\u202e\u2028`);
  });
});
