import { describe, expect, it } from '@jest/globals';
import { isMissingProgram, readWritten, runProgram } from './run-program.ts';

const runScript = (script: string) => runProgram(process.execPath, ['-e', script]);

describe('runProgram', () => {
  it('gives what a program writes', async () => {
    const { stdout, stderr } = await runScript('console.log("out"); console.error("err")');
    expect([stdout, stderr]).toEqual(['out\n', 'err\n']);
  });

  it('tells what a program wrote until it failed', async () => {
    const error = await runScript('console.log("out"); console.error("err"); process.exitCode = 3').catch(
      (thrown: unknown) => thrown,
    );
    expect(isMissingProgram(error)).toBe(false);
    expect([readWritten(error, 'stdout'), readWritten(error, 'stderr')]).toEqual(['out\n', 'err\n']);
  });

  it('tells that there is no such program', async () => {
    const error = await runProgram('no-such-program-at-all').catch((thrown: unknown) => thrown);
    expect(isMissingProgram(error)).toBe(true);
    expect(readWritten(error, 'stderr')).toBe('');
  });
});
