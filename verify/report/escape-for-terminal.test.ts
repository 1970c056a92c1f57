import { describe, expect, it } from '@jest/globals';
import { escapeForTerminal } from './escape-for-terminal.ts';

describe('escapeForTerminal', () => {
  it('lets nothing through that a terminal would obey', () => {
    expect(escapeForTerminal('a\u001b[2Jb\u009b2Jc\rd\u202ee')).toBe(String.raw`a\u001b[2Jb\u009b2Jc\u000dd\u202ee`);
  });

  it('leaves lines and stack traces as they are', () => {
    const text = 'SchemaException: size\n\tat org.apache.kafka.Größe(👩‍👩‍👧.java:1)';
    expect(escapeForTerminal(text)).toBe(text);
  });
});
