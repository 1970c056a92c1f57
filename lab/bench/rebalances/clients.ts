import path from 'node:path';
import type { BenchCluster, BenchTopics } from '../bench-cluster.ts';
import { startBenchProcess, type BenchProcess } from '../bench-process.ts';

/** A kind of consumer that is compared with the others. */
export interface ComparedClient {
  readonly name: string;
  /** Whether its changes take so long that it takes part in some rounds only. */
  readonly isSlow: boolean;
  startReplica(cluster: BenchCluster, topics: BenchTopics, replica: string): BenchProcess;
}

const PEER = path.join(import.meta.dirname, '../peers/plain-kafkajs-consumer-trace.ts');

export const OURS_STICKY = 'consumer, sticky';
export const PLAIN_KAFKAJS = 'kafkajs, defaults';

export const COMPARED_CLIENTS: readonly ComparedClient[] = [
  buildOurs(OURS_STICKY, 'sticky'),
  buildOurs('consumer, round-robin', 'round-robin'),
  {
    name: PLAIN_KAFKAJS,
    isSlow: true,
    startReplica: ({ brokers }, { topic }, replica) =>
      startBenchProcess({
        name: replica,
        command: [process.execPath, PEER, brokers.join(','), topic, topic, replica],
      }),
  },
];

function buildOurs(name: string, assignor: string): ComparedClient {
  return {
    name,
    isSlow: false,
    startReplica: (cluster, topics, replica) =>
      cluster.startService('consumer', replica, topics, { ASSIGNOR: assignor, LOG_LINES_PER_SECOND: '0' }),
  };
}
