import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { AssignerProtocol } from 'kafkajs';

import { parseMemberUserData, type MemberUserData } from '../../lib/contracts/member.ts';
import { decodeAssignment, decodeSubscription } from '../consumer-offsets/decode-subscription.ts';
import { encodeAssignment, encodeSubscription } from './encode-subscription.ts';

const userData: MemberUserData = {
  identity: { pod: 'consumer-0', uid: 'uid-0', startedAt: '2026-11-22T10:00:00.000Z', node: 'node-1' },
  owned: { app: [1, 4] },
  generation: 7,
};
const json = Buffer.from(JSON.stringify(userData));
const int32Hex = (value: number): string => (value >>> 0).toString(16).padStart(8, '0');

const subscribe = (over: Partial<Parameters<typeof encodeSubscription>[0]> = {}): Buffer =>
  encodeSubscription({
    topics: ['app'],
    userData,
    owned: { app: [1, 4] },
    generation: 7,
    isCooperative: true,
    ...over,
  });

const byTopic = fc
  .uniqueArray(
    fc.tuple(
      fc.oneof(fc.string({ minLength: 1, maxLength: 9 }), fc.constantFrom('__proto__', 'constructor')),
      fc.uniqueArray(fc.nat({ max: 1000 }), { minLength: 1, maxLength: 9 }),
    ),
    { selector: ([topic]) => topic, maxLength: 4 },
  )
  .map((entries) => Object.fromEntries(entries));

describe('encodeSubscription', () => {
  it('writes for a cooperative assignor, byte by byte, what the specification says', () => {
    const expected = [
      ['version', '0002'],
      ['topics', '00000001', '0003', '617070'],
      ['user data', int32Hex(4 + json.length), '00000007', json.toString('hex')],
      ['owned partitions', '00000001', '0003', '617070', '00000002', '00000001', '00000004'],
      ['generation', '00000007'],
    ];
    expect(subscribe().toString('hex')).toBe(expected.flatMap(([, ...bytes]) => bytes).join(''));
  });

  it('writes for an eager assignor JSON at once, and for who knows nothing yet generation -1', () => {
    const expected = [
      ['version', '0002'],
      ['topics', '00000001', '0003', '617070'],
      ['user data', int32Hex(json.length), json.toString('hex')],
      ['owned partitions', '00000000'],
      ['generation', 'ffffffff'],
    ];
    const bytes = subscribe({ isCooperative: false, owned: {}, generation: -1 });
    expect(bytes.toString('hex')).toBe(expected.flatMap(([, ...part]) => part).join(''));
  });

  it('leaves out topics of which nothing is owned, as Java does', () => {
    expect(subscribe({ owned: { app: [], orders: [2] } })).toEqual(subscribe({ owned: { orders: [2] } }));
  });

  it('shows Java’s assignor a generation where it looks for one, even before the first', () => {
    for (const generation of [-1, 0, 7]) {
      expect(decodeSubscription(subscribe({ generation }))?.userData?.readInt32BE(0)).toBe(generation);
    }
  });

  it('writes what is read again', () => {
    fc.assert(
      fc.property(
        fc.array(fc.string({ minLength: 1, maxLength: 9 }), { maxLength: 4 }),
        byTopic,
        fc.integer({ min: -1, max: 2 ** 31 - 1 }),
        fc.boolean(),
        (topics, owned, generation, isCooperative) => {
          const decoded = decodeSubscription(subscribe({ topics, owned, generation, isCooperative }));
          expect(decoded).toMatchObject({ topics, ownedPartitions: owned });
          expect(decoded?.generation).toBe(generation < 0 ? undefined : generation);
          expect(parseMemberUserData(decoded?.userData)).toEqual(userData);
        },
      ),
    );
  });

  it('is read by kafkajs as far as it knows it, whose members may lead a group of the eager protocols', () => {
    const decoded = AssignerProtocol.MemberMetadata.decode(subscribe({ isCooperative: false }));
    expect(decoded).toEqual({ version: 2, topics: ['app'], userData: json });
  });
});

describe('encodeAssignment', () => {
  it('writes, byte by byte, what the specification says', () => {
    const expected = [
      ['version', '0000'],
      ['app', '00000002', '0003', '617070', '00000002', '00000000', '00000003'],
      ['orders', '0006', '6f7264657273', '00000001', '00000002'],
      ['user data', 'ffffffff'],
    ];
    const bytes = encodeAssignment({ app: [0, 3], orders: [2] });
    expect(bytes.toString('hex')).toBe(expected.flatMap(([, ...part]) => part).join(''));
  });

  it('writes bytes for a member without partitions too: Java takes none at all for a broken leader', () => {
    expect(encodeAssignment({}).toString('hex')).toBe(['0000', '00000000', 'ffffffff'].join(''));
  });

  it('writes what is read again, here and by kafkajs', () => {
    fc.assert(
      fc.property(byTopic, (partitions) => {
        const bytes = encodeAssignment(partitions);
        expect(decodeAssignment(bytes)).toEqual({ partitions, userData: null });
        // kafkajs loses a topic of this name.
        const plain = Object.fromEntries(Object.entries(partitions).filter(([topic]) => topic !== '__proto__'));
        expect(AssignerProtocol.MemberAssignment.decode(encodeAssignment(plain))).toMatchObject({ assignment: plain });
      }),
    );
  });
});
