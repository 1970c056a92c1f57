import type { GroupSnapshot, LabHistory, LabSnapshot } from '../lib/contracts/lab-snapshot.ts';
import { MAX_PROCESSING_DELAY_MS, MAX_RATE_PER_SECOND } from '../lib/contracts/lab-snapshot.ts';
import { LARGEST_SCALE } from '../lib/contracts/largest-scale.ts';
import type { FaultKind, Workload } from '../lib/contracts/replica.ts';
import { AppError } from '../lib/errors/app-error.ts';
import type { Platform } from '../platforms/platform.ts';
import type { ClusterWatch } from './cluster-watch.ts';
import type { Contact } from '../platforms/contact.ts';
import type { GroupWatch } from './group-watch.ts';
import { createListeners, type Listeners } from './listeners.ts';
import type { ServiceSettings } from './service-settings.ts';

/** The watches that the document is put together from, and what of the lab may be changed. */
export interface LabWatchOptions {
  readonly platform: Platform;
  readonly cluster: ClusterWatch;
  readonly settings: ServiceSettings;
  /** The groups by name, in the order in which they are offered. */
  readonly listGroups: () => ReadonlyMap<string, GroupWatch>;
  /** Whether the API server of the cluster answers. @default there is none */
  readonly readApiServer?: () => Contact;
  /** Why nothing may be changed from the page. @default it may */
  readonly readOnlyReason?: string;
}

/** Everything that the page shows, in one document. Listeners are called soon after a change, once for what changed together. */
export interface LabWatch extends Pick<Listeners, 'subscribe'> {
  /** @throws AppError `no-such-target` when there is no group, or none of that name */
  snapshot(group?: string): LabSnapshot;
  /** @throws AppError `no-such-target` */
  history(group?: string): LabHistory;
  /** To be called when the groups are others than before. */
  touch(): void;
}

/** Moves and pauses that a document tells of, of all rebalances together: it is sent whole, to whoever looks. */
const MOST_DETAILS = 3000;
/** Members that a document tells of: nobody looks at more, and a group takes as many as come. */
const MOST_MEMBERS = 200;
/** What changes together is shown together. */
const SETTLE_MS = 40;

/** Leaves out the oldest rebalances when there is too much to tell of them; the newest is always told. */
function boundDetail(group: GroupSnapshot): GroupSnapshot {
  let details = 0;
  const rebalances = group.rebalances.filter(({ moves, pauses }, index) => {
    details += moves.length + pauses.length;
    return index === 0 || details <= MOST_DETAILS;
  });
  return rebalances.length === group.rebalances.length ? group : { ...group, rebalances };
}

/** Leaves out members when there are too many to tell of them; those of the Deployment are told first. */
function boundMembers(group: GroupSnapshot): GroupSnapshot {
  if (group.members.length <= MOST_MEMBERS) return group;
  const [pods, others] = [true, false].map((isPod) => group.members.filter(({ pod }) => (pod !== null) === isPod));
  const members = [...(pods ?? []), ...(others ?? [])].slice(0, MOST_MEMBERS);
  return { ...group, members, membersLeftOut: group.members.length - members.length };
}

/** Puts the document together whenever it is asked for: it looks at nothing itself, so that there is nothing to stop. */
export function createLabWatch(options: LabWatchOptions): LabWatch {
  const { platform, cluster, settings, listGroups, readOnlyReason } = options;
  const { notify, subscribe } = createListeners();
  const followed = new Map<GroupWatch, () => void>();
  let pending: NodeJS.Timeout | undefined;

  const touch = (): void => {
    followGroups();
    pending ??= setTimeout(() => {
      pending = undefined;
      notify();
    }, SETTLE_MS);
  };
  /** Listens to the groups there are, and no more to those that are gone. */
  const followGroups = (): void => {
    const groups = new Set(listGroups().values());
    for (const [group, unfollow] of followed) {
      if (groups.has(group)) continue;
      unfollow();
      followed.delete(group);
    }
    for (const group of groups) if (!followed.has(group)) followed.set(group, group.subscribe(touch));
  };
  const find = (name: string | undefined): readonly [string, GroupWatch] => {
    const found = [...listGroups()].find(([known]) => name === undefined || known === name);
    if (found !== undefined) return found;
    throw new AppError(
      'no-such-target',
      name === undefined ? 'there is no group to look at yet' : `there is no group ${name}`,
      { retriable: true },
    );
  };
  cluster.subscribe(touch);
  followGroups();
  return {
    touch,
    snapshot(wanted) {
      const [name, watch] = find(wanted);
      // Others' Deployments are looked at only.
      const isOurs = watch.group.deployment === 'consumer';
      const listKinds = (workload: Workload): FaultKind[] => [...(platform.faultKinds?.[workload] ?? [])];
      return {
        at: Date.now(),
        platform: platform.name,
        groups: [...listGroups().keys()],
        name,
        group: boundMembers(boundDetail(watch.snapshot())),
        groupContact: watch.contact,
        ...cluster.snapshot(),
        apiServer: options.readApiServer?.() ?? null,
        controls: {
          isReadOnly: readOnlyReason !== undefined,
          readOnlyReason: readOnlyReason ?? null,
          scalable: isOurs ? ['consumer', 'producer'] : ['producer'],
          maxReplicas: LARGEST_SCALE,
          faults: {
            consumer: isOurs ? listKinds('consumer') : [],
            producer: listKinds('producer'),
            kafka: listKinds('kafka'),
            zookeeper: listKinds('zookeeper'),
          },
          maxRatePerSecond: MAX_RATE_PER_SECOND,
          maxProcessingDelayMs: MAX_PROCESSING_DELAY_MS,
        },
        load: { ratePerSecond: settings.ratePerSecond },
        processingDelayMs: settings.processingDelayMs ?? null,
      };
    },
    history: (name) => find(name)[1].history(),
    subscribe,
  };
}
