import type { Replica } from '../../lib/contracts/replica.ts';
import type { Platform } from '../../platforms/platform.ts';
import { waitUntil } from '../../platforms/wait-until.ts';
import type { GroupView } from '../../lib/contracts/group.ts';
import type { GroupGeneration } from '../../lib/contracts/group-generation.ts';
import { measureBalance } from '../../groups/balance.ts';
import type { LabObserver } from '../history/lab-observer.ts';

/** A group that shares its partitions within one of even. */
export interface BalancedGroup {
  readonly view: GroupView;
  /** The same, as the coordinator wrote it down. */
  readonly generation: GroupGeneration;
  /** When it was first seen, in milliseconds since the epoch. */
  readonly at: number;
  /** From the call to then, in milliseconds. */
  readonly tookMs: number;
}

interface WaitBalancedOptions {
  /** @default 60 s */
  readonly timeoutMs?: number;
  readonly signal?: AbortSignal;
  /** Member ids of processes that have ended: the group may list them until their sessions end. @default none */
  readonly formerMembers?: ReadonlySet<string>;
}

const TIMEOUT_MS = 60_000;
const LOOK_MS = 50;

/**
 * Waits until the group is stable, has exactly the replicas of the platform as members, and has shared the
 * partitions out within one of even.
 *
 * @throws AppError `timed-out` that says what was missing
 */
export async function waitBalanced(
  platform: Pick<Platform, 'listReplicas'>,
  observer: LabObserver,
  replicas: number,
  { timeoutMs = TIMEOUT_MS, signal, formerMembers = new Set() }: WaitBalancedOptions = {},
): Promise<BalancedGroup> {
  const startedAt = Date.now();
  return waitUntil(
    async () => {
      const [view, consumers] = [await observer.inspectGroup(), await platform.listReplicas('consumer')];
      const at = Date.now();
      const missing = describeMissing(view, consumers, replicas);
      if (missing !== undefined) throw new Error(missing);
      const former = view.members.find(({ memberId }) => formerMembers.has(memberId));
      if (former !== undefined) throw new Error(`${former.clientId} is still a member by its former process`);
      const generation = await observer.readLatestGeneration();
      // A group that changed since it was looked at is looked at again.
      if (generation === undefined || !isOf(generation, view)) throw new Error('the group has changed meanwhile');
      return { view, generation, at, tookMs: at - startedAt };
    },
    {
      what: `${String(replicas)} consumers to share the partitions`,
      timeoutMs,
      intervalMs: LOOK_MS,
      ...(signal && { signal }),
    },
  );
}

function isOf({ members }: GroupGeneration, view: GroupView): boolean {
  const ids = new Set(members.map(({ memberId }) => memberId));
  return ids.size === view.members.length && view.members.every(({ memberId }) => ids.has(memberId));
}

function describeMissing(group: GroupView, consumers: readonly Replica[], replicas: number): string | undefined {
  // Without replicas the group is empty once the last has left.
  if (group.state !== (replicas === 0 ? 'Empty' : 'Stable')) return `the group is ${group.state}`;
  const ready = consumers.filter(({ phase }) => phase === 'ready').map(({ name }) => name);
  if (ready.length !== replicas) return `${String(ready.length)} of ${String(replicas)} replicas are ready`;
  const members = group.members.map(({ clientId }) => clientId);
  if (members.length !== replicas || !ready.every((name) => members.includes(name))) {
    return `the members are ${members.join(', ')}`;
  }
  if (replicas === 0) return undefined;
  if (group.partitions.length === 0) return group.explanation;
  const { unowned, isBalanced } = measureBalance(
    group.members,
    group.partitions.map(({ partition }) => partition),
  );
  if (unowned.length > 0) return `partition ${String(unowned[0])} has no owner`;
  return isBalanced ? undefined : group.explanation;
}
