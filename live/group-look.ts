import type { GroupModel } from '../groups/group-model.ts';
import type { ClusterConnection } from '../kafka/cluster-connection.ts';
import { createGroupHistoryReader } from '../kafka/group-history.ts';
import { createGroupInspector } from '../kafka/group-inspector.ts';
import { createLogReader } from '../kafka/log-reader.ts';
import type { Logger } from '../lib/log/create-logger.ts';
import { createReceiptTail } from './receipt-tail.ts';
import { createUnreadableWatch } from './unreadable-watch.ts';

/** A group and what belongs to it. */
export interface WatchedGroup {
  readonly groupId: string;
  readonly topic: string;
  readonly deployment: string;
  /** The ledger, by which pauses are measured. @default none: pauses are not known */
  readonly receiptsTopic?: string;
}

/** A group, and by which connection it is looked at. */
export interface GroupLookOptions extends WatchedGroup {
  readonly connection: ClusterConnection;
  readonly logger: Logger;
}

/** History and receipts are read this often, and at once when the group has changed. */
const READ_LOGS_MS = 1000;

/**
 * Each call looks at the group once and tells the model what Kafka holds of it: the coordinator's view, and what was
 * written since to its history and to the ledger. It fails when the brokers cannot be asked.
 */
export function createGroupLook(options: GroupLookOptions, model: GroupModel): () => Promise<void> {
  const { connection, groupId, topic, receiptsTopic } = options;
  const log = createLogReader(connection);
  const inspector = createGroupInspector(connection);
  const generations = createGroupHistoryReader(log, groupId);
  const receipts = receiptsTopic === undefined ? undefined : createReceiptTail(log, receiptsTopic);
  const unreadable = createUnreadableWatch(log, topic, options.logger);
  let shape = '';
  let readLogsAt = 0;

  return async () => {
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
        model.observeLedger(receiptsTopic ?? '', receipts.partitions ?? new Set());
      }
      model.observeUnreadable(await unreadable.look(view.partitions, now));
      [shape, readLogsAt] = [newShape, now];
    }
    model.observeGroup(view, now);
  };
}
