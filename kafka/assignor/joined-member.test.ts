import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { AssignerProtocol } from 'kafkajs';

import type { MemberUserData } from '../../lib/contracts/member.ts';
import { encodeSubscription } from './encode-subscription.ts';
import { readJoinedMember, type JoinedMember } from './joined-member.ts';

const userData: MemberUserData = {
  identity: { pod: 'consumer-0', uid: 'uid-0', startedAt: '2026-11-22T10:00:00.000Z', node: 'node-1' },
  owned: { app: [1, 4] },
  generation: 7,
};

const read = (memberMetadata: Buffer): JoinedMember => readJoinedMember({ memberId: 'm', memberMetadata });

/** A subscription by hand, in the words of ConsumerProtocolSubscription.json. */
const fromHex = (...fields: string[]): Buffer => Buffer.from(fields.join('').replaceAll(' ', ''), 'hex');
const TOPICS = '00000001 0003 617070';
const OWNED = '00000001 0003 617070 00000002 00000001 00000004';
const OWNS_NOTHING = '00000000';
const NO_USER_DATA = 'ffffffff';
const generationAsUserData = (generation: string): string => `00000004 ${generation}`;

describe('readJoinedMember', () => {
  it.each([
    {
      title: 'version 3, with a generation and a rack',
      bytes: fromHex('0003', TOPICS, generationAsUserData('00000005'), OWNED, '00000005', '0002 7231'),
      expected: { owned: { app: [1, 4] }, owns: { app: [1, 4] }, generation: 5 },
    },
    {
      title: 'version 3 of a member that has just started',
      bytes: fromHex('0003', TOPICS, generationAsUserData('ffffffff'), OWNS_NOTHING, 'ffffffff', 'ffff'),
      expected: { owned: {}, owns: {}, generation: -1 },
    },
    {
      title: 'version 2, whose field goes before the user data',
      bytes: fromHex('0002', TOPICS, generationAsUserData('00000004'), OWNED, '00000005'),
      expected: { owned: { app: [1, 4] }, owns: { app: [1, 4] }, generation: 5 },
    },
    {
      title: 'version 1, with the generation in the user data',
      bytes: fromHex('0001', TOPICS, generationAsUserData('00000005'), OWNED),
      expected: { owned: { app: [1, 4] }, owns: { app: [1, 4] }, generation: 5 },
    },
    {
      title: 'version 1 without any generation',
      bytes: fromHex('0001', TOPICS, NO_USER_DATA, OWNED),
      expected: { owned: { app: [1, 4] }, owns: { app: [1, 4] }, generation: -1 },
    },
    {
      title: 'version 1 with user data too short for a generation',
      bytes: fromHex('0001', TOPICS, '00000003 000005', OWNED),
      expected: { owned: { app: [1, 4] }, owns: { app: [1, 4] }, generation: -1 },
    },
    {
      title: 'version 0, where bytes of the assignor’s own are no generation',
      bytes: fromHex('0000', TOPICS, generationAsUserData('00000005')),
      expected: { owned: {}, owns: {}, generation: -1 },
    },
  ])('reads a Java member: $title', ({ bytes, expected }) => {
    expect(read(bytes)).toEqual({ memberId: 'm', topics: ['app'], ...expected });
  });

  it.each([
    { title: 'a cooperative member, which keeps what it owns', isCooperative: true, owns: { app: [1, 4] } },
    { title: 'an eager member, which has given it up', isCooperative: false, owns: {} },
    { title: 'a member on its way to an eager protocol', isCooperative: false, owns: { app: [4] } },
  ])('reads $title', ({ isCooperative, owns }) => {
    const bytes = encodeSubscription({ topics: ['app'], userData, owned: owns, generation: 7, isCooperative });
    const expected = { memberId: 'm', topics: ['app'], owned: { app: [1, 4] }, generation: 7, owns, pod: 'consumer-0' };
    expect(read(bytes)).toEqual(expected);
  });

  it('reads a member of a former version, which tells all in its user data', () => {
    const json = Buffer.from(JSON.stringify(userData));
    const bytes = AssignerProtocol.MemberMetadata.encode({ version: 0, topics: ['app'], userData: json });
    const expected = { owned: { app: [1, 4] }, generation: 7, owns: {}, pod: 'consumer-0' };
    expect(read(bytes)).toEqual({ memberId: 'm', topics: ['app'], ...expected });
  });

  it.each([
    { title: 'sends no user data', bytes: Buffer.alloc(0) },
    { title: 'sends user data of its own', bytes: Buffer.from([0, 1, 0xff, 0xfe]) },
    { title: 'sends our user data cut short', bytes: Buffer.from('{"identity":{"pod":"b"') },
    { title: 'sends JSON of another form', bytes: Buffer.from('{"owned":{"app":[0,1,2,3,4,5]}}') },
    { title: 'sends version 0’s fields under a later number', bytes: Buffer.alloc(0), version: 3 },
  ])('takes a member that $title for one without claims', ({ bytes, version = 0 }) => {
    const memberMetadata = AssignerProtocol.MemberMetadata.encode({ version, topics: ['app'], userData: bytes });
    expect(read(memberMetadata)).toEqual({ memberId: 'm', topics: ['app'], owned: {}, owns: {}, generation: -1 });
  });

  it('takes a member whose bytes are cut short for one without topics and claims, wherever they are cut', () => {
    const whole = encodeSubscription({ topics: ['app'], userData, owned: {}, generation: 7, isCooperative: true });
    // What ends after the user data is a subscription, of clients that write no more whatever the version.
    const endOfUserData = whole.length - OWNS_NOTHING.length / 2 - 4;
    for (let length = 0; length < whole.length; length += 1) {
      if (length === endOfUserData) continue;
      expect(read(whole.subarray(0, length))).toEqual({ memberId: 'm', topics: [], owns: {} });
    }
  });

  it('reads no topic without a name, which damaged subscriptions can contain', () => {
    expect(read(fromHex('0000', '00000002 0000 0003 617070', NO_USER_DATA)).topics).toEqual(['app']);
    expect(read(fromHex('0000', '00000001 ffff', NO_USER_DATA)).topics).toEqual([]);
  });

  it('answers for any bytes', () => {
    fc.assert(
      fc.property(fc.integer({ min: -1, max: 4 }), fc.uint8Array({ maxLength: 100 }), (version, rest) => {
        const bytes = Buffer.concat([Buffer.alloc(2), Buffer.from(rest)]);
        bytes.writeInt16BE(version);
        expect(read(bytes).memberId).toBe('m');
      }),
      { numRuns: 1000 },
    );
  });
});
