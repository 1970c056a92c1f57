import type { ObjectSchema } from './structural-schema.ts';

/*
 * What the operator tells. Numbers and texts have no bounds here: a status that is refused would leave an old one in
 * its place. What is not known is absent, or null.
 */

const POD_SCHEMA: ObjectSchema = {
  type: 'object',
  description: 'A pod of the Deployment.',
  required: ['name'],
  properties: {
    name: { type: 'string', description: 'Name of the pod, which is its Kafka client id.' },
    node: { type: 'string', description: 'Node that it runs on.' },
    zone: { type: 'string', description: 'Zone of the node.', nullable: true },
    phase: { type: 'string', description: 'How far it has come: starting, ready, unready, terminating and so on.' },
    partitions: {
      type: 'array',
      description: 'Partitions that it owns.',
      items: { type: 'integer', format: 'int32', description: 'Number of a partition.' },
      'x-kubernetes-list-type': 'atomic',
    },
    lag: { type: 'integer', format: 'int64', description: 'Records of its partitions that are not committed yet.' },
    idleReason: { type: 'string', description: 'Why it is a member without a partition.', nullable: true },
    deletionCost: {
      type: 'integer',
      format: 'int32',
      description: 'What the operator has written as its deletion cost: a scale-down takes the lowest first.',
      nullable: true,
    },
    isNextToGo: {
      type: 'boolean',
      description: 'Whether the next scale-down by one takes this pod, as far as can be told.',
    },
  },
};

const LAST_REBALANCE_SCHEMA: ObjectSchema = {
  type: 'object',
  description: 'The last rebalance of the group.',
  nullable: true,
  required: ['generation', 'time', 'cause', 'message'],
  properties: {
    generation: { type: 'integer', format: 'int64', description: 'Generation that it led to.' },
    time: { type: 'string', format: 'date-time', description: 'When the new assignment was written down.' },
    cause: { type: 'string', description: 'Its cause in a word, such as scaled, rolled or killed.' },
    message: { type: 'string', description: 'Its cause in a sentence.' },
    moved: { type: 'integer', format: 'int32', description: 'Partitions that got another owner.' },
    longestPauseMilliseconds: {
      type: 'integer',
      format: 'int64',
      description: 'Longest silence of a partition, by the receipts.',
      nullable: true,
    },
  },
};

/** As `metav1.Condition`, whose rules every tool expects that waits for a condition. */
const CONDITION_SCHEMA: ObjectSchema = {
  type: 'object',
  description: 'Whether something holds, since when, and why.',
  required: ['type', 'status', 'lastTransitionTime', 'reason', 'message'],
  properties: {
    type: {
      type: 'string',
      description: 'What holds or not: Available, Balanced or FullyUsed.',
      maxLength: 316,
      pattern:
        '^([a-z0-9]([-a-z0-9]*[a-z0-9])?(\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*/)?(([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9])$',
    },
    status: { type: 'string', description: 'True, False or Unknown.', enum: ['True', 'False', 'Unknown'] },
    observedGeneration: {
      type: 'integer',
      format: 'int64',
      description: 'Generation of this object for which it was found.',
      minimum: 0,
    },
    lastTransitionTime: { type: 'string', format: 'date-time', description: 'When the status last changed.' },
    reason: {
      type: 'string',
      description: 'Why, in a word.',
      minLength: 1,
      maxLength: 1024,
      pattern: '^[A-Za-z]([A-Za-z0-9_,:]*[A-Za-z0-9_])?$',
    },
    message: { type: 'string', description: 'Why, in a sentence.', maxLength: 32_768 },
  },
};

/** What the operator has found, and for which generation of the object. */
export const CONSUMER_GROUP_STATUS_SCHEMA: ObjectSchema = {
  type: 'object',
  description: 'What the operator has found.',
  properties: {
    observedGeneration: {
      type: 'integer',
      format: 'int64',
      description: 'Generation of this object that the status is of.',
    },
    state: { type: 'string', description: 'State of the group as Kafka names it; Unknown when it could not be asked.' },
    assignor: { type: 'string', description: 'Assignor that the members have agreed on.', nullable: true },
    generation: { type: 'integer', format: 'int64', description: 'Generation of the group.', nullable: true },
    members: { type: 'integer', format: 'int32', description: 'Members of the group.' },
    partitions: { type: 'integer', format: 'int32', description: 'Partitions of the topic.' },
    idle: { type: 'integer', format: 'int32', description: 'Members that read the topic and own no partition.' },
    imbalance: {
      type: 'integer',
      format: 'int32',
      description: 'Most partitions of a member minus least, of those that read the topic.',
    },
    lag: { type: 'integer', format: 'int64', description: 'Records of the topic that are not committed yet.' },
    shares: { type: 'string', description: 'Partitions of each pod, the largest share first, such as 2,2,2.' },
    idleMembers: {
      type: 'array',
      description: 'Client ids of the members that read the topic and own no partition, 100 at most.',
      items: { type: 'string', description: 'A client id, which is the name of a pod.' },
      'x-kubernetes-list-type': 'atomic',
    },
    pods: {
      type: 'array',
      description: 'The pods of the Deployment, 500 at most.',
      items: POD_SCHEMA,
      maxItems: 500,
      'x-kubernetes-list-type': 'map',
      'x-kubernetes-list-map-keys': ['name'],
    },
    lastRebalance: LAST_REBALANCE_SCHEMA,
    explanation: { type: 'string', description: 'The state of the group in words, the most important first.' },
    conditions: {
      type: 'array',
      description: 'What holds of the group: Available, Balanced, FullyUsed.',
      items: CONDITION_SCHEMA,
      'x-kubernetes-list-type': 'map',
      'x-kubernetes-list-map-keys': ['type'],
    },
  },
};
