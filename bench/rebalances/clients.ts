import type { BenchCluster, BenchTopics } from '../bench-cluster.ts';
import { startBenchProcess, type BenchProcess } from '../bench-process.ts';
import type { PlatformaticInstructions } from '../peers/platformatic-consumer-trace.ts';
import { locatePeer, startPeer } from '../throughput/run-process.ts';
import type { JavaConsumer } from './ensure-java-consumer.ts';

/** A kind of consumer that is compared with the others. */
export interface ComparedClient {
  readonly name: string;
  /** Whether its changes take so long that it takes part in some rounds only. */
  readonly isSlow: boolean;
  startReplica(cluster: BenchCluster, topics: BenchTopics, replica: string): BenchProcess;
}

/** What all clients are told alike, but for the one that keeps its defaults. These are the consumer's own defaults. */
export const GROUP_TIMES = { sessionTimeoutMs: 10_000, heartbeatIntervalMs: 300, rebalanceTimeoutMs: 15_000 } as const;

export const OURS = 'consumer, cooperative';

/** In the order in which they are shown. */
export function buildComparedClients(java: JavaConsumer): readonly ComparedClient[] {
  return [
    buildOurs(OURS, 'cooperative-sticky'),
    buildOurs('consumer, eager', 'sticky'),
    PLAIN_KAFKAJS,
    buildPlatformatic('platformatic, round-robin', 'roundrobin'),
    buildPlatformatic('platformatic, cooperative', 'cooperative-sticky'),
    ...('missing' in java
      ? []
      : [
          buildJava('Java, eager', 'RangeAssignor', java.buildCommand),
          buildJava('Java, cooperative', 'CooperativeStickyAssignor', java.buildCommand),
        ]),
  ];
}

const PLAIN_KAFKAJS: ComparedClient = {
  name: 'kafkajs, defaults',
  isSlow: true,
  startReplica: ({ brokers }, { topic }, replica) =>
    startBenchProcess({
      name: replica,
      command: [
        process.execPath,
        locatePeer('plain-kafkajs-consumer-trace.ts'),
        brokers.join(','),
        topic,
        topic,
        replica,
      ],
    }),
};

function buildOurs(name: string, assignor: string): ComparedClient {
  return {
    name,
    isSlow: false,
    startReplica: (cluster, topics, replica) =>
      cluster.startService('consumer', replica, topics, {
        ASSIGNOR: assignor,
        LOG_LINES_PER_SECOND: '0',
        SESSION_TIMEOUT_MS: String(GROUP_TIMES.sessionTimeoutMs),
        HEARTBEAT_INTERVAL_MS: String(GROUP_TIMES.heartbeatIntervalMs),
        REBALANCE_TIMEOUT_MS: String(GROUP_TIMES.rebalanceTimeoutMs),
      }),
  };
}

function buildPlatformatic(name: string, assignor: PlatformaticInstructions['assignor']): ComparedClient {
  return {
    name,
    isSlow: false,
    startReplica({ brokers }, { topic }, replica) {
      const instructions: PlatformaticInstructions = {
        brokers,
        topic,
        groupId: topic,
        name: replica,
        assignor,
        ...GROUP_TIMES,
      };
      return startPeer('platformatic-consumer-trace.ts', replica, instructions);
    },
  };
}

function buildJava(
  name: string,
  assignor: string,
  buildCommand: (args: readonly string[]) => readonly string[],
): ComparedClient {
  return {
    name,
    isSlow: false,
    startReplica: ({ brokers }, { topic }, replica) =>
      startBenchProcess({
        name: replica,
        command: buildCommand([
          brokers.join(','),
          topic,
          topic,
          replica,
          `partition.assignment.strategy=org.apache.kafka.clients.consumer.${assignor}`,
          `session.timeout.ms=${String(GROUP_TIMES.sessionTimeoutMs)}`,
          `heartbeat.interval.ms=${String(GROUP_TIMES.heartbeatIntervalMs)}`,
          // The client's rebalance timeout goes by this name.
          `max.poll.interval.ms=${String(GROUP_TIMES.rebalanceTimeoutMs)}`,
        ]),
      }),
  };
}
