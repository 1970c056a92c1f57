import type { GroupSnapshot, LabHistory } from '../lib/contracts/lab-snapshot.ts';
import { messageOf } from '../lib/errors/app-error.ts';
import type { ScaleDownOrder } from '../lib/contracts/replica.ts';
import { GroupModel } from '../groups/group-model.ts';
import { createLagHistory } from '../groups/lag-history.ts';
import type { PlatformEvent } from '../lib/contracts/platform-event.ts';
import { noteContact, type Contact } from '../platforms/contact.ts';
import { createGroupLook, type GroupLookOptions, type WatchedGroup } from './group-look.ts';
import { keepDoing } from './keep-doing.ts';
import { createListeners, type Listeners } from './listeners.ts';
import type { ReplicaSource } from './replica-source.ts';

/** A group, where its replicas are listed, and how often it is looked at. */
export interface GroupWatchOptions extends GroupLookOptions {
  readonly replicas: ReplicaSource;
  readonly scaleDownOrder: ScaleDownOrder;
  /** Between two looks at the group, in milliseconds. @default 400 */
  readonly lookMs?: number;
}

/** A group that is looked at all the time. */
export interface GroupWatch extends Pick<Listeners, 'subscribe'> {
  readonly group: WatchedGroup;
  /** What is known now. */
  snapshot(): GroupSnapshot;
  /** The last minutes. */
  history(): LabHistory;
  /** Whether the coordinator told of the group at the last look. */
  readonly contact: Contact;
  stop(): Promise<void>;
}

const LIST_REPLICAS_MS = 2000;
/** Viewers, the operator and its metrics ask at the same moment, after each change. */
const SAME_MOMENT_MS = 100;

/** Begins to look at a group and its replicas, again and again, until it is stopped. */
export function startGroupWatch(options: GroupWatchOptions): GroupWatch {
  const { replicas, logger, lookMs = 400, groupId } = options;
  const model = new GroupModel(options);
  const history = createLagHistory();
  const look = createGroupLook(options, model);
  const { notify, subscribe } = createListeners();
  const ending = new AbortController();
  const { signal } = ending;
  let contact: Contact = { isReachable: false, since: Date.now() };
  let latest: { readonly at: number; readonly group: GroupSnapshot } | undefined;

  const snapshot = (): GroupSnapshot => {
    const now = Date.now();
    if (latest === undefined || Math.abs(now - latest.at) > SAME_MOMENT_MS) {
      latest = { at: now, group: model.snapshot(now) };
    }
    return latest.group;
  };
  const tell = (): void => {
    latest = undefined;
    notify();
  };

  const listReplicas = async (): Promise<void> => {
    try {
      model.observeReplicas(await replicas.list(), await replicas.readWanted());
    } catch (error) {
      logger.debug(`the replicas of ${options.deployment} are not known: ${messageOf(error)}`);
    }
    tell();
  };

  const lookOnce = async (): Promise<void> => {
    const isReachable = await look().then(
      () => true,
      (error: unknown) => {
        if (!signal.aborted) logger.debug(`group ${groupId}: ${messageOf(error)}`);
        return false;
      },
    );
    contact = noteContact(contact, isReachable, Date.now());
    tell();
    if (isReachable) history.take(Date.now(), snapshot());
  };

  const unsubscribe = replicas.subscribe((event: PlatformEvent) => {
    model.observeEvent(event);
    void listReplicas();
  });
  const looking = Promise.all([keepDoing(lookOnce, lookMs, signal), keepDoing(listReplicas, LIST_REPLICAS_MS, signal)]);
  return {
    group: options,
    snapshot,
    history: () => ({ groupId, samples: [...history.list()] }),
    get contact() {
      return contact;
    },
    subscribe,
    async stop() {
      ending.abort();
      unsubscribe();
      await looking;
    },
  };
}
