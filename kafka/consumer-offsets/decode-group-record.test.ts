import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';

import {
  array,
  blob,
  compactArray,
  compactBlob,
  compactText,
  int16,
  int32,
  int64,
  taggedFields,
  text,
  varint,
} from './assemble-bytes.ts';
import { decodeGroupRecord } from './decode-group-record.ts';
import { decodeAssignment, decodeSubscription } from './decode-subscription.ts';

const STATE_SINCE_MS = 1_763_800_000_000;
const SUBSCRIPTION = Buffer.from([1, 2, 3]);
const ASSIGNMENT = Buffer.from([4, 5]);

const join = (...parts: Buffer[]): Buffer => Buffer.concat(parts);

const offsetKey = join(int16(1), text('app'), text('orders'), int32(4));
const groupKey = join(int16(2), text('app'));

/** The same commit in each layout. */
const offsetValues = [
  { version: 0, value: join(int16(0), int64(42n), text('note'), int64(BigInt(STATE_SINCE_MS))) },
  { version: 1, value: join(int16(1), int64(42n), text('note'), int64(BigInt(STATE_SINCE_MS)), int64(99n)) },
  { version: 2, value: join(int16(2), int64(42n), text('note'), int64(BigInt(STATE_SINCE_MS))) },
  {
    version: 3,
    leaderEpoch: 7,
    value: join(int16(3), int64(42n), int32(7), text('note'), int64(BigInt(STATE_SINCE_MS))),
  },
  {
    version: 4,
    leaderEpoch: 7,
    value: join(
      int16(4),
      int64(42n),
      int32(7),
      compactText('note'),
      int64(BigInt(STATE_SINCE_MS)),
      taggedFields({ 0: Buffer.from('a topic id') }),
    ),
  },
];

/** The same group of two members in each layout, as far as the layout has room for it. */
const groupValues = [0, 1, 2, 3, 4].map((version) => ({ version, value: assembleGroup(version) }));

function assembleGroup(version: number): Buffer {
  const string = version >= 4 ? compactText : text;
  const list = version >= 4 ? compactArray : array;
  const end = version >= 4 ? taggedFields({ 9: Buffer.from('later') }) : Buffer.alloc(0);
  return join(
    int16(version),
    string('consumer'),
    int32(12),
    string('range'),
    string('a-1'),
    version >= 2 ? int64(BigInt(STATE_SINCE_MS)) : Buffer.alloc(0),
    list(assembleMember(version, 'a', null), assembleMember(version, 'b', 'static-b')),
    end,
  );
}

function assembleMember(version: number, clientId: string, instanceId: string | null): Buffer {
  const string = version >= 4 ? compactText : text;
  const bytes = version >= 4 ? compactBlob : blob;
  return join(
    string(`${clientId}-1`),
    version >= 3 ? string(instanceId) : Buffer.alloc(0),
    string(clientId),
    string('/10.0.0.7'),
    version >= 1 ? int32(60_000) : Buffer.alloc(0),
    int32(30_000),
    bytes(SUBSCRIPTION),
    bytes(ASSIGNMENT),
    version >= 4 ? taggedFields() : Buffer.alloc(0),
  );
}

function expectMember(version: number, clientId: string, instanceId: string | null): object {
  return {
    memberId: `${clientId}-1`,
    groupInstanceId: version >= 3 ? instanceId : null,
    clientId,
    clientHost: '/10.0.0.7',
    rebalanceTimeoutMs: version >= 1 ? 60_000 : 30_000,
    sessionTimeoutMs: 30_000,
    subscription: SUBSCRIPTION,
    assignment: ASSIGNMENT,
  };
}

