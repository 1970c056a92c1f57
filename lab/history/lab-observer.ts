import { APP_GROUP, APP_TOPIC, RECEIPTS_TOPIC } from '../../lib/contracts/topics.ts';
import type { GroupView } from '../../lib/contracts/group.ts';
import { parseLoadName } from '../../lib/contracts/load-record.ts';
import { parseMessage } from '../../lib/contracts/message.ts';
import { parseReceipt } from '../../lib/contracts/receipt.ts';
import { createClusterConnection } from '../../lib/kafka/cluster-connection.ts';
import { createGroupHistoryReader, type GroupGeneration } from '../../lib/kafka/group-history.ts';
import { createGroupInspector } from '../../lib/kafka/group-inspector.ts';
import { createLogReader, type LogRecord } from '../../lib/kafka/log-reader.ts';
import type { Logger } from '../../lib/log/create-logger.ts';
import type {
  AssignmentSnapshot,
  CommittedOffset,
  History,
  LedgerEntry,
  LoggedRecord,
  Operation,
  PartitionRange,
} from '../checks/history.ts';

export interface ObserverOptions {
  /** Bootstrap servers. */
  readonly brokers: readonly string[];
  /** @default the lab's own */
  readonly group?: string;
  /** @default the lab's own */
  readonly topic?: string;
  /** @default the lab's own */
  readonly receiptsTopic?: string;
  readonly logger: Logger;
}

/** Where topic and ledger ended before a run: what lies before is not the run's. */
export interface RunStart {
  readonly log: ReadonlyMap<number, number>;
  readonly ledger: ReadonlyMap<number, number>;
}

/** Sees what a run did, in Kafka itself: neither the services nor the platform are asked. */
export interface LabObserver {
  inspectGroup(): Promise<GroupView>;
  /** The group's generation as its coordinator has written it down last; not every change makes a new one. */
  readLatestGeneration(): Promise<GroupGeneration | undefined>;
  markStart(): Promise<RunStart>;
  /**
   * Where the topic ends now. What may still be stored later, a record whose outcome the driver was not told, is
   * beyond it and not judged.
   */
  markEnd(): Promise<ReadonlyMap<number, number>>;
  /** How many records before the end the group has not committed yet. */
  countLeft(end: ReadonlyMap<number, number>): Promise<number>;
  /** To be called when every operation has its answer and nothing is left before the end. */
  readHistory(run: {
    readonly end: ReadonlyMap<number, number>;
    readonly runId: string;
    readonly start: RunStart;
    readonly operations: readonly Operation[];
    readonly assignments: readonly AssignmentSnapshot[];
  }): Promise<History>;
  close(): Promise<void>;
}

export function createLabObserver(options: ObserverOptions): LabObserver {
  const { group = APP_GROUP, topic = APP_TOPIC, receiptsTopic = RECEIPTS_TOPIC } = options;
  const connection = createClusterConnection({ ...options, clientId: 'lab-observer', patienceMs: 15_000 });
  const log = createLogReader(connection);
  const inspector = createGroupInspector(connection);
  const generations = createGroupHistoryReader(log, group);
  let latest: GroupGeneration | undefined;

  const readEnds = async (name: string): Promise<ReadonlyMap<number, number>> =>
    new Map((await log.readRanges(name)).map(({ partition, end }) => [partition, end]));

  /** Everything since the run's start, and how much that was. */
  const readSince = async <T>(
    name: string,
    start: ReadonlyMap<number, number>,
    end: ReadonlyMap<number, number> | undefined,
    parse: (record: LogRecord) => T | undefined,
  ): Promise<{ found: T[]; ranges: PartitionRange[] }> => {
    const found: T[] = [];
    const ranges: PartitionRange[] = [];
    for (const { partition, start: logStart, end: lastEnd } of await log.readRanges(name)) {
      const logEnd = end === undefined ? lastEnd : (end.get(partition) ?? 0);
      const endBeforeRun = start.get(partition) ?? 0;
      for await (const record of log.readRecords(name, partition, Math.max(logStart, endBeforeRun), logEnd)) {
        const parsed = parse(record);
        if (parsed !== undefined) found.push(parsed);
      }
      ranges.push({ partition, logStart, logEnd, endBeforeRun });
    }
    return { found, ranges };
  };

  return {
    inspectGroup: () => inspector.inspect(group, topic),
    async readLatestGeneration() {
      latest = (await generations.readNew()).at(-1) ?? latest;
      return latest;
    },
    async markStart() {
      const [logEnds, ledgerEnds] = [await readEnds(topic), await readEnds(receiptsTopic)];
      return { log: logEnds, ledger: ledgerEnds };
    },
    markEnd: () => readEnds(topic),
    async countLeft(end) {
      const { partitions } = await inspector.inspect(group, topic);
      return partitions.reduce(
        (sum, { partition, committedOffset }) => sum + Math.max(0, (end.get(partition) ?? 0) - (committedOffset ?? 0)),
        0,
      );
    },
    async readHistory({ runId, start, end, operations, assignments }) {
      // Commits first, then receipts to their end: a commit that is ahead of its receipt is then a finding.
      const view = await inspector.inspect(group, topic);
      const readAt = Date.now();
      const ledger = await readSince(receiptsTopic, start.ledger, undefined, toLedgerEntry);
      const stored = await readSince(topic, start.log, end, toLoggedRecord);
      return {
        runId,
        topic,
        partitions: view.partitions.length,
        operations,
        log: stored.found,
        logRange: stored.ranges,
        receipts: ledger.found,
        ledgerRange: ledger.ranges,
        committed: view.partitions.map(({ partition, committedOffset }): CommittedOffset => ({
          partition,
          committedOffset,
          readAt,
        })),
        assignments,
        generations: [],
        commits: [],
        groupReading: 'unread',
        commitSamples: [],
        steps: [],
        faults: [],
        replication: undefined,
        poisons: [],
        deadLetters: [],
        limits: {},
      };
    },
    close: () => connection.disconnect(),
  };
}

function toLedgerEntry({ value, offset }: LogRecord): LedgerEntry | undefined {
  const receipt = parseReceipt(value);
  return receipt && { ...receipt, ledgerOffset: offset };
}

function toLoggedRecord({ partition, offset, key, value }: LogRecord): LoggedRecord {
  const parsed = parseMessage(value);
  const identity = 'message' in parsed ? parseLoadName(parsed.message.name) : undefined;
  return { partition, offset, key: key?.toString('utf8') ?? null, ...(identity ? { identity } : {}) };
}
