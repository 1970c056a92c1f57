import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';

import { parseMemberUserData, type MemberUserData } from './member.ts';

const userData: MemberUserData = {
  identity: { pod: 'consumer-0', uid: 'uid-0', startedAt: '2026-11-22T10:00:00.000Z', node: 'node-1' },
  owned: { app: [0, 3] },
  generation: 7,
};
const json = Buffer.from(JSON.stringify(userData));

function generationOf(value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeInt32BE(value);
  return bytes;
}

describe('parseMemberUserData', () => {
  it('reads JSON at once, as eager assignors get it', () => {
    expect(parseMemberUserData(json)).toEqual(userData);
  });

  it('reads JSON after a generation, as cooperative assignors get it, whatever its four bytes look like', () => {
    const looksLikeText = [0x20202020, 0x7b226964, 0x7b7d7b7d, 0x31323334, 0x22222222];
    for (const generation of [-1, 0, 7, 2 ** 31 - 1, ...looksLikeText]) {
      expect(parseMemberUserData(Buffer.concat([generationOf(generation), json]))).toEqual(userData);
    }
  });

  it.each([
    { title: 'nothing', bytes: undefined },
    { title: 'null', bytes: null },
    { title: 'no bytes', bytes: Buffer.alloc(0) },
    { title: 'a generation alone, as Java members of a cooperative group send it', bytes: generationOf(7) },
    { title: 'other bytes', bytes: Buffer.from([0, 1, 0xff, 0xfe, 0x80, 0x81]) },
    { title: 'JSON of another form', bytes: Buffer.from('{"owned":{"app":[0]}}') },
    { title: 'JSON of another form after a generation', bytes: Buffer.concat([generationOf(7), Buffer.from('{}')]) },
    { title: 'more than four bytes before the JSON', bytes: Buffer.concat([Buffer.alloc(5), json]) },
    { title: 'something after the JSON', bytes: Buffer.concat([json, Buffer.from('}')]) },
  ])('answers undefined for $title', ({ bytes }) => {
    expect(parseMemberUserData(bytes)).toBeUndefined();
  });

  it('answers undefined for either form cut short, wherever it is cut', () => {
    for (const bytes of [json, Buffer.concat([generationOf(7), json])]) {
      for (let length = 0; length < bytes.length; length += 1) {
        expect(parseMemberUserData(bytes.subarray(0, length))).toBeUndefined();
      }
    }
  });

  it('answers for any bytes', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 60 }), (bytes) => {
        expect(() => parseMemberUserData(Buffer.from(bytes))).not.toThrow();
      }),
    );
  });
});
