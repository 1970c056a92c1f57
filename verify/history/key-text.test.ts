import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { keyText } from './key-text.ts';

const key = fc.uint8Array({ maxLength: 6 }).map((bytes) => Buffer.from(bytes));

describe('keyText', () => {
  it('reads UTF-8 as it is', () => {
    expect(keyText(Buffer.from('order-ä€𝄞\u2028'))).toBe('order-ä€𝄞\u2028');
    expect(keyText(Buffer.alloc(0))).toBe('');
  });

  it('tells bytes apart that are no UTF-8', () => {
    expect(keyText(Buffer.from('fffe0001', 'hex'))).toBe('\udcff\udcfe\u0000\u0001');
    expect(keyText(Buffer.from('fefF0001', 'hex'))).toBe('\udcfe\udcff\u0000\u0001');
    // Halves of a pair, as some clients write them.
    expect(keyText(Buffer.from('eda080', 'hex'))).not.toBe(keyText(Buffer.from('edb080', 'hex')));
  });

  it('gives different keys different texts, which JSON keeps apart', () => {
    fc.assert(
      fc.property(key, key, (one, other) => {
        const [a, b] = [one, other].map((bytes) => JSON.stringify(keyText(bytes)));
        expect(a === b).toBe(one.equals(other));
        expect(JSON.parse(a ?? '')).toBe(keyText(one));
      }),
    );
  });
});
