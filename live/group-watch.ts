import type { GroupSnapshot, LabHistory } from '../lib/contracts/lab-snapshot.ts';
import { messageOf } from '../lib/errors/app-error.ts';
import type { ScaleDownOrder } from '../lib/contracts/replica.ts';
import { GroupModel } from '../groups/group-model.ts';
import { createLagHistory } from '../groups/lag-history.ts';
import type { ClusterConnection } from '../kafka/cluster-connection.ts';
import { createGroupHistoryReader } from '../kafka/group-history.ts';
import { createGroupInspector } from '../kafka/group-inspector.ts';
import { createLogReader } from '../kafka/log-reader.ts';
import type { Logger } from '../lib/log/create-logger.ts';
import type { PlatformEvent } from '../lib/contracts/platform-event.ts';
import { noteContact, type Contact } from '../platforms/contact.ts';
import { keepDoing } from './keep-doing.ts';
import { createListeners, type Listeners } from './listeners.ts';
import { createReceiptTail } from './receipt-tail.ts';
import type { ReplicaSource } from './replica-source.ts';
import { createUnreadableWatch } from './unreadable-watch.ts';

export interface WatchedGroup {
  readonly groupId: string;
  readonly topic: string;
  readonly deployment: string;
  /** The ledger, by which pauses are measured. @default none: pauses are not known */
  readonly receiptsTopic?: string;
}

export interface GroupWatchOptions extends WatchedGroup {
  readonly connection: ClusterConnection;
  readonly replicas: ReplicaSource;
  readonly scaleDownOrder: ScaleDownOrder;
  readonly logger: Logger;
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

/** History and receipts are read this often, and at once when the group has changed. */
const READ_LOGS_MS = 1000;
const LIST_REPLICAS_MS = 2000;
/** Viewers, the operator and its metrics ask at the same moment, after each change. */
const SAME_MOMENT_MS = 100;

export function startGroupWatch(options: GroupWatchOptions): GroupWatch {
  const { connection, replicas, logger, lookMs = 400, groupId, topic } = options;
  const model = new GroupModel(options);
  const history = createLagHistory();
  const log = createLogReader(connection);
  const inspector = createGroupInspector(connection);
  const generations = createGroupHistoryReader(log, groupId);
  const receipts = options.receiptsTopic === undefined ? undefined : createReceiptTail(log, options.receiptsTopic);
  const unreadable = createUnreadableWatch(log, topic, logger);
  const { notify, subscribe } = createListeners();
  const ending = new AbortController();
  const { signal } = ending;
  let contact: Contact = { isReachable: false, since: Date.now() };
  let shape = '';
  let readLogsAt = 0;
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

  const look = async (): Promise<void> => {
    const view = await inspector.inspect(groupId, topic);
    const now = Date.now();
    const newShape = JSON.stringify([
      view.state,
      view.members.map(({ memberId, partitions }) => [memberId, partitions]),
    ]);
    // The coordinator writes a generation down before it answers with it.
    if (newShape !== shape || now - readLogsAt >= READ_LOGS_MS) {
      model.observeGenerations(await generations.readNew());
      if (receipts !== undefined) {
        model.observeReceipts(await receipts.readNew());
        model.observeLedger(options.receiptsTopic ?? '', receipts.partitions ?? new Set());
      }
      model.observeUnreadable(await unreadable.look(view.partitions, now));
      [shape, readLogsAt] = [newShape, now];
    }
    model.observeGroup(view, now);
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
