import { describe, expect, it } from '@jest/globals';
import { describeKey, MAX_SHOWN_KEY_LENGTH } from './record-key.ts';

describe('describeKey', () => {
  it('shows text as text, the empty one too, and no key as none', () => {
    expect(describeKey(Buffer.from('größe'))).toEqual({ key: 'größe' });
    expect(describeKey(Buffer.alloc(0))).toEqual({ key: '' });
    expect(describeKey(null)).toEqual({ key: null });
  });

  it('tells keys apart that are no text', () => {
    expect(describeKey(Buffer.from([0xff, 0xfe, 0x00, 0x01]))).toEqual({ key: null, keyBase64: '//4AAQ==' });
    expect(describeKey(Buffer.from([0xfe, 0xff, 0x00, 0x01]))).toEqual({ key: null, keyBase64: '/v8AAQ==' });
  });

  it('says of a long key that it is not shown whole', () => {
    const { key, keyBytes } = describeKey(Buffer.alloc(900_000, 'k'));
    expect(key).toHaveLength(MAX_SHOWN_KEY_LENGTH);
    expect(keyBytes).toBe(900_000);
    expect(describeKey(Buffer.alloc(900_000, 0xff), 8)).toEqual({
      key: null,
      keyBase64: '///////…',
      keyBytes: 900_000,
    });
  });
});
