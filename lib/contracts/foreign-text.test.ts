import { describe, expect, it } from '@jest/globals';
import { cutText, escapeUnprintable, showForeignText } from './foreign-text.ts';

describe('escapeUnprintable', () => {
  it.each([
    { name: 'an escape', text: '\u001b[2J', shown: String.raw`\u001b[2J` },
    { name: 'a C1 control', text: 'a\u009bb', shown: String.raw`a\u009bb` },
    { name: 'a line feed', text: 'a\nb', shown: String.raw`a\u000ab` },
    { name: 'a line separator', text: 'a\u2028b', shown: String.raw`a\u2028b` },
    { name: 'an override of direction', text: 'a\u202eb', shown: String.raw`a\u202eb` },
    { name: 'an isolate', text: '\u2067b', shown: String.raw`\u2067b` },
    { name: 'a byte order mark', text: '\ufeffb', shown: String.raw`\ufeffb` },
    { name: 'a lone surrogate', text: 'a\ud800', shown: String.raw`a\ud800` },
  ])('writes $name as JSON does', ({ text, shown }) => {
    expect(escapeUnprintable(text)).toBe(shown);
    expect(JSON.parse(`"${shown}"`)).toBe(text);
  });

  it('leaves letters of all scripts, emoji and backslashes alone', () => {
    const text = String.raw`größe 名前 שלום 👩‍👩‍👧 a\b`;
    expect(escapeUnprintable(text)).toBe(text);
  });
});

describe('cutText', () => {
  it('leaves what is short enough alone, counted in characters rather than in code units', () => {
    expect(cutText('abc', 3)).toBe('abc');
    expect(cutText('👩👩👩', 3)).toBe('👩👩👩');
  });

  it('cuts between characters and says so', () => {
    expect(cutText('abcd', 3)).toBe('ab…');
    expect(cutText('👩👩👩👩', 3)).toBe('👩👩…');
  });

  it('does not take a huge text apart', () => {
    expect(cutText('k'.repeat(10_000_000), 100)).toHaveLength(100);
  });
});

describe('showForeignText', () => {
  it('cuts first, so that no escape is cut in two', () => {
    expect(showForeignText('a\u001bbc', 3)).toBe(String.raw`a\u001b…`);
  });
});