describe('decodeGroupRecord', () => {
  it.each(offsetValues)('reads an offset commit of version $version', ({ value, leaderEpoch }) => {
    expect(decodeGroupRecord(offsetKey, value)).toEqual({
      kind: 'offset-commit',
      group: 'app',
      topic: 'orders',
      partition: 4,
      offset: 42,
      ...(leaderEpoch !== undefined && { leaderEpoch }),
      metadata: 'note',
      commitTimestampMs: STATE_SINCE_MS,
    });
  });

  it.each(groupValues)('reads a group of version $version', ({ version, value }) => {
    expect(decodeGroupRecord(groupKey, value)).toEqual({
      kind: 'group',
      group: 'app',
      protocolType: 'consumer',
      generation: 12,
      protocol: 'range',
      leader: 'a-1',
      ...(version >= 2 && { stateTimestampMs: STATE_SINCE_MS }),
      members: [expectMember(version, 'a', null), expectMember(version, 'b', 'static-b')],
    });
  });

  it.each([0, 1])('reads an offset key of version %d, also without a value', (version) => {
    const key = join(int16(version), text('app'), text('orders'), int32(4));
    expect(decodeGroupRecord(key, null)).toEqual({
      kind: 'offset-tombstone',
      group: 'app',
      topic: 'orders',
      partition: 4,
    });
  });

  it('reads a group key without a value as the end of the group', () => {
    expect(decodeGroupRecord(groupKey, null)).toEqual({ kind: 'group-tombstone', group: 'app' });
  });

  it('leaves out a leader epoch and a state time that are unknown', () => {
    const commit = join(int16(3), int64(42n), int32(-1), text(''), int64(1n));
    expect(decodeGroupRecord(offsetKey, commit)).not.toHaveProperty('leaderEpoch');
    const group = join(int16(3), text('consumer'), int32(1), text(null), text(null), int64(-1n), array());
    expect(decodeGroupRecord(groupKey, group)).not.toHaveProperty('stateTimestampMs');
  });

  it.each([
    { title: 'without a key', key: null, reason: 'the record has no key' },
    { title: 'with an empty key', key: Buffer.alloc(0), reason: 'damaged: 2 expected, 0 bytes left' },
    { title: 'of a KIP-848 group', key: join(int16(3), text('app')), reason: 'key version 3' },
    { title: 'with a negative key version', key: int16(-1), reason: 'key version -1' },
    { title: 'with a negative value version', key: groupKey, value: int16(-1), reason: 'damaged: value version -1' },
    { title: 'with a newer value', key: groupKey, value: int16(5), reason: 'damaged: value version 5' },
    {
      title: 'with an empty value',
      key: groupKey,
      value: Buffer.alloc(0),
      reason: 'damaged: 2 expected, 0 bytes left',
    },
    { title: 'with a group key too long', key: join(groupKey, int16(0)), reason: 'damaged: 2 bytes too many' },
    { title: 'with an offset key too long', key: join(offsetKey, int16(0)), reason: 'damaged: 2 bytes too many' },
  ])('does not know a record $title', ({ key, value = null, reason }) => {
    expect(decodeGroupRecord(key, value)).toEqual({ kind: 'unknown', reason });
  });

  it.each([
    {
      title: 'members',
      value: join(int16(3), text('consumer'), int32(1), text(null), text(null), int64(1n), int32(0x7fff_ffff)),
    },
    {
      title: 'members of a flexible version',
      value: join(int16(4), compactText(''), int32(1), varint(0), varint(0), int64(1n), varint(0xffff_ffff)),
    },
    { title: 'characters', value: join(int16(4), int64(1n), int32(1), varint(0xffff_ffff)) },
  ])('does not believe in a huge number of $title', ({ value }) => {
    for (const key of [groupKey, offsetKey]) expect(decodeGroupRecord(key, value).kind).toBe('unknown');
  });
});

describe('decodeGroupRecord, on damaged records', () => {
  const records = [
    ...offsetValues.map(({ version, value }) => ({ title: `an offset commit v${version}`, key: offsetKey, value })),
    ...groupValues.map(({ version, value }) => ({ title: `a group v${version}`, key: groupKey, value })),
  ];

  it.each(records)('does not know $title cut short, wherever its value or its key is cut', ({ key, value }) => {
    for (let length = 0; length < value.length; length += 1) {
      expect(decodeGroupRecord(key, value.subarray(0, length)).kind).toBe('unknown');
    }
    for (let length = 0; length < key.length; length += 1) {
      expect(decodeGroupRecord(key.subarray(0, length), value).kind).toBe('unknown');
      expect(decodeGroupRecord(key.subarray(0, length), null).kind).toBe('unknown');
    }
  });

  it.each(records)('does not know $title with a byte too many', ({ key, value }) => {
    expect(decodeGroupRecord(key, join(value, Buffer.alloc(1))).kind).toBe('unknown');
  });

  it('answers for any bytes, also behind a version it knows', () => {
    const bytes = fc.uint8Array({ maxLength: 200 }).map((array8) => Buffer.from(array8));
    const versioned = fc
      .tuple(fc.integer({ min: -1, max: 6 }), bytes)
      .map(([version, rest]) => join(int16(version), rest));
    const anyKey = fc.oneof(bytes, versioned, fc.constantFrom(offsetKey, groupKey, null));
    const anyValue = fc.option(fc.oneof(bytes, versioned), { nil: null });
    fc.assert(
      fc.property(anyKey, anyValue, (key, value) => {
        expect(decodeGroupRecord(key, value)).toHaveProperty('kind');
      }),
      { numRuns: 1000 },
    );
  });

  it('answers for records with one byte changed', () => {
    fc.assert(
      fc.property(fc.constantFrom(...records), fc.nat(), fc.integer({ min: 0, max: 255 }), (record, at, byte) => {
        const value = Buffer.from(record.value);
        value[at % value.length] = byte;
        expect(decodeGroupRecord(record.key, value)).toHaveProperty('kind');
      }),
      { numRuns: 1000 },
    );
  });
});

