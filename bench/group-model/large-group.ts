import type { GroupMember, GroupPartition, GroupView } from '../../lib/contracts/group.ts';
import type { GroupSnapshot } from '../../lib/contracts/lab-snapshot.ts';
import { GroupModel } from '../../groups/group-model.ts';
import type { GroupReplica } from '../../groups/group-replica.ts';

export interface LargeGroupOptions {
  readonly partitions: number;
  readonly members: number;
  /** Rebalances that the model has seen, each of which moves every partition and is followed by its pause. */
  readonly rebalances: number;
}

/** A model of a large group, and what it is told again and again. */
export interface LargeGroup {
  /** Prepares what is told of the group after so many looks, and returns one pass over it. */
  prepare(look: number): () => GroupSnapshot;
}

const GROUP = { groupId: 'app', topic: 'app' };
const START = Date.UTC(2026, 0, 1);
/** Between two looks, as the live page has it. */
const LOOK_MS = 400;
const SESSION_TIMEOUT_MS = 10_000;
const RECORDS_PER_LOOK = 40;

export function createLargeGroup({ partitions, members, rebalances }: LargeGroupOptions): LargeGroup {
  const model = new GroupModel({ ...GROUP, deployment: 'consumer', scaleDownOrder: 'kubernetes' });
  const numbers = Array.from({ length: partitions }, (_, partition) => partition);
  const share = (generation: number): readonly GroupMember[] => {
    const owned = Map.groupBy(numbers, (partition) => (partition + generation) % members);
    return Array.from({ length: members }, (_, index) => buildMember(index, owned.get(index) ?? []));
  };
  const current = share(rebalances);
  const replicas = current.map(({ clientId }, index) => buildReplica(clientId, index));

  for (let generation = 1; generation <= rebalances; generation += 1) {
    const at = START - (rebalances - generation + 1) * 60_000;
    model.observeGenerations([
      {
        generation,
        assignor: 'sticky',
        at,
        members: share(generation).map(({ memberId, clientId, partitions: owned }) => ({
          memberId,
          clientId,
          sessionTimeoutMs: SESSION_TIMEOUT_MS,
          partitions: { [GROUP.topic]: owned },
        })),
      },
    ]);
    // Pauses are measured where records arrive all the time.
    for (const step of [0, 1]) {
      const view = buildView(current, numbers, (generation - rebalances) * 10 + step - 10);
      model.observeGroup(view, at - 30_000 + step * 1000);
    }
    const receipt = { topic: GROUP.topic, from: generation, to: generation, member: 'consumer', generation };
    const times = { startedAt: new Date(at).toISOString(), finishedAt: new Date(at).toISOString() };
    model.observeReceipts(numbers.map((partition) => ({ ...receipt, ...times, partition })));
  }
  return {
    prepare(look) {
      const at = START + look * LOOK_MS;
      const view = buildView(current, numbers, look);
      return () => {
        model.observeGroup(view, at);
        model.observeReplicas(replicas, members);
        return model.snapshot(at);
      };
    },
  };
}

function buildMember(index: number, partitions: number[]): GroupMember {
  const clientId = `consumer-7d9f8b6c5-${index.toString(36).padStart(5, '0')}`;
  return {
    memberId: `${clientId}-3f0e6c1a-9d52-4b43-8d1f-5b7f6a2c0e11`,
    clientId,
    host: `10.244.1.${String(index)}`,
    identity: { pod: clientId, uid: `uid-${clientId}`, startedAt: '2025-12-31T00:00:01.000Z', node: 'node-1' },
    reads: 'topic',
    partitions,
    absentPartitions: 0,
  };
}

function buildReplica(name: string, index: number): GroupReplica {
  return {
    name,
    uid: `uid-${name}`,
    ordinal: undefined,
    node: `node-${String(index % 8)}`,
    zone: `zone-${String(index % 3)}`,
    phase: 'ready',
    startedAt: '2025-12-31T00:00:00.000Z',
    restarts: 0,
    deletionCost: index % 7,
  };
}

/** Every partition has moved on with every look; a third of them is behind. */
function buildView(members: readonly GroupMember[], numbers: readonly number[], look: number): GroupView {
  const owners = new Map(
    members.flatMap(({ clientId, partitions }) => partitions.map((partition) => [partition, clientId] as const)),
  );
  const partitions = numbers.map((partition): GroupPartition => {
    const logEndOffset = 1_000_000 + look * RECORDS_PER_LOOK + partition;
    const lag = partition % 3 === 0 ? RECORDS_PER_LOOK : 0;
    const owner = owners.get(partition) ?? null;
    return { partition, owner, logEndOffset, committedOffset: logEndOffset - lag, lag };
  });
  return {
    ...GROUP,
    state: 'Stable',
    assignor: 'sticky',
    coordinator: 1,
    members: [...members],
    partitions,
    idle: [],
    lag: partitions.reduce((sum, { lag }) => sum + lag, 0),
    explanation: '',
  };
}
