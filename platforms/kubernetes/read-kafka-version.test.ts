import { describe, expect, it } from '@jest/globals';
import type { V1Pod } from '@kubernetes/client-node';
import type { Workload } from '../../lib/contracts/replica.ts';
import { buildPod } from './testing/pod-fixture.ts';
import { readKafkaVersion } from './read-kafka-version.ts';

function buildImagePod(workload: Workload, image: string): V1Pod {
  return Object.assign(buildPod({ workload }), { spec: { containers: [{ name: workload, image }] } });
}

describe('the version of Kafka in a cluster', () => {
  it.each([
    { images: ['apache/kafka:3.9.2', 'apache/kafka:3.9.2'], version: '3.9.2' },
    { images: ['registry:5000/apache/kafka:3.9.2@sha256:0123'], version: '3.9.2' },
    { images: ['apache/kafka:4.0.0', 'apache/kafka:3.9.2'], version: '3.9.2, 4.0.0' },
    { images: ['registry:5000/apache/kafka', 'apache/kafka@sha256:0123'], version: undefined },
    { images: [], version: undefined },
  ])('is the tag of the brokers’ images: $images', ({ images, version }) => {
    const pods = [
      buildImagePod('zookeeper', 'zookeeper:3.8.6'),
      ...images.map((image) => buildImagePod('kafka', image)),
    ];
    expect(readKafkaVersion(pods)).toBe(version);
  });
});
