import { describe, expect, it } from '@jest/globals';
import { CONSUMER_GROUP_SCHEMA } from '../../charts/crds/consumer-group-crd.ts';
import { defaultObject, findObjectProblems, pruneObject } from './structural-schema.ts';

const SPEC = { groupId: 'orders', topic: 'orders', deployment: 'shop' };
const CONDITION = {
  type: 'Balanced',
  status: 'True',
  reason: 'EvenShares',
  message: 'Every member owns two partitions.',
  lastTransitionTime: '2026-11-22T10:00:00Z',
};
const STATUS = {
  observedGeneration: 1,
  state: 'Stable',
  assignor: null,
  generation: 7,
  members: 3,
  partitions: 6,
  idle: 0,
  imbalance: 0,
  lag: 5,
  shares: '2,2,2',
  idleMembers: [],
  pods: [
    { name: 'shop-a', node: 'worker', zone: null, phase: 'ready', partitions: [0, 1], lag: 5, idleReason: null },
    { name: 'shop-b', deletionCost: -3, isNextToGo: true },
  ],
  lastRebalance: {
    generation: 7,
    time: '2026-11-22T09:59:00.123Z',
    cause: 'scaled',
    message: 'Scaled from 2 to 3.',
    moved: 2,
    longestPauseMilliseconds: null,
  },
  explanation: 'The partitions are shared evenly.',
  conditions: [CONDITION],
};

function buildGroup(fields: { spec?: object; status?: object } = {}) {
  const { spec = SPEC, status } = fields;
  return {
    apiVersion: 'groups.kafka-lab.dev/v1alpha1',
    kind: 'ConsumerGroup',
    metadata: { name: 'orders' },
    spec,
    ...(status && { status }),
  };
}

function findProblems(group: object, earlier?: object) {
  return findObjectProblems(CONSUMER_GROUP_SCHEMA, group, earlier);
}

describe('the schema of ConsumerGroup', () => {
  it('wants little, and says the rest itself', () => {
    expect(findProblems(buildGroup())).toEqual([]);
    expect(defaultObject(CONSUMER_GROUP_SCHEMA, buildGroup())).toEqual(
      buildGroup({ spec: { ...SPEC, idleFirstScaleDown: true } }),
    );
    const decided = buildGroup({ spec: { ...SPEC, idleFirstScaleDown: false } });
    expect(defaultObject(CONSUMER_GROUP_SCHEMA, decided)).toEqual(decided);
  });

  it('takes the whole status, and keeps all of it', () => {
    const group = buildGroup({ status: STATUS });
    expect(findProblems(group)).toEqual([]);
    expect(pruneObject(CONSUMER_GROUP_SCHEMA, group)).toEqual(group);
  });

  it('drops what it does not know instead of refusing it', () => {
    const group = buildGroup({
      spec: { ...SPEC, colour: 'blue' },
      status: { ...STATUS, pods: [{ name: 'shop-a', colour: 'red' }] },
    });
    expect(findProblems(group)).toEqual([]);
    expect(pruneObject(CONSUMER_GROUP_SCHEMA, group)).toEqual(
      buildGroup({ status: { ...STATUS, pods: [{ name: 'shop-a' }] } }),
    );
  });

  it.each<{ problem: string; spec: object; found: readonly string[] }>([
    {
      problem: 'a missing groupId',
      spec: { topic: 'a', deployment: 'b' },
      found: ['.spec.groupId: missing'],
    },
    { problem: 'nothing', spec: {}, found: ['groupId', 'topic', 'deployment'].map((name) => `.spec.${name}: missing`) },
    { problem: 'an empty groupId', spec: { ...SPEC, groupId: '' }, found: ['.spec.groupId: too short'] },
    { problem: 'a long groupId', spec: { ...SPEC, groupId: 'g'.repeat(250) }, found: ['.spec.groupId: too long'] },
    { problem: 'a long topic', spec: { ...SPEC, topic: 't'.repeat(250) }, found: ['.spec.topic: too long'] },
    {
      problem: 'a topic with a blank',
      spec: { ...SPEC, topic: 'a b' },
      found: ['.spec.topic: not as the pattern wants it'],
    },
    {
      problem: 'a folder as a topic',
      spec: { ...SPEC, topic: '..' },
      found: [expect.stringMatching(/^\.spec\.topic: a topic cannot be named/) as unknown as string],
    },
    {
      problem: 'a folder as the topic of the receipts',
      spec: { ...SPEC, receiptsTopic: '.' },
      found: [expect.stringMatching(/^\.spec\.receiptsTopic: a topic cannot be named/) as unknown as string],
    },
    {
      problem: 'receipts in the topic itself',
      spec: { ...SPEC, receiptsTopic: 'orders' },
      found: [expect.stringMatching(/^\.spec: receiptsTopic must not be the topic/) as unknown as string],
    },
    {
      problem: 'no name of a Deployment',
      spec: { ...SPEC, deployment: 'My_Shop' },
      found: ['.spec.deployment: not as the pattern wants it'],
    },
    {
      problem: 'a word for a truth',
      spec: { ...SPEC, idleFirstScaleDown: 'yes' },
      found: ['.spec.idleFirstScaleDown: no boolean'],
    },
  ])('refuses $problem', ({ spec, found }) => {
    expect(findProblems(buildGroup({ spec }))).toEqual(found);
  });

  it('lets everything be changed but the group', () => {
    const changed = { ...SPEC, topic: 'invoices', deployment: 'billing', receiptsTopic: 'invoices.receipts' };
    expect(findProblems(buildGroup({ spec: changed }), buildGroup())).toEqual([]);
    expect(findProblems(buildGroup({ spec: { ...SPEC, groupId: 'others' } }), buildGroup())).toEqual([
      expect.stringMatching(/^\.spec\.groupId: groupId cannot be changed/),
    ]);
  });

  it.each<{ problem: string; status: object; found: readonly string[] }>([
    { problem: 'a pod twice', status: { pods: [{ name: 'a' }, { name: 'a' }] }, found: ['.status.pods: a key twice'] },
    { problem: 'a pod without a name', status: { pods: [{ node: 'a' }] }, found: ['.status.pods[0].name: missing'] },
    {
      problem: 'more pods than it holds',
      status: { pods: Array.from({ length: 501 }, (_, index) => ({ name: String(index) })) },
      found: ['.status.pods: too many'],
    },
    {
      problem: 'a condition that is no truth',
      status: { conditions: [{ ...CONDITION, status: 'true' }] },
      found: ['.status.conditions[0].status: not one of its words'],
    },
    {
      problem: 'a reason of two words',
      status: { conditions: [{ ...CONDITION, reason: 'even shares' }] },
      found: ['.status.conditions[0].reason: not as the pattern wants it'],
    },
    {
      problem: 'a time of another kind',
      status: { lastRebalance: { ...STATUS.lastRebalance, time: 1_790_000_000 } },
      found: ['.status.lastRebalance.time: no string'],
    },
    {
      problem: 'milliseconds that are no whole number',
      status: { lastRebalance: { ...STATUS.lastRebalance, longestPauseMilliseconds: 1.5 } },
      found: ['.status.lastRebalance.longestPauseMilliseconds: no int64'],
    },
  ])('refuses a status with $problem', ({ status, found }) => {
    expect(findProblems(buildGroup({ status }))).toEqual(found);
  });
});
