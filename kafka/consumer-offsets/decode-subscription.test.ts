import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { AssignerProtocol } from 'kafkajs';

import { array, blob, int16, int32, text } from './assemble-bytes.ts';
import { decodeAssignment, decodeSubscription } from './decode-subscription.ts';

const USER_DATA = Buffer.from('{"pod":"consumer-0"}');

const join = (...parts: Buffer[]): Buffer => Buffer.concat(parts);

function assemblePartitions(partitionsByTopic: readonly (readonly [string, number[]])[]): Buffer {
  return array(...partitionsByTopic.map(([topic, partitions]) => join(text(topic), array(...partitions.map(int32)))));
}

const topics = array(text('app'), text('orders'));
const owned = assemblePartitions([
  ['app', [0, 3]],
  ['orders', []],
]);
const expectedOwned = { app: [0, 3], orders: [] };

const subscriptions = [
  { version: 0, bytes: join(int16(0), topics, blob(USER_DATA)), expected: {} },
  {
    version: 1,
    bytes: join(int16(1), topics, blob(USER_DATA), owned),
    expected: { ownedPartitions: expectedOwned },
  },
  {
    version: 2,
    bytes: join(int16(2), topics, blob(USER_DATA), owned, int32(6)),
    expected: { ownedPartitions: expectedOwned, generation: 6 },
  },
  {
    version: 3,
    bytes: join(int16(3), topics, blob(USER_DATA), owned, int32(6), text('rack-1')),
    expected: { ownedPartitions: expectedOwned, generation: 6, rackId: 'rack-1' },
  },
];

const assignments = [0, 1, 2, 3].map((version) => ({ version, bytes: join(int16(version), owned, blob(USER_DATA)) }));

const anyTopic = fc.oneof(fc.string({ minLength: 1 }), fc.constantFrom('__proto__', 'constructor'));
const anyUserData = fc.uint8Array({ maxLength: 50 }).map((bytes) => Buffer.from(bytes));
const anyBytes = fc
  .tuple(fc.integer({ min: -1, max: 5 }), fc.uint8Array({ maxLength: 100 }))
  .map(([version, rest]) => join(int16(version), Buffer.from(rest)));

describe('decodeSubscription', () => {
  it.each(subscriptions)('reads version $version', ({ bytes, expected }) => {
    expect(decodeSubscription(bytes)).toEqual({ topics: ['app', 'orders'], userData: USER_DATA, ...expected });
  });

  it('leaves out what a member does not know: its last generation, its rack, user data', () => {
    const bytes = join(int16(3), array(text('app')), blob(null), array(), int32(-1), text(null));
    expect(decodeSubscription(bytes)).toEqual({ topics: ['app'], userData: null, ownedPartitions: {} });
  });

  it.each([1, 2, 3])('accepts version %d with the fields of version 0, as several clients write it', (version) => {
    const bytes = join(int16(version), topics, blob(USER_DATA));
    expect(decodeSubscription(bytes)).toEqual({ topics: ['app', 'orders'], userData: USER_DATA });
  });

  it('reads a version to come as far as it knows it', () => {
    const bytes = join(int16(4), topics, blob(USER_DATA), owned, int32(6), text('rack-1'), text('a new field'));
    expect(decodeSubscription(bytes)).toEqual(decodeSubscription(subscriptions[3]?.bytes ?? Buffer.alloc(0)));
  });

  it.each(subscriptions)(
    'answers undefined for version $version cut short, wherever it is cut',
    ({ bytes, version }) => {
      const endOfFirstFields = join(int16(0), topics, blob(USER_DATA)).length;
      for (let length = 0; length < bytes.length; length += 1) {
        if (version > 0 && length === endOfFirstFields) continue;
        expect(decodeSubscription(bytes.subarray(0, length))).toBeUndefined();
      }
    },
  );

  it.each(subscriptions)('answers undefined for version $version with a byte too many', ({ bytes }) => {
    expect(decodeSubscription(join(bytes, Buffer.alloc(1)))).toBeUndefined();
  });

  it.each([
    { title: 'a negative version', bytes: join(int16(-1), topics, blob(null)) },
    { title: 'a huge number of topics', bytes: join(int16(0), int32(0x7fff_ffff)) },
    { title: 'huge user data', bytes: join(int16(0), topics, int32(0x7fff_ffff)) },
    { title: 'no topics at all', bytes: join(int16(0), int32(-1), blob(null)) },
  ])('answers undefined for $title', ({ bytes }) => {
    expect(decodeSubscription(bytes)).toBeUndefined();
  });

  it('reads what kafkajs writes', () => {
    fc.assert(
      fc.property(fc.array(anyTopic), anyUserData, fc.integer({ min: 0, max: 3 }), (names, userData, version) => {
        const bytes = AssignerProtocol.MemberMetadata.encode({ version, topics: names, userData });
        expect(decodeSubscription(bytes)).toEqual({ topics: names, userData });
      }),
    );
  });

  it('answers for any bytes', () => {
    fc.assert(
      fc.property(anyBytes, (bytes) => {
        expect(() => decodeSubscription(bytes)).not.toThrow();
      }),
      { numRuns: 1000 },
    );
  });
});

describe('decodeAssignment', () => {
  it.each(assignments)('reads version $version', ({ bytes }) => {
    expect(decodeAssignment(bytes)).toEqual({ partitions: expectedOwned, userData: USER_DATA });
  });

  it('reads no bytes as nothing assigned', () => {
    expect(decodeAssignment(Buffer.alloc(0))).toEqual({ partitions: {}, userData: null });
  });

  it('puts a topic that is listed twice together', () => {
    const listed = assemblePartitions([
      ['app', [1]],
      ['orders', [0]],
      ['app', [2]],
    ]);
    expect(decodeAssignment(join(int16(0), listed, blob(null)))?.partitions).toEqual({ app: [1, 2], orders: [0] });
  });

  it.each(assignments)('answers undefined for version $version cut short, wherever it is cut', ({ bytes }) => {
    for (let length = 1; length < bytes.length; length += 1) {
      expect(decodeAssignment(bytes.subarray(0, length))).toBeUndefined();
    }
  });

  it('answers undefined for bytes too many and for a huge number of partitions', () => {
    for (const { bytes } of assignments) expect(decodeAssignment(join(bytes, Buffer.alloc(1)))).toBeUndefined();
    const huge = join(int16(0), int32(1), text('app'), int32(0x7fff_ffff), Buffer.alloc(100));
    expect(decodeAssignment(huge)).toBeUndefined();
  });

  it('reads what kafkajs writes', () => {
    const partitions = fc.array(fc.integer({ min: 0, max: 1000 }));
    fc.assert(
      fc.property(
        fc.uniqueArray(fc.tuple(anyTopic, partitions), { selector: ([topic]) => topic }),
        anyUserData,
        (entries, userData) => {
          const assignment = Object.fromEntries(entries);
          const bytes = AssignerProtocol.MemberAssignment.encode({ version: 0, assignment, userData });
          const decoded = decodeAssignment(bytes);
          expect(Object.entries(decoded?.partitions ?? {}).sort()).toEqual(Object.entries(assignment).sort());
          expect(decoded?.userData).toEqual(userData);
        },
      ),
    );
  });

  it('answers for any bytes', () => {
    fc.assert(
      fc.property(anyBytes, (bytes) => {
        expect(() => decodeAssignment(bytes)).not.toThrow();
      }),
      { numRuns: 1000 },
    );
  });
});
