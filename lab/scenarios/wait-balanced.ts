import type { Platform, Replica } from '../../lib/platform/platform.ts';
import { waitUntil } from '../../lib/platform/wait-until.ts';
import type { GroupView } from '../../lib/contracts/group.ts';
import type { LabObserver } from '../history/lab-observer.ts';

export interface BalancedGroup {
  readonly view: GroupView;
  /** From the call to the first sight of the balanced group, in milliseconds. */
  readonly tookMs: number;
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
): Promise<BalancedGroup> {
  const startedAt = Date.now();
  const view = await waitUntil(
    async () => {
      const [group, consumers] = [await observer.inspectGroup(), await platform.listReplicas('consumer')];
      const missing = describeMissing(group, consumers, replicas);
      if (missing !== undefined) throw new Error(missing);
      return group;
    },
    { what: `${String(replicas)} consumers to share the partitions`, timeoutMs: TIMEOUT_MS, intervalMs: LOOK_MS },
  );
  return { view, tookMs: Date.now() - startedAt };
}

function describeMissing(group: GroupView, consumers: readonly Replica[], replicas: number): string | undefined {
  if (group.state !== 'Stable') return `the group is ${group.state}`;
  const ready = consumers.filter(({ phase }) => phase === 'ready').map(({ name }) => name);
  if (ready.length !== replicas) return `${String(ready.length)} of ${String(replicas)} replicas are ready`;
  const members = group.members.map(({ clientId }) => clientId);
  if (members.length !== replicas || !ready.every((name) => members.includes(name))) {
    return `the members are ${members.join(', ')}`;
  }
  const ownerless = group.partitions.filter(({ owner }) => owner === null);
  if (ownerless.length > 0) return `partition ${String(ownerless[0]?.partition)} has no owner`;
  const sizes = group.members.map(({ partitions }) => partitions.length);
  return Math.max(...sizes) - Math.min(...sizes) > 1 ? group.explanation : undefined;
}
