import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { AssignerProtocol, PartitionAssigners, type Assigner, type Cluster, type Logger } from 'kafkajs';

import { assignRoundRobin } from './assign-round-robin.ts';

const TOPICS = ['app', 'orders', 'payments'] as const;
const memberIds = fc.uniqueArray(fc.stringMatching(/^[a-zA-Z0-9-]{1,4}$/), { minLength: 1, maxLength: 6 });
const counts = fc.record({ app: fc.nat({ max: 9 }), orders: fc.nat({ max: 9 }), payments: fc.nat({ max: 9 }) });

type Counts = Readonly<Record<(typeof TOPICS)[number], number>>;

const listPartitions = (count: number): number[] => [...Array(count).keys()];
const listTopics = (of: Counts): Map<string, number[]> =>
  new Map(TOPICS.map((topic) => [topic, listPartitions(of[topic])]));

/** What kafkajs' assignor of the name decides. */
async function assignByKafkajs(ids: readonly string[], of: Counts): Promise<Record<string, unknown>> {
  const findTopicPartitionMetadata = (topic: (typeof TOPICS)[number]): { partitionId: number }[] =>
    listPartitions(of[topic]).map((partitionId) => ({ partitionId }));
  const cluster = { findTopicPartitionMetadata } as unknown as Cluster;
  const assigner: Assigner = PartitionAssigners.roundRobin({ cluster, groupId: 'group', logger: {} as Logger });
  const members = ids.map((memberId) => ({ memberId, memberMetadata: Buffer.alloc(0) }));
  const assignments = await assigner.assign({ members, topics: [...TOPICS] });
  const decoded = assignments.map(
    ({ memberId, memberAssignment }) =>
      [memberId, AssignerProtocol.MemberAssignment.decode(memberAssignment)?.assignment] as const,
  );
  return Object.fromEntries(decoded);
}

describe('assignRoundRobin', () => {
  it("assigns as kafkajs' own does, and names those that get nothing as well", async () => {
    await fc.assert(
      fc.asyncProperty(memberIds, counts, async (ids, of) => {
        const members = ids.map((memberId) => ({ memberId, topics: TOPICS }));
        const assignment = assignRoundRobin(members, listTopics(of));
        expect([...assignment.keys()].sort()).toEqual([...ids].sort());
        const busy = [...assignment].filter(([, byTopic]) => Object.keys(byTopic).length > 0);
        expect(Object.fromEntries(busy)).toEqual(await assignByKafkajs(ids, of));
      }),
    );
  });

  it('gives every partition to one of those that subscribed to its topic', () => {
    const group = memberIds.chain((ids) =>
      fc.tuple(
        ...ids.map((memberId) => fc.record({ memberId: fc.constant(memberId), topics: fc.subarray([...TOPICS]) })),
      ),
    );
    fc.assert(
      fc.property(group, counts, (members, of) => {
        const assignment = assignRoundRobin(members, listTopics(of));
        for (const topic of TOPICS) {
          const subscribers = members.filter(({ topics }) => topics.includes(topic));
          const given = [...assignment].flatMap(([memberId, byTopic]) =>
            (byTopic[topic] ?? []).map((partition) => ({ memberId, partition })),
          );
          const expected = subscribers.length > 0 ? listPartitions(of[topic]) : [];
          expect(given.map(({ partition }) => partition).sort((a, b) => a - b)).toEqual(expected);
          expect(subscribers.map(({ memberId }) => memberId)).toEqual(
            expect.arrayContaining(given.map(({ memberId }) => memberId)),
          );
        }
      }),
    );
  });

  it('goes on where it stopped when it comes to the next topic, and passes over who did not subscribe', () => {
    const members = [
      { memberId: 'c', topics: ['app', 'orders'] },
      { memberId: 'a', topics: ['app', 'orders'] },
      { memberId: 'b', topics: ['app'] },
    ];
    const partitions = new Map([
      ['orders', [1, 0, 2]],
      ['app', [0, 1, 2, 3]],
      ['unsubscribed', [0]],
    ]);
    expect(Object.fromEntries(assignRoundRobin(members, partitions))).toEqual({
      a: { app: [0, 3], orders: [1] },
      b: { app: [1] },
      c: { app: [2], orders: [0, 2] },
    });
  });

  it('answers for a group without members', () => {
    expect(assignRoundRobin([], new Map([['app', [0]]])).size).toBe(0);
  });
});
