import { CONSUMER_GROUP_KIND } from '../../lib/contracts/consumer-group.ts';
import { CONSUMER_GROUP_STATUS_SCHEMA } from './consumer-group-status.ts';
import type { ObjectSchema, StringSchema } from './structural-schema.ts';

/*
 * Kafka's own rules for names (https://kafka.apache.org/39/documentation.html), so that a name that Kafka would never
 * take is refused when it is applied. CEL rules cost by what they may have to look at: texts with a rule have a limit.
 */

const TOPIC_NAME = {
  type: 'string',
  minLength: 1,
  maxLength: 249,
  pattern: '^[a-zA-Z0-9._-]+$',
  'x-kubernetes-validations': [
    {
      rule: "self != '.' && self != '..'",
      message: "a topic cannot be named '.' or '..': Kafka makes folders of them",
    },
  ],
} as const satisfies Omit<StringSchema, 'description'>;

/** What the user says. Everything is checked when it is applied, not when the operator gets to it. */
const CONSUMER_GROUP_SPEC_SCHEMA: ObjectSchema = {
  type: 'object',
  description: 'Which group is watched, and whose pods its members are.',
  required: ['groupId', 'topic', 'deployment'],
  properties: {
    groupId: {
      type: 'string',
      description: 'The consumer group as Kafka names it. It cannot be changed.',
      minLength: 1,
      maxLength: 249,
      'x-kubernetes-validations': [
        { rule: 'self == oldSelf', message: 'groupId cannot be changed: another group is another ConsumerGroup' },
      ],
    },
    topic: { ...TOPIC_NAME, description: 'The topic whose partitions the group shares.' },
    deployment: {
      type: 'string',
      description: 'The Deployment or StatefulSet of this namespace whose pods are the members of the group.',
      minLength: 1,
      maxLength: 253,
      pattern: '^[a-z0-9]([-a-z0-9]*[a-z0-9])?(\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*$',
    },
    receiptsTopic: {
      ...TOPIC_NAME,
      description:
        'The topic in which the members account for the records they processed. Without it, pauses of partitions are not known.',
    },
    idleFirstScaleDown: {
      type: 'boolean',
      description:
        'Whether the operator annotates the pods with controller.kubernetes.io/pod-deletion-cost, so that a scale-down takes the members without a partition first.',
      default: true,
    },
  },
  'x-kubernetes-validations': [
    {
      rule: '!has(self.receiptsTopic) || self.receiptsTopic != self.topic',
      message: 'receiptsTopic must not be the topic: what is accounted for would be consumed again',
    },
  ],
};

/** A column of `kubectl get`; those of priority 1 stand there with `--output wide`. */
interface PrinterColumn {
  readonly name: string;
  readonly type: 'string' | 'integer' | 'date';
  readonly description: string;
  readonly jsonPath: string;
  readonly priority?: 1;
}

/** `kubectl get consumergroups` as a dashboard: a group in a line. */
const PRINTER_COLUMNS: readonly PrinterColumn[] = [
  { name: 'State', type: 'string', description: 'State of the group.', jsonPath: '.status.state' },
  { name: 'Members', type: 'integer', description: 'Members of the group.', jsonPath: '.status.members' },
  { name: 'Partitions', type: 'integer', description: 'Partitions of the topic.', jsonPath: '.status.partitions' },
  {
    name: 'Shares',
    type: 'string',
    description: 'Partitions of each pod, the largest share first.',
    jsonPath: '.status.shares',
  },
  { name: 'Idle', type: 'integer', description: 'Members without a partition.', jsonPath: '.status.idle' },
  {
    name: 'Imbalance',
    type: 'integer',
    description: 'Largest share minus smallest.',
    jsonPath: '.status.imbalance',
  },
  { name: 'Lag', type: 'integer', description: 'Records not committed yet.', jsonPath: '.status.lag' },
  {
    name: 'Balanced',
    type: 'string',
    description: 'Whether the partitions are shared as evenly as can be.',
    jsonPath: '.status.conditions[?(@.type=="Balanced")].status',
  },
  {
    name: 'Last Rebalance',
    type: 'string',
    description: 'Cause of the last rebalance.',
    jsonPath: '.status.lastRebalance.cause',
  },
  {
    name: 'Age',
    type: 'date',
    description: 'Since when the group is watched.',
    jsonPath: '.metadata.creationTimestamp',
  },
  { name: 'Topic', type: 'string', description: 'Topic of the group.', jsonPath: '.spec.topic', priority: 1 },
  {
    name: 'Deployment',
    type: 'string',
    description: 'Whose pods the members are.',
    jsonPath: '.spec.deployment',
    priority: 1,
  },
  {
    name: 'Assignor',
    type: 'string',
    description: 'Assignor of the group.',
    jsonPath: '.status.assignor',
    priority: 1,
  },
  {
    name: 'Explanation',
    type: 'string',
    description: 'The state of the group in words.',
    jsonPath: '.status.explanation',
    priority: 1,
  },
];

/** The whole of an object: what the API server checks, defaults and prunes by. */
export const CONSUMER_GROUP_SCHEMA: ObjectSchema = {
  type: 'object',
  description: 'A Kafka consumer group whose members are the pods of a Deployment or a StatefulSet.',
  required: ['spec'],
  properties: { spec: CONSUMER_GROUP_SPEC_SCHEMA, status: CONSUMER_GROUP_STATUS_SCHEMA },
};

/** The definition of the kind ConsumerGroup. */
export const CONSUMER_GROUP_CRD = {
  apiVersion: 'apiextensions.k8s.io/v1',
  kind: 'CustomResourceDefinition',
  metadata: { name: `${CONSUMER_GROUP_KIND.plural}.${CONSUMER_GROUP_KIND.group}` },
  spec: {
    group: CONSUMER_GROUP_KIND.group,
    scope: 'Namespaced',
    names: {
      kind: CONSUMER_GROUP_KIND.kind,
      listKind: 'ConsumerGroupList',
      plural: CONSUMER_GROUP_KIND.plural,
      singular: 'consumergroup',
      shortNames: ['cg'],
      categories: ['kafka-lab'],
    },
    versions: [
      {
        name: CONSUMER_GROUP_KIND.version,
        served: true,
        storage: true,
        subresources: { status: {} },
        additionalPrinterColumns: PRINTER_COLUMNS,
        schema: { openAPIV3Schema: CONSUMER_GROUP_SCHEMA },
      },
    ],
  },
} as const;
