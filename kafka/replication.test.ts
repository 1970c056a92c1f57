import { describe, expect, it } from '@jest/globals';
import type { ClusterConnection } from './cluster-connection.ts';
import type { BrokerInternals, ClusterInternals } from './kafkajs/internals.ts';
import { isBehind, isInSync, readReplication } from './replication.ts';

const WHOLE = { partitionId: 0, topic: 'app', leader: 0, replicas: [0, 1, 2], isr: [0, 1, 2] };

describe('isBehind', () => {
  it.each([
    { what: 'every copy is in sync', isr: [2, 0, 1], expected: false },
    { what: 'a copy is missing', isr: [0, 2], expected: true },
    { what: 'no copy is in sync', isr: [], expected: true },
  ])('is $expected when $what', ({ isr, expected }) => {
    expect(isBehind({ ...WHOLE, isr })).toBe(expected);
  });
});

describe('isInSync', () => {
  it.each([
    { what: 'a broker whose copies are all in sync', partitions: [WHOLE], expected: true },
    { what: 'a broker that holds nothing', partitions: [], expected: true },
    { what: 'a broker that is behind', partitions: [WHOLE, { ...WHOLE, isr: [0, 2] }], expected: false },
    { what: 'a broker while another one is behind', partitions: [{ ...WHOLE, isr: [0, 1] }], expected: true },
    {
      what: 'a broker of a partition without a leader',
      partitions: [{ ...WHOLE, leader: -1, isr: [0] }],
      expected: true,
    },
    {
      what: 'a broker that is behind while another partition has no leader',
      partitions: [
        { ...WHOLE, leader: -1, isr: [0] },
        { ...WHOLE, isr: [0] },
      ],
      expected: false,
    },
  ])('is $expected for $what', ({ partitions, expected }) => {
    expect(isInSync({ brokers: [0, 1, 2], partitions }, 1)).toBe(expected);
  });

  it('is false for a broker that the others do not know yet', () => {
    expect(isInSync({ brokers: [0, 2], partitions: [] }, 1)).toBe(false);
  });
});

describe('readReplication', () => {
  it('asks a bootstrap server before any broker is known, and bears a partition without a leader', async () => {
    const leaderless = { partitionId: 0, leader: -1, replicas: [0, 1], isr: [1] };
    const answer = {
      ...{ clusterId: 'c', controllerId: 0, brokers: [{ nodeId: 0 }] },
      topicMetadata: [{ topic: 'app', partitionMetadata: [leaderless] }],
    };
    const seed = {
      lookupRequest: () => () => ({ request: {}, response: {} }),
      connectionPool: { send: () => Promise.resolve(answer) },
    } as unknown as BrokerInternals;
    const cluster = {
      getNodeIds: () => [],
      brokerPool: { brokers: {}, findConnectedBroker: () => Promise.resolve(seed) },
    } as unknown as ClusterInternals;
    const connection = { run: (_: string, call) => call(cluster) } as Pick<ClusterConnection, 'run'>;
    const seen = await readReplication(connection as ClusterConnection);
    expect(seen.partitions).toEqual([{ ...leaderless, topic: 'app' }]);
    expect(isInSync(seen, 0)).toBe(true);
  });
});
