/**
 * A member of a cooperative group, for the tests of the verifier: right with `--fault none`, and wrong in exactly one
 * way with each of the others. kafkajs knows no cooperative rebalance, so it is the lab's own member, whose assignor and
 * protocol are replaced by wrong ones.
 *
 *     node test/broken-consumers/broken-cooperative-consumer.ts --fault commits-what-it-lost
 */
import { randomUUID } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import { COOPERATIVE_STICKY_PROTOCOL, listAssignors, type Assignor } from '../../kafka/assignor/assignors.ts';
import { assignSticky } from '../../kafka/assignor/sticky-assignor.ts';
import { reachCluster } from '../../kafka/member/group-consumer.ts';
import type { GroupProtocol } from '../../kafka/member/group-protocol.ts';
import { Member } from '../../kafka/member/member.ts';
import { createSafeProducer } from '../../kafka/producer/safe-producer.ts';
import { createLogger } from '../../lib/log/create-logger.ts';
import { readFault, readVariable, serveReadiness } from './replica-process.ts';

const FAULTS = [
  'none',
  /** Its leader gives partitions away at once that another still owns, so that their new owners begin too early. */
  'begins-before-given-up',
  /** Commits its last positions of all partitions that it ever had, in whatever generation there is. */
  'commits-what-it-lost',
] as const;

/** So long that a member has something in hand nearly always. */
const WORK_MS = 25;

/** Assigns what balance asks for in one generation, as an eager leader does, which has nobody to wait for. */
const HASTY: Assignor = { protocol: COOPERATIVE_STICKY_PROTOCOL, isCooperative: true, assign: assignSticky };

const fault = readFault(FAULTS);
const groupId = readVariable('GROUP_ID');
const topic = readVariable('TOPIC');
const receiptsTopic = readVariable('RECEIPTS_TOPIC');
const member = readVariable('CLIENT_ID');
const logger = createLogger({ format: 'text', level: 'info' });
const kafkaOptions = { brokers: readVariable('KAFKA_BROKERS').split(','), clientId: member, logger };
const cluster = reachCluster({ ...kafkaOptions, groupId, topic, instanceId: null });
const ledger = createSafeProducer({
  ...kafkaOptions,
  topic: receiptsTopic,
  handoverTimeoutMs: 60_000,
  confirmTimeoutMs: 120_000,
  maxRecords: 10_000,
});

const consumer = new Member({
  ...cluster,
  groupId,
  topic,
  identity: { pod: member, uid: randomUUID(), startedAt: new Date().toISOString(), node: 'localhost' },
  sessionTimeoutMs: 10_000,
  heartbeatIntervalMs: 300,
  rebalanceTimeoutMs: 15_000,
  concurrency: 16,
  commitEveryRecords: 2000,
  commitEveryMs: 500,
  process: () => delay(WORK_MS),
  writeReceipt: async (receipt) => {
    await ledger.send({ key: member, value: JSON.stringify(receipt), partition: receipt.partition });
  },
  onAssigned: ({ generation, partitions }) => logger.info(`generation ${String(generation)}: ${partitions.join(', ')}`),
  instanceId: null,
  onFenced: ({ message }) => logger.error(message),
  onReleased: (partitions) => logger.info(`gives up ${partitions.join(', ')}`),
  assignors: fault === 'begins-before-given-up' ? [HASTY] : listAssignors('cooperative-sticky'),
  protocol: spoil(cluster.protocol),
  logger,
});
process.once('SIGTERM', () => {
  void consumer
    .stop()
    .then(() => ledger.stop(5000))
    .finally(() => process.exit(0));
});
serveReadiness(() => consumer.state().hasJoined);
consumer.start();

function spoil(protocol: GroupProtocol): GroupProtocol {
  const positions = new Map<number, number>();
  return {
    ...protocol,
    get coordinator() {
      return protocol.coordinator;
    },
    // Who does not know how many they are gives nothing up before it is told to, as KIP-429 has it.
    describe: () => Promise.resolve(undefined),
    commit(of, offsets) {
      for (const [partition, offset] of offsets) positions.set(partition, offset);
      return protocol.commit(of, fault === 'commits-what-it-lost' ? new Map(positions) : offsets);
    },
  };
}