/** Bytes written by the classes in kafka-group-coordinator-3.9.2.jar and kafka-clients-3.9.2.jar. */
describe("decodeGroupRecord, on Kafka 3.9.2's own bytes", () => {
  const fromHex = (...lines: string[]): Buffer => Buffer.from(lines.join(''), 'hex');

  it.each([
    { version: 3, metadata: '', value: fromHex('00030000011f71fb04cb0000000700000000019aaaac2600') },
    { version: 4, metadata: 'm', value: fromHex('00040000011f71fb04cb00000007026d0000019aaaac260000') },
  ])('reads an offset commit of version $version', ({ value, metadata }) => {
    expect(decodeGroupRecord(fromHex('00010003617070000361707000000004'), value)).toEqual({
      kind: 'offset-commit',
      group: 'app',
      topic: 'app',
      partition: 4,
      offset: 1_234_567_890_123,
      leaderEpoch: 7,
      metadata,
      commitTimestampMs: STATE_SINCE_MS,
    });
  });

  it.each([
    {
      version: 3,
      value: fromHex(
        '00030008636f6e73756d657200000007000572616e67650005632d302d310000019aaaac2600000000010005632d302d310003732d300003',
        '632d3000092f31302e302e302e370000ea6000007530000000300003000000010003617070ffffffff000000010003617070000000020000',
        '0000000000010000000600067261636b2d310000001b0003000000010003617070000000020000000000000001ffffffff',
      ),
    },
    {
      version: 4,
      value: fromHex(
        '000409636f6e73756d6572000000070672616e676506632d302d310000019aaaac26000206632d302d3104732d3004632d300a2f31302e30',
        '2e302e370000ea6000007530310003000000010003617070ffffffff00000001000361707000000002000000000000000100000006000672',
        '61636b2d311c0003000000010003617070000000020000000000000001ffffffff0000',
      ),
    },
  ])('reads a group of version $version with what its member subscribed to and got', ({ value }) => {
    const record = decodeGroupRecord(fromHex('00020003617070'), value);
    expect(record).toMatchObject({
      kind: 'group',
      group: 'app',
      protocolType: 'consumer',
      generation: 7,
      protocol: 'range',
      leader: 'c-0-1',
      stateTimestampMs: STATE_SINCE_MS,
      members: [
        {
          memberId: 'c-0-1',
          groupInstanceId: 's-0',
          clientId: 'c-0',
          clientHost: '/10.0.0.7',
          rebalanceTimeoutMs: 60_000,
          sessionTimeoutMs: 30_000,
        },
      ],
    });
    const [member] = record.kind === 'group' ? record.members : [];
    expect(decodeSubscription(member?.subscription ?? Buffer.alloc(0))).toEqual({
      topics: ['app'],
      userData: null,
      ownedPartitions: { app: [0, 1] },
      generation: 6,
      rackId: 'rack-1',
    });
    expect(decodeAssignment(member?.assignment ?? Buffer.alloc(0))).toEqual({
      partitions: { app: [0, 1] },
      userData: null,
    });
  });

  it('reads a group whose last member has left', () => {
    const value = fromHex('00030008636f6e73756d657200000008ffffffff0000019aaaac260100000000');
    expect(decodeGroupRecord(fromHex('00020003617070'), value)).toEqual({
      kind: 'group',
      group: 'app',
      protocolType: 'consumer',
      generation: 8,
      protocol: null,
      leader: null,
      stateTimestampMs: STATE_SINCE_MS + 1,
      members: [],
    });
  });
});
