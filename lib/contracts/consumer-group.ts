/** The kind ConsumerGroup: what it is called in the API of Kubernetes. */
export const CONSUMER_GROUP_KIND = {
  group: 'groups.kafka-lab.dev',
  version: 'v1alpha1',
  kind: 'ConsumerGroup',
  plural: 'consumergroups',
} as const;
