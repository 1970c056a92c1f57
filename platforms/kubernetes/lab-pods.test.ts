import { describe, expect, it } from '@jest/globals';
import type { V1Pod } from '@kubernetes/client-node';
import { compareCreation, compareReplicaPods, isReplica, readName, readOrdinal, selectWorkloads } from './lab-pods.ts';
import { buildPod } from './testing/pod-fixture.ts';

describe('pods of the lab', () => {
  it('are selected by the labels of the manifests', () => {
    expect(selectWorkloads(['producer', 'consumer'])).toBe(
      'app.kubernetes.io/part-of=kafka-lab,app.kubernetes.io/name in (producer,consumer)',
    );
  });

  it('are listed by workload, ordinal, and the order of their creation', () => {
    const pods = [
      buildPod({ workload: 'consumer', name: 'consumer-x-bbbbb' }),
      buildPod({ workload: 'consumer', name: 'consumer-x-zzzzz', createdAt: '2026-11-22T17:00:00Z' }),
      buildPod({ workload: 'consumer', name: 'consumer-x-aaaaa' }),
      buildPod({ workload: 'kafka', statefulSet: 'kafka', name: 'kafka-10', createdAt: '2026-11-22T17:00:00Z' }),
      buildPod({ workload: 'kafka', statefulSet: 'kafka', name: 'kafka-2', createdAt: '2026-11-22T18:00:00Z' }),
      buildPod({ workload: 'producer', name: 'producer-x-aaaaa' }),
      buildPod({ workload: 'zookeeper', statefulSet: 'zookeeper', name: 'zookeeper-0' }),
    ];
    expect(pods.toSorted(compareReplicaPods).map(readName)).toEqual([
      'zookeeper-0',
      'kafka-2',
      'kafka-10',
      'producer-x-aaaaa',
      'consumer-x-zzzzz',
      'consumer-x-aaaaa',
      'consumer-x-bbbbb',
    ]);
  });

  it('have an ordinal only where a StatefulSet gives one', () => {
    expect(readOrdinal(buildPod({ workload: 'kafka', statefulSet: 'kafka', name: 'kafka-2' }))).toBe(2);
    expect(readOrdinal(buildPod({ statefulSet: 'consumer', name: 'consumer-0' }))).toBe(0);
    expect(readOrdinal(buildPod({ workload: 'consumer', name: 'consumer-5b45f56f77-12345' }))).toBeUndefined();
  });

  it.each([
    { what: 'a pod that runs', pod: buildPod(), counts: true },
    { what: 'a replaced pod of a Deployment', pod: buildPod({ podPhase: 'Failed' }), counts: false },
    {
      what: 'a failed pod of a StatefulSet, whose name nobody else has',
      pod: buildPod({ workload: 'kafka', podPhase: 'Failed', owner: 'StatefulSet' }),
      counts: true,
    },
  ])('count $what as a replica: $counts', ({ pod, counts }) => {
    expect(isReplica(pod)).toBe(counts);
  });
});

describe('compareCreation', () => {
  const at = (name: string, createdAt: string): V1Pod => buildPod({ name, createdAt });

  it('puts the older first, and of the same second the name decides', () => {
    const pods = [at('c', '2026-11-22T10:00:01Z'), at('b', '2026-11-22T10:00:00Z'), at('a', '2026-11-22T10:00:01Z')];
    expect(pods.toSorted(compareCreation).map(({ metadata }) => metadata?.name)).toEqual(['b', 'a', 'c']);
  });

  it('takes times as lists give them and as watches do', () => {
    const listed = buildPod({ name: 'listed' });
    if (listed.metadata) listed.metadata.creationTimestamp = new Date('2026-11-22T10:00:00Z');
    expect(compareCreation(listed, at('watched', '2026-11-22T10:00:01Z'))).toBeLessThan(0);
  });
});
