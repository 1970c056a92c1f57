/**
 * The first member of a group, which takes no part: it keeps the group from forming while others join, and lets it
 * form with all of them at once when it is ended. It does not hear of their joining, because it hardly ever asks.
 */
import { AssignerProtocol, Kafka, logLevel, type PartitionAssigner } from 'kafkajs';
import { listAssignors } from '../../kafka/assignor/assignors.ts';
import { readInstructions, report } from './peer-process.ts';

export interface GateInstructions {
  readonly brokers: readonly string[];
  readonly topic: string;
  readonly groupId: string;
}

/** How long the others have to join. */
const OPEN_WITHIN_MS = 60_000;
const SESSION_MS = 90_000;
const REBALANCE_MS = 90_000;

const { brokers, topic, groupId } = readInstructions() as GateInstructions;
const consumer = new Kafka({ brokers: [...brokers], clientId: 'gate', logLevel: logLevel.ERROR }).consumer({
  groupId,
  sessionTimeout: SESSION_MS,
  rebalanceTimeout: REBALANCE_MS,
  heartbeatInterval: OPEN_WITHIN_MS,
  maxWaitTimeInMs: 100,
  partitionAssigners: listAssignors('cooperative-sticky').map(({ protocol }) => createIdleAssigner(protocol)),
});
consumer.on(consumer.events.GROUP_JOIN, () => report('joined', true));
process.once('SIGTERM', () => void consumer.disconnect().finally(() => process.exit()));
await consumer.connect();
await consumer.subscribe({ topic });
await consumer.run({ eachMessage: () => Promise.resolve() });

/** Takes part in the protocol of that name, and gives nobody anything: the gate is alone when it decides. */
function createIdleAssigner(name: string): PartitionAssigner {
  const userData = Buffer.alloc(0);
  return () => ({
    name,
    version: 0,
    protocol: ({ topics }) => ({
      name,
      metadata: AssignerProtocol.MemberMetadata.encode({ version: 0, topics, userData }),
    }),
    assign: ({ members }) =>
      Promise.resolve(
        members.map(({ memberId }) => ({
          memberId,
          memberAssignment: AssignerProtocol.MemberAssignment.encode({ version: 0, assignment: {}, userData }),
        })),
      ),
  });
}
