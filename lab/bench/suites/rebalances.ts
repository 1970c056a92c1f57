import { randomBytes } from 'node:crypto';
import { AppError, type ErrorCode } from '../../../lib/errors/app-error.ts';
import type { BenchCluster, BenchTopics } from '../bench-cluster.ts';
import { runChanges, type Measured } from '../rebalances/changes.ts';
import { chooseSparseRounds } from '../rebalances/choose-sparse-rounds.ts';
import { COMPARED_CLIENTS, OURS_STICKY, PLAIN_KAFKAJS, type ComparedClient } from '../rebalances/clients.ts';
import { startSteadyLoad } from '../rebalances/steady-load.ts';
import { buildChangesTable, buildJoinTable, buildRatioTable } from '../rebalances/tables.ts';
import { createTracedGroup } from '../rebalances/traced-group.ts';
import type { Table } from '../result.ts';
import { summarize } from '../../checks/statistics.ts';
import type { Suite, SuiteContext } from '../suite.ts';

const ROUNDS = 10;
const PARTITIONS = 12;
const RATE_PER_SECOND = 240;
const KEYS = 120;
const SETTLE_MS = 2000;
/** As long as the longest heartbeat interval, which is that of kafkajs. */
const MOST_RANDOM_MS = 3000;
const TIMEOUT_MS = 90_000;

/** How one change can fail, alone. */
const FAILURES: ReadonlySet<ErrorCode> = new Set<ErrorCode>(['timed-out', 'process-failed']);

/** What was found of one client. */
interface Contestant {
  readonly client: ComparedClient;
  readonly topics: BenchTopics;
  readonly measures: Measured[];
  /** Sentences on changes that did not end. */
  readonly failures: string[];
}

/** How long a group takes to share its partitions anew, and how long each partition waits meanwhile. */
export const REBALANCES: Suite = {
  name: 'rebalances',
  description:
    'time to balance and pause of each partition for a join, a leave, a kill and a rollout, of three clients',
  platform: 'local',
  async run(context) {
    const rounds = context.rounds ?? ROUNDS;
    const cluster = await context.openCluster();
    const contestants: Contestant[] = [];
    for (const client of COMPARED_CLIENTS) {
      const topics = await cluster.createTopics('rebalances', PARTITIONS);
      contestants.push({ client, topics, measures: [], failures: [] });
    }
    const sparseRounds = chooseSparseRounds(rounds);
    for (let round = 0; round < rounds; round += 1) {
      for (let turn = 0; turn < contestants.length; turn += 1) {
        // Each round another one begins.
        const contestant = contestants[(round + turn) % contestants.length];
        if (contestant === undefined || (contestant.client.isSlow && !sparseRounds.has(round))) continue;
        context.tell(`round ${String(round + 1)} of ${String(rounds)}: ${contestant.client.name}`);
        await runEpisode(context, cluster, contestant, round);
      }
    }
    return buildTables(contestants, `${String(sparseRounds.size)} of ${String(rounds)} rounds`);
  },
};

/** All changes of one client, once. Nothing else runs on the brokers meanwhile. */
async function runEpisode(
  { signal, logger, tell }: SuiteContext,
  cluster: BenchCluster,
  contestant: Contestant,
  round: number,
): Promise<void> {
  const { client, topics, measures, failures } = contestant;
  const { topic } = topics;
  const { brokers } = cluster;
  signal.throwIfAborted();
  const load = startSteadyLoad({
    brokers,
    topic,
    partitions: PARTITIONS,
    ratePerSecond: RATE_PER_SECOND,
    keys: KEYS,
    logger,
  });
  const group = createTracedGroup({
    brokers,
    topic,
    partitions: PARTITIONS,
    // Named as pods are: kafkajs sorts members by their names, and newcomers must not always be last.
    startReplica: () => client.startReplica(cluster, topics, `${topic}-${randomBytes(4).toString('hex')}`),
    settleMs: SETTLE_MS,
    timeoutMs: TIMEOUT_MS,
    logger,
    signal,
  });
  try {
    await runChanges({
      group,
      load,
      partitions: PARTITIONS,
      settleMs: SETTLE_MS,
      mostRandomMs: MOST_RANDOM_MS,
      turn: round,
      signal,
      onMeasured: (measured) => {
        measures.push(measured);
        tell(describeMeasured(measured));
      },
    });
  } catch (error) {
    // One change that does not end must not cost all that was measured; it is told beside it.
    if (!(error instanceof AppError) || !FAILURES.has(error.code)) throw error;
    failures.push(`${client.name}, round ${String(round + 1)}: ${error.message}.`);
    [error.message, ...group.describeMembers()].forEach(tell);
  } finally {
    if (load.failures > 0)
      failures.push(`${client.name}: ${String(load.failures)} records of the load were not stored.`);
    await Promise.all([group.stop(), load.stop()]);
  }
}

