import { describe, expect, it } from '@jest/globals';
import { collectVariable, parseCommandLine, parseCount, parsePorts } from './lab-settings.ts';

describe('the lab’s options', () => {
  it('collect variables, values with an equals sign too', () => {
    expect(collectVariable('B=x=y', collectVariable('A_1='))).toEqual({ A_1: '', B: 'x=y' });
    expect(() => collectVariable('lower=1')).toThrow(/it must be NAME=VALUE/);
  });

  it('are refused with what they got and what they want', () => {
    expect(parseCount('--rate', '12', { min: 1, max: 50 })).toBe(12);
    expect(() => parseCount('--rate', '1e9', { min: 1, max: 50 })).toThrow(
      '--rate is "1e9"; it must be a whole number from 1 to 50',
    );
    expect(() => parsePorts('some')).toThrow(/fixed or auto/);
  });
});

describe('a command line', () => {
  it.each([
    { given: 'python3 consumer.py', words: ['python3', 'consumer.py'] },
    {
      given: `  go  run ./cmd --name 'two words' "and three more" `,
      words: ['go', 'run', './cmd', '--name', 'two words', 'and three more'],
    },
    { given: 'java -cp "a b":c -Dx=1 Main', words: ['java', '-cp', 'a b:c', '-Dx=1', 'Main'] },
    { given: `sh -c 'echo "$HOME" | cat'`, words: ['sh', '-c', 'echo "$HOME" | cat'] },
    { given: 'run it\\ all "" --empty=', words: ['run', 'it all', '', '--empty='] },
    { given: `say "it's" don\\'t`, words: ['say', "it's", "don't"] },
  ])('is split as a shell would: $given', ({ given, words }) => {
    expect(parseCommandLine('--consumer-command', given)).toEqual(words);
  });

  it.each([
    { given: '', reason: 'it must be a program and its arguments' },
    { given: '   ', reason: 'it must be a program and its arguments' },
    { given: `''`, reason: 'it must be a program and its arguments' },
    { given: 'a | b', reason: 'only a shell understands |' },
    { given: 'a && b', reason: 'only a shell understands &&' },
    { given: 'a *.py', reason: 'only a shell understands *.py' },
    { given: 'a $HOME/b', reason: 'only a shell understands $HOME' },
    { given: 'a # b', reason: 'only a shell understands # b' },
    { given: 'a ${B', reason: 'Bad substitution: B' },
    { given: 'a "b', reason: 'a quote is not closed' },
    { given: "a 'b", reason: 'a quote is not closed' },
  ])('is refused: $given', ({ given, reason }) => {
    expect(() => parseCommandLine('--consumer-command', given)).toThrow(
      `--consumer-command is ${JSON.stringify(given)}; ${reason}`,
    );
  });
});
