import { describe, expect, it } from '@jest/globals';
import { SettingsError } from './settings-error.ts';
import { parseSettings } from './settings.ts';

function findProblems(given: unknown) {
  try {
    parseSettings(given);
  } catch (error) {
    if (error instanceof SettingsError) return error.problems;
    throw error;
  }
  return [];
}

describe('parseSettings', () => {
  it('makes the lab on kind of an empty file', () => {
    for (const empty of [undefined, null, {}]) {
      expect(parseSettings(empty)).toMatchObject({
        namespace: 'kafka-lab',
        zones: [],
        zookeeper: { servers: 3, heapMiB: 64 },
        kafka: { brokers: 3, zookeeperSessionTimeoutMs: 9000 },
        topics: { partitions: 6, replicationFactor: 3, minInSyncReplicas: 2 },
        images: { kafka: 'apache/kafka:3.9.2' },
        operator: { isEnabled: true, allowControls: false },
      });
    }
  });

  it('tells all problems at once: those of single settings, unknown ones, and contradictions', () => {
    const given = {
      zookeeper: { servers: 4 },
      kafka: { brokers: 'three', heapMiB: 600, heap: 1 },
      topics: { minInSyncReplicas: 3 },
      images: { producer: 'kafka-lab/producer' },
      podCidr: '10.244.0.0',
      producer: null,
      colour: 'blue',
    };
    expect(findProblems(given)).toEqual(
      expect.arrayContaining([
        { path: 'podCidr', got: '10.244.0.0', reason: 'it must be a network as 10.244.0.0/16' },
        { path: 'kafka.brokers', got: 'three', reason: 'it must be a whole number from 1 to 100' },
        { path: 'kafka.heap', got: 1, reason: expect.stringMatching(/^there is no such setting here, only brokers,/) },
        { path: 'images.producer', got: 'kafka-lab/producer', reason: 'it must be an image with a tag or digest' },
        { path: 'producer', got: null, reason: 'it must be a group of settings' },
        { path: 'colour', got: 'blue', reason: expect.stringMatching(/only namespace, zones,/) },
        { path: 'zookeeper.servers', got: 4, reason: expect.stringMatching(/ensemble of 4 servers.*must be odd/) },
        { path: 'kafka.heapMiB', got: 600, reason: expect.stringMatching(/heap of 600 MiB.*limit of 640 MiB/) },
        { path: 'topics.minInSyncReplicas', got: 3, reason: expect.stringMatching(/3 in-sync replicas of 3 copies/) },
      ]),
    );
    expect(findProblems(given)).toHaveLength(9);
  });

  it('says it in one message, a line for each', () => {
    expect(() => parseSettings({ kafka: { brokers: 0 }, zones: 'a' })).toThrow(
      'The settings are not usable:\n' +
        '  zones is "a"; it must be a list of zones\n' +
        '  kafka.brokers is 0; it must be a whole number from 1 to 100',
    );
  });

  it('does not guess contradictions with a setting that is wrong itself', () => {
    const problems = findProblems({ kafka: { brokers: 'x' }, topics: { replicationFactor: 5 } });
    expect(problems.map(({ path }) => path)).toEqual(['kafka.brokers']);
  });

  it.each<{ problem: string; given: unknown; path: string; reason: RegExp }>([
    {
      problem: 'more copies than brokers',
      given: { topics: { replicationFactor: 5 } },
      path: 'topics.replicationFactor',
      reason: /5 copies on 3 brokers/,
    },
    { problem: 'a zone twice', given: { zones: ['a', 'a'] }, path: 'zones', reason: /zone a is named twice/ },
    { problem: 'no namespace', given: { namespace: 'My_Lab' }, path: 'namespace', reason: /no DNS label/ },
    { problem: 'a list', given: [], path: 'everything', reason: /a mapping of settings/ },
    {
      problem: 'no truth',
      given: { kafdrop: { isEnabled: 'no' } },
      path: 'kafdrop.isEnabled',
      reason: /true or false/,
    },
    { problem: 'no port', given: { apiServerPort: 0 }, path: 'apiServerPort', reason: /from 1 to 65535/ },
    {
      problem: 'a session that ZooKeeper cuts',
      given: { kafka: { zookeeperSessionTimeoutMs: 30_000 } },
      path: 'kafka.zookeeperSessionTimeoutMs',
      reason: /from 2000 to 20000/,
    },
  ])('refuses $problem', ({ given, path, reason }) => {
    expect(findProblems(given)).toEqual([expect.objectContaining({ path, reason: expect.stringMatching(reason) })]);
  });
});
