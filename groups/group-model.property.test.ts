import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { groupSnapshotSchema } from '../lib/contracts/lab-snapshot.ts';
import { FAULT_KINDS, PHASES } from '../lib/contracts/replica.ts';
import {
  buildGeneration,
  buildMember,
  buildReceipt,
  buildReplica,
  buildView,
  iso,
  second,
  tellFault,
  tellPhase,
  tellRemoved,
  tellScaled,
} from './testing/group-fixture.ts';
import { GroupModel } from './group-model.ts';

type Step = (model: GroupModel) => void;

const NAMES = ['consumer-1', 'consumer-2', 'consumer-3', 'consumer-5c8b-aaaaa', 'tool'];
const PARTITIONS = 5;

const name = fc.constantFrom(...NAMES);
const phase = fc.constantFrom(...PHASES);
/** Seconds, mostly in order, sometimes not. */
const time = fc.integer({ min: -100, max: 400 });
const text = fc.option(fc.constantFrom('Evicted', 'deleted', 'OOMKilled', ''), { nil: undefined });

/** Who owns which partition: each is given to one membership at most, as the coordinator sees to it. */
const owners = fc.array(fc.record({ name, id: fc.nat({ max: 2 }), isForeign: fc.boolean(), startedAt: time }), {
  maxLength: 6,
});
const members = fc
  .tuple(owners, fc.array(fc.nat({ max: 6 }), { minLength: PARTITIONS, maxLength: PARTITIONS }))
  .map(([all, given]) => {
    const unique = all.filter(
      (one, index) => all.findIndex((other) => other.name === one.name && other.id === one.id) === index,
    );
    return unique.map((one, index) => {
      const owned = given.flatMap((owner, partition) => (owner === index ? [partition] : []));
      const startedAt = one.isForeign ? null : one.startedAt;
      return buildMember(one.name, owned, { memberId: `${one.name}-m${String(one.id)}`, startedAt });
    });
  });

const replica = fc
  .record({ name, phase, startedAt: fc.option(time, { nil: undefined }), cost: fc.integer({ min: -5, max: 5 }) })
  .map(({ name: of, phase: now, startedAt, cost }) =>
    buildReplica(of, {
      phase: now,
      startedAt: startedAt === undefined ? undefined : iso(startedAt),
      deletionCost: cost,
    }),
  );

const event = fc.oneof(
  fc.tuple(time, name, fc.option(phase, { nil: undefined }), phase, text).map((facts) => tellPhase(...facts)),
  fc.tuple(time, name, text).map(([at, of, reason]) => tellRemoved(at, of, reason)),
  fc.tuple(time, fc.constantFrom(...FAULT_KINDS), name).map((facts) => tellFault(...facts)),
  fc.tuple(time, fc.nat({ max: 9 }), fc.nat({ max: 9 })).map((facts) => tellScaled(...facts)),
);

const step: fc.Arbitrary<Step> = fc.oneof(
  event.map(
    (told): Step =>
      (model) =>
        model.observeEvent(told),
  ),
  fc
    .record({
      members,
      partitions: fc.nat({ max: PARTITIONS }),
      state: fc.constantFrom('Stable', 'Stable', 'Empty', 'Dead', 'PreparingRebalance', 'CompletingRebalance'),
      offset: fc.nat({ max: 1000 }),
      at: time,
    })
    .map(({ at, offset, ...facts }): Step => {
      const offsets = (partition: number) => [offset * (partition + 1), partition === 0 ? null : offset] as const;
      return (model) => model.observeGroup(buildView(facts.members, { ...facts, offsets }), second(at));
    }),
  fc.record({ replicas: fc.uniqueArray(replica, { selector: (one) => one.name }), wanted: fc.nat({ max: 5 }) }).map(
    ({ replicas, wanted }): Step =>
      (model) =>
        model.observeReplicas(replicas, wanted),
  ),
  fc
    .record({ generation: fc.integer({ min: 1, max: 9 }), at: time, members })
    .map(({ generation, at, members: all }): Step => {
      const owned = Object.fromEntries(
        all.map((member) => [`${member.clientId}/${member.memberId}`, member.partitions] as const),
      );
      return (model) => model.observeGenerations([buildGeneration(generation, at, owned)]);
    }),
  fc
    .array(
      fc.record({
        at: time,
        offset: fc.nat({ max: 9 }),
        partition: fc.nat({ max: 6 }),
        generation: fc.nat({ max: 9 }),
      }),
    )
    .map((receipts): Step => {
      const told = receipts.map(({ at, offset, ...facts }) => buildReceipt(at, offset, facts));
      return (model) => model.observeReceipts(told);
    }),
);

const story = fc.record({
  order: fc.constantFrom('newest' as const, 'kubernetes' as const),
  steps: fc.array(step, { minLength: 1, maxLength: 40 }),
  now: time,
});

function play({ order, steps, now }: { order: 'newest' | 'kubernetes'; steps: readonly Step[]; now: number }) {
  const model = new GroupModel({ groupId: 'app', topic: 'app', deployment: 'consumer', scaleDownOrder: order });
  for (const one of steps) one(model);
  return model.snapshot(second(now));
}

describe('GroupModel, whatever it is told in whatever order', () => {
  it('gives a snapshot that keeps to its schema', () => {
    fc.assert(
      fc.property(story, (facts) => {
        expect(groupSnapshotSchema.safeParse(play(facts)).error).toBeUndefined();
      }),
      { numRuns: 1000 },
    );
  });

  it('shows each owned partition once: with a pod, a ghost, or a member that is none of the pods', () => {
    fc.assert(
      fc.property(story, (facts) => {
        const { pods, members: shown } = play(facts);
        const ofPods = new Set(pods.map(({ memberId }) => memberId));
        const others = shown.filter(({ memberId, ghost }) => ghost !== null || !ofPods.has(memberId));
        const all = [...pods, ...others].flatMap(({ partitions }) => partitions);
        const owned = shown.flatMap(({ partitions }) => partitions);
        expect(all.toSorted((a, b) => a - b)).toEqual(owned.toSorted((a, b) => a - b));
      }),
      { numRuns: 1000 },
    );
  });

  it('says no nonsense', () => {
    fc.assert(
      fc.property(story, (facts) => {
        const snapshot = play(facts);
        const sentences = [
          ...snapshot.explanations.map(({ sentence }) => sentence),
          ...snapshot.rebalances.map(({ cause }) => cause.sentence),
          ...snapshot.pods.map(({ idleReason }) => idleReason ?? ''),
        ];
        for (const sentence of sentences) expect(sentence).not.toMatch(/NaN|undefined|null|Infinity|\(\)/);
      }),
      { numRuns: 1000 },
    );
  });

  it('calls no group balanced that has a ghost, a stranger, an unready pod or a partition without an owner', () => {
    fc.assert(
      fc.property(story, (facts) => {
        const { isBalanced, state, pods, members: shown, partitions, wantedReplicas, imbalance } = play(facts);
        const mustNot =
          state !== 'Stable' ||
          imbalance > 1 ||
          shown.some(({ ghost, pod }) => ghost !== null || pod === null) ||
          pods.some((pod) => pod.phase !== 'ready' || pod.memberId === null) ||
          partitions.some(({ owner }) => owner === null) ||
          pods.length !== (wantedReplicas ?? pods.length) ||
          shown.length !== pods.length ||
          pods.length === 0;
        expect(isBalanced && mustNot).toBe(false);
      }),
      { numRuns: 1000 },
    );
  });
});
