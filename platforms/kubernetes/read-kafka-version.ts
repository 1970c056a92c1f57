import type { V1Pod } from '@kubernetes/client-node';
import { readWorkload } from './lab-pods.ts';

/** The tags of the brokers' images, which are Kafka's versions; undefined when none has one. */
export function readKafkaVersion(pods: readonly V1Pod[]): string | undefined {
  const images = pods
    .filter((pod) => readWorkload(pod) === 'kafka')
    .flatMap((pod) => pod.spec?.containers.find(({ name }) => name === 'kafka')?.image ?? []);
  const tags = images.flatMap((image) => /^[^@]*:([^:@/]+)(?:@|$)/.exec(image)?.[1] ?? []);
  return tags.length === 0 ? undefined : [...new Set(tags)].sort().join(', ');
}