function buildTables(contestants: readonly Contestant[], peerRounds: string): readonly Table[] {
  const clients = contestants.map(({ client, measures }) => ({ client: client.name, measures }));
  const ours = clients.find(({ client }) => client === OURS_STICKY);
  const peer = clients.find(({ client }) => client === PLAIN_KAFKAJS);
  const notes = [
    ...describeMethod(peerRounds, describeLoadGaps(contestants)),
    ...contestants.flatMap((one) => one.failures),
  ];
  return [
    buildChangesTable(clients, notes),
    buildJoinTable(clients),
    ...(ours !== undefined && peer !== undefined ? [buildRatioTable(ours, peer)] : []),
  ];
}

function describeMeasured({ change, balanceMs, pausesMs, loadGapMs }: Measured): string {
  const [longest, gap] = [Math.max(...pausesMs), loadGapMs].map((ms) => ms.toFixed(0));
  return `  ${change}: balanced after ${String(balanceMs)} ms, longest pause ${String(longest)} ms, gap of the load ${String(gap)} ms`;
}

function describeLoadGaps(contestants: readonly Contestant[]): string {
  const [typical, , longest] = summarize(
    contestants.flatMap(({ measures }) => measures.map(({ loadGapMs }) => loadGapMs)),
  );
  return `${typical.toFixed(0)} ms as the median of all changes and ${longest.toFixed(0)} ms at most`;
}

function describeMethod(peerRounds: string, loadGaps: string): string[] {
  const everyMs = Math.round((1000 / RATE_PER_SECOND) * PARTITIONS);
  return [
    `One group at a time on the same brokers, in turn, round by round; ${String(PARTITIONS)} partitions, ${String(RATE_PER_SECOND)} records a second, so a partition without a rebalance pauses for ${String(everyMs)} ms. What is not the clients’ doing: the longest time in which the load itself gave a partition nothing was ${loadGaps}.`,
    `Time to balance runs from the change (process spawned, SIGTERM sent, SIGKILL sent) until every partition has been processed by its owner in the last assignment, which the members share within one and keep for ${String(SETTLE_MS)} ms. A join contains the start of the process.`,
    `A pause is the longest time between two records of a partition that are processed for the first time, from the change until ${String(SETTLE_MS)} ms after balance; median, p95 and max are over all partitions of all repeats.`,
    `A rollout replaces three replicas one by one, as a Deployment with maxSurge 1 and maxUnavailable 0: a replica is ended as soon as its replacement is a member. Its time, pauses and moves are of the whole rollout with three starts of processes, divided by nothing.`,
    'Partitions moved and the least possible are summed over the assignments of a change: least is what the members of each assignment allowed, given the one before it.',
    `A killed member is missed when its session ends: 10 s by the consumer’s default, 30 s by that of kafkajs. Its changes take most of the time, so kafkajs takes part in ${peerRounds}.`,
    'kafkajs runs with all its defaults (eachMessage, commits after each batch, heartbeats every 3 s, fetches that wait up to 5 s); the consumer writes receipts before it commits, which kafkajs does not.',
  ];
}
