import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { readForeignName } from './foreign-name.ts';
import { HOSTILE_TEXTS } from './testing/hostile-texts.ts';

/** What must not reach a terminal, a page or a status raw. */
const UNPRINTABLE = /[\p{Cc}\p{Zl}\p{Zp}\p{Cs}\p{Bidi_Control}\u{200b}\u{feff}]|^\s|\s$/u;

describe('readForeignName', () => {
  it.each([
    'consumer-7d9f8b6c5-abcde',
    'größe 名前',
    HOSTILE_TEXTS['markup'] ?? '',
    HOSTILE_TEXTS['a family of emoji'] ?? '',
    'p'.repeat(160),
    '',
  ])('leaves a name alone that can be shown: %s', (name) => {
    expect(readForeignName(name)).toBe(name);
  });

  it('escapes what cannot be shown, and marks the name as another than it looks', () => {
    expect(readForeignName('a\u001b[2Jb')).toMatch(/^a\\u001b\[2Jb~[0-9a-f]{10}$/);
    expect(readForeignName(String.raw`a\u001b[2Jb`)).toBe(String.raw`a\u001b[2Jb`);
  });

  it('escapes what nobody sees at the edges of a name, and leaves spaces within it alone', () => {
    expect(readForeignName(' ')).toMatch(/^\\u0020~[0-9a-f]{10}$/);
    expect(readForeignName(' my consumer\u3000')).toMatch(/^\\u0020my consumer\\u3000~[0-9a-f]{10}$/);
    expect(readForeignName('my consumer')).toBe('my consumer');
  });

  it('cuts a name that is longer than any that is meant as one', () => {
    expect(readForeignName('L'.repeat(40_000))).toMatch(/^L{148}…~[0-9a-f]{10}$/);
  });

  it('keeps names apart that differ only behind the cut', () => {
    const start = 'L'.repeat(40_000);
    expect(readForeignName(`${start}-1`)).not.toBe(readForeignName(`${start}-2`));
  });

  it.each(Object.entries(HOSTILE_TEXTS))('makes %s short and showable', (_title, text) => {
    const name = readForeignName(text);
    expect(name).not.toMatch(UNPRINTABLE);
    expect(Array.from(name).length).toBeLessThanOrEqual(160);
  });

  it('makes any text short and showable, and always the same', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 300 }), (text) => {
        const name = readForeignName(text);
        expect(name).not.toMatch(UNPRINTABLE);
        expect(Array.from(name).length).toBeLessThanOrEqual(160);
        expect(readForeignName(text)).toBe(name);
      }),
    );
  });
});
