import { describe, expect, it } from '@jest/globals';
import { messageRequestSchema, parseMessage } from './message.ts';

describe('parseMessage', () => {
  it('reads UTF-8, with or without a byte order mark', () => {
    for (const text of ['{"name":"größe"}', '\u{feff}{"name":"größe"}']) {
      expect(parseMessage(Buffer.from(text))).toEqual({ message: { name: 'größe' } });
    }
  });

  it.each([
    { name: 'nothing', value: null, reason: 'the value is empty' },
    {
      name: 'a byte that is not UTF-8',
      value: Buffer.from('{"name":"bad\xff"}', 'latin1'),
      reason: 'the value is not UTF-8',
    },
    { name: 'text that is not JSON', value: Buffer.from('name'), reason: 'the value is not JSON' },
  ])('says of $name why it is no message', ({ value, reason }) => {
    expect(parseMessage(value)).toEqual({ reason });
  });
});

describe('messageRequestSchema', () => {
  it('refuses a key that as bytes would become another', () => {
    const accepts = (key: string): boolean => messageRequestSchema.safeParse({ name: 'x', key }).success;
    expect(['\ud800', '\udc00', 'a\ud800b'].map(accepts)).toEqual([false, false, false]);
    expect(accepts('👩')).toBe(true);
  });
});
