import { describe, expect, it } from '@jest/globals';
import { CONSUMER_GROUP_CRD, CONSUMER_GROUP_SCHEMA } from '../../charts/crds/consumer-group-crd.ts';
import { CONSUMER_GROUP_KIND } from '../../lib/contracts/consumer-group.ts';
import { causeKindSchema, type GroupSnapshot, type Rebalance } from '../../lib/contracts/lab-snapshot.ts';
import { buildGroup, buildLabMember, buildLabPod, buildRebalance, NOW } from '../../live/testing/lab-fixture.ts';
import { buildStatus, type StatusFacts } from '../../services/operator/build-status.ts';
import { consumerGroupSchema } from '../../services/operator/consumer-group.ts';
import { findObjectProblems, pruneObject } from './structural-schema.ts';

const WELL = buildGroup();
const REACHABLE = { isReachable: true, since: NOW };
const GHOST = { reason: 'its process was killed', expiresAt: null };

function buildObject(group: GroupSnapshot, facts: Partial<StatusFacts> = {}) {
  const given = {
    group,
    contact: REACHABLE,
    observedGeneration: 2,
    now: NOW,
    deletionCosts: new Map<string, number>(),
  };
  const status = buildStatus({ ...given, ...facts }, []);
  return {
    apiVersion: `${CONSUMER_GROUP_KIND.group}/${CONSUMER_GROUP_KIND.version}`,
    kind: CONSUMER_GROUP_KIND.kind,
    metadata: { name: 'app', namespace: 'kafka-lab', uid: '0a1b2c3d', generation: 2 },
    spec: { groupId: 'app', topic: 'app', deployment: 'consumer' },
    // As it is sent.
    status: JSON.parse(JSON.stringify(status)) as object,
  };
}

/** Together they have every reason of every condition, and every field of the status with and without a value. */
const GROUPS: readonly { what: string; group: GroupSnapshot; facts?: Partial<StatusFacts> }[] = [
  { what: 'a group that is well', group: WELL, facts: { deletionCosts: new Map([['consumer-a', 2]]) } },
  {
    what: 'a group that was never seen',
    group: buildGroup({}, { state: 'Unknown', generation: null, assignor: null }),
  },
  { what: 'a group without members', group: buildGroup({}, { explanations: [] }) },
  { what: 'Kafka away', group: WELL, facts: { contact: { isReachable: false, since: NOW } } },
  { what: 'a rebalance', group: { ...WELL, isBalanced: false, state: 'PreparingRebalance' } },
  {
    what: 'a ghost',
    group: { ...WELL, isBalanced: false, members: [...WELL.members, buildLabMember('c', { ghost: GHOST })] },
  },
  { what: 'no Deployment', group: { ...WELL, isBalanced: false, wantedReplicas: null } },
  { what: 'missing replicas', group: { ...WELL, isBalanced: false, wantedReplicas: 9 } },
  { what: 'replicas that leave', group: { ...WELL, isBalanced: false, wantedReplicas: 1 } },
  {
    what: 'a foreign member',
    group: { ...WELL, isBalanced: false, members: [...WELL.members, buildLabMember('kcat', { pod: null })] },
  },
  { what: 'uneven shares', group: buildGroup({ a: [0, 1, 2], b: [] }) },
  {
    what: 'a pod that is nowhere yet',
    group: {
      ...WELL,
      pods: [buildLabPod('c', { zone: null, node: 'unscheduled', phase: 'starting', memberId: null })],
    },
  },
  {
    what: 'more pods than the schema takes',
    group: buildGroup(Object.fromEntries(Array.from({ length: 700 }, (_, pod) => [`pod-${String(pod)}`, [pod]]))),
  },
  ...causeKindSchema.options.map((kind) => ({
    what: `a rebalance that was ${kind}`,
    group: { ...WELL, rebalances: [buildRebalance(7, withCause(kind))] },
  })),
];

function withCause(kind: Rebalance['cause']['kind']): Partial<Rebalance> {
  return { cause: { kind, sentence: 'as it was' }, longestPauseMs: kind === 'unknown' ? null : 1234 };
}

describe('the status that the operator writes', () => {
  it.each(GROUPS)('is taken by the API server, and kept whole: $what', ({ group, facts }) => {
    const object = buildObject(group, facts);
    expect(findObjectProblems(CONSUMER_GROUP_SCHEMA, object)).toEqual([]);
    expect(pruneObject(CONSUMER_GROUP_SCHEMA, object)).toEqual(object);
  });

  it.each(GROUPS)('is what the operator goes on from after a restart: $what', ({ group, facts }) => {
    const object = buildObject(group, facts);
    const { status } = consumerGroupSchema.parse(object);
    expect(object.status).toMatchObject({ conditions: status?.conditions });
    expect(object.status).toMatchObject(status?.lastRebalance ? { lastRebalance: status.lastRebalance } : {});
    expect(status?.lastRebalance === undefined).toBe(group.rebalances.length === 0);
  });

  it('is of the kind that the definition defines', () => {
    const { group, names, versions } = CONSUMER_GROUP_CRD.spec;
    const { kind, plural } = names;
    expect(CONSUMER_GROUP_KIND).toEqual({ group, version: versions[0].name, kind, plural });
  });
});
