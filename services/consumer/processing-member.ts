import { count } from '../../lib/wording/wording.ts';
import type { ClusterConnection } from '../../kafka/cluster-connection.ts';
import { createGroupConsumer, type Assignment, type GroupConsumer } from '../../kafka/member/group-consumer.ts';
import { countPartitions } from '../../kafka/count-partitions.ts';
import { raisePartitions } from '../../kafka/ensure-topics.ts';
import { createSafeProducer, type SafeProducer } from '../../kafka/producer/safe-producer.ts';
import type { AppError } from '../../lib/errors/app-error.ts';
import type { MemberIdentity } from '../../lib/contracts/member.ts';
import type { Logger } from '../../lib/log/create-logger.ts';
import { createRateLimiter } from '../../lib/log/rate-limiter.ts';
import type { ConsumerConfig } from './config.ts';
import type { ConsumerMetrics } from './consumer-metrics.ts';
import { createProcessRecord } from './process-record.ts';
import { createReceiptWriter } from './receipt-writer.ts';

const LEDGER_PATIENCE_MS = 60_000;
/** A receipt that may be stored is waited for, not written again beside itself. */
const LEDGER_CONFIRM_MS = 120_000;
const LEDGER_RECORDS = 10_000;

/** The replica as a member of its group, with the topics that it writes to: the ledger and the dead letters. */
export interface ProcessingMember {
  readonly consumer: GroupConsumer;
  /** How long a record takes at least, in milliseconds; may be changed at any time. */
  processingDelayMs: number;
  /** To be called when the group is left. */
  stopWriting(timeoutMs: number): Promise<void>;
}

/** What the member has in common with the rest of the service. */
export interface ProcessingMemberDeps {
  readonly identity: MemberIdentity;
  readonly connection: ClusterConnection;
  readonly metrics: ConsumerMetrics;
  readonly logger: Logger;
}

/**
 * Joins nothing before its consumer is started.
 *
 * @param onFenced called when another process has taken its place under the same instance id
 */
export function createProcessingMember(
  config: ConsumerConfig,
  deps: ProcessingMemberDeps,
  onFenced: (reason: AppError) => void,
): ProcessingMember {
  const { identity, connection, metrics, logger } = deps;
  const kafka = { brokers: config.KAFKA_BROKERS, clientId: config.POD_NAME, logger };
  const ledger = createLedgerProducer(config, config.RECEIPTS_TOPIC, logger);
  const deadLetters = createLedgerProducer(config, config.DEAD_LETTERS_TOPIC, logger);
  // Looking a counter up by its labels costs more than counting.
  const processed = {
    message: metrics.records.labels('message'),
    'dead-letter': metrics.records.labels('dead-letter'),
  };
  const consumer = createGroupConsumer({
    ...kafka,
    groupId: config.GROUP_ID,
    topic: config.TOPIC,
    identity,
    assignor: config.ASSIGNOR,
    instanceId: config.GROUP_INSTANCE_ID,
    sessionTimeoutMs: config.SESSION_TIMEOUT_MS,
    heartbeatIntervalMs: config.HEARTBEAT_INTERVAL_MS,
    rebalanceTimeoutMs: config.REBALANCE_TIMEOUT_MS,
    concurrency: config.PARTITION_CONCURRENCY,
    commitEveryRecords: config.COMMIT_EVERY_RECORDS,
    commitEveryMs: config.COMMIT_EVERY_MS,
    process: createProcessRecord({
      deadLetters,
      readDelayMs: () => member.processingDelayMs,
      limiter: createRateLimiter(config.LOG_LINES_PER_SECOND),
      logger,
      onProcessed: (outcome) => processed[outcome].inc(),
    }),
    writeReceipt: createReceiptWriter({
      topic: config.TOPIC,
      receiptsTopic: config.RECEIPTS_TOPIC,
      ledger,
      countPartitions: (topic) => countPartitions(connection, topic),
      raisePartitions: (topic, count) => raisePartitions(kafka, topic, count),
      logger,
    }),
    onAssigned: (assignment) => {
      metrics.rebalances.inc();
      if (assignment.pauseMs !== undefined) metrics.pauseSeconds.observe(assignment.pauseMs / 1000);
      logger.info(...describeAssignment(config.POD_NAME, assignment));
    },
    onFenced,
    onReleased: (partitions) => logger.info({ partitions }, `${config.POD_NAME} gives its partitions up`),
  });
  const member: ProcessingMember = {
    consumer,
    processingDelayMs: config.PROCESSING_DELAY_MS,
    async stopWriting(timeoutMs) {
      await Promise.all([ledger.stop(timeoutMs), deadLetters.stop(timeoutMs)]);
    },
  };
  return member;
}

function createLedgerProducer(config: ConsumerConfig, topic: string, logger: Logger): SafeProducer {
  return createSafeProducer({
    brokers: config.KAFKA_BROKERS,
    clientId: config.POD_NAME,
    topic,
    handoverTimeoutMs: LEDGER_PATIENCE_MS,
    confirmTimeoutMs: LEDGER_CONFIRM_MS,
    maxRecords: LEDGER_RECORDS,
    logger,
  });
}

/** The line that tells people what a rebalance did to this replica. */
function describeAssignment(pod: string, assignment: Assignment): [object, string] {
  const { generation, partitions, gained, lost, pauseMs } = assignment;
  const facts = { generation, partitions, gained, lost, ...(pauseMs === undefined ? {} : { pauseMs }) };
  if (partitions.length === 0) {
    return [facts, `${pod} is idle: the group has more members than partitions, and each partition has one owner`];
  }
  return [facts, `${pod} owns ${count(partitions.length, 'partition')}`];
}
