import { randomBytes } from 'node:crypto';
import { AppError, type ErrorCode } from '../../lib/errors/app-error.ts';
import { CACHE_DIR } from '../../lab/lab-settings.ts';
import type { BenchCluster, BenchTopics } from '../bench-cluster.ts';
import { runChanges, type Measured } from '../rebalances/changes.ts';
import { chooseSparseRounds } from '../rebalances/choose-sparse-rounds.ts';
import { buildComparedClients, GROUP_TIMES, OURS, type ComparedClient } from '../rebalances/clients.ts';
import { ensureJavaConsumer, type JavaConsumer } from '../rebalances/ensure-java-consumer.ts';
import { startSteadyLoad } from '../rebalances/steady-load.ts';
import { buildAheadTable, buildChangeTables } from '../rebalances/tables.ts';
import { DIP_WINDOW_MS } from '../rebalances/throughput-dip.ts';
import { countPassedOver } from '../rebalances/trace.ts';
import { createTracedGroup } from '../rebalances/traced-group.ts';
import type { Table } from '../../verify/report/render-table.ts';
import { median, summarize } from '../../verify/checks/statistics.ts';
import type { Suite, SuiteContext } from '../suite.ts';

const ROUNDS = 3;
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
  /** How long each round of it took, in milliseconds. */
  readonly tookMs: number[];
}

/** How long a group takes to share its partitions anew, and how long each partition waits meanwhile. */
export const REBALANCES: Suite = {
  name: 'rebalances',
  description:
    'time to balance, pause of each partition, throughput and repeats in a join, a leave, a kill and a rollout, of six clients',
  platform: 'local',
  async run(context) {
    const rounds = context.rounds ?? ROUNDS;
    const cluster = await context.openCluster();
    const java = await ensureJavaConsumer({ jarsDir: cluster.jarsDir, cacheDir: CACHE_DIR }, context.signal);
    const contestants: Contestant[] = [];
    for (const client of buildComparedClients(java)) {
      const topics = await cluster.createTopics('rebalances', PARTITIONS);
      contestants.push({ client, topics, measures: [], failures: [], tookMs: [] });
    }
    const sparseRounds = chooseSparseRounds(rounds);
    for (let round = 0; round < rounds; round += 1) {
      for (let turn = 0; turn < contestants.length; turn += 1) {
        // Each round another one begins.
        const contestant = contestants[(round + turn) % contestants.length];
        if (contestant === undefined || (contestant.client.isSlow && !sparseRounds.has(round))) continue;
        context.tell(`round ${String(round + 1)} of ${String(rounds)}: ${contestant.client.name}`);
        const startedAt = Date.now();
        await runEpisode(context, cluster, contestant, round);
        contestant.tookMs.push(Date.now() - startedAt);
      }
    }
    return buildTables(contestants, [
      ...describeMethod(`${String(sparseRounds.size)} of ${String(rounds)} rounds`, contestants),
      ...describeMissing(java),
    ]);
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
  const where = `${client.name}, round ${String(round + 1)}`;
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
    failures.push(`${where}: ${error.message}.`);
    [error.message, ...group.describeMembers()].forEach(tell);
  } finally {
    const passedOver = countPassedOver(group.trace);
    if (passedOver > 0) failures.push(`${where}: ${String(passedOver)} records were passed over by all members.`);
    if (load.failures > 0) failures.push(`${where}: ${String(load.failures)} records of the load were not stored.`);
    await Promise.all([group.stop(), load.stop()]);
  }
}

function buildTables(contestants: readonly Contestant[], method: readonly string[]): readonly Table[] {
  const clients = contestants.map(({ client, measures }) => ({ client: client.name, measures }));
  const notes = [...method, ...contestants.flatMap((one) => one.failures)];
  return [...buildChangeTables(clients, notes), buildAheadTable(clients, OURS)];
}

function describeMeasured(measured: Measured): string {
  const { change, balanceMs, pausesMs, dipPercent, moved, leastMoved, repeated, loadGapMs } = measured;
  const [longest, gap] = [Math.max(...pausesMs), loadGapMs].map((ms) => ms.toFixed(0));
  return (
    `  ${change}: balanced after ${String(balanceMs)} ms, longest pause ${String(longest)} ms, dip ${dipPercent.toFixed(0)} %, ` +
    `${String(moved)} moved of ${String(leastMoved)}, ${String(repeated)} repeated, gap of the load ${String(gap)} ms`
  );
}

function describeMissing(java: JavaConsumer): readonly string[] {
  return 'missing' in java ? [`The Java client was left out: ${java.missing}.`] : [];
}

function describeLoadGaps(measures: readonly Measured[]): string {
  const [typical, , longest] = summarize(measures.map(({ loadGapMs }) => loadGapMs));
  return `${typical.toFixed(0)} ms as the median of all changes and ${longest.toFixed(0)} ms at most`;
}

function describeTook(contestants: readonly Contestant[]): string {
  return contestants.map(({ client, tookMs }) => `“${client.name}” ${(median(tookMs) / 1000).toFixed(0)} s`).join(', ');
}

function describeMethod(peerRounds: string, contestants: readonly Contestant[]): string[] {
  const everyMs = Math.round((1000 / RATE_PER_SECOND) * PARTITIONS);
  const measures = contestants.flatMap((one) => one.measures);
  const restDip = median(measures.map(({ restDipPercent }) => restDipPercent)).toFixed(0);
  const { sessionTimeoutMs, heartbeatIntervalMs, rebalanceTimeoutMs } = GROUP_TIMES;
  return [
    `One group at a time on the same brokers, in turn, round by round; ${String(PARTITIONS)} partitions, ${String(RATE_PER_SECOND)} records a second, so a partition without a rebalance pauses for ${String(everyMs)} ms. What is not the clients’ doing: the longest time in which the load itself gave a partition nothing was ${describeLoadGaps(measures)}.`,
    `Time to balance runs from the change (process spawned, SIGTERM sent, SIGKILL sent) until every partition has been processed by its owner in the last assignment, which the members share within one and keep for ${String(SETTLE_MS)} ms. A join contains the start of the process, of Node.js or a JVM; “without the start” counts from the line that the newcomer prints just before its client connects, after which a JVM still loads most of its client’s classes. The consumer is a whole service with HTTP and metrics, the others are bare clients. Each round has two joins: the second replaces the killed member.`,
    `A pause is the longest time between two records of a partition that are processed for the first time, from the change until ${String(SETTLE_MS)} ms after balance; median, p95 and max are over all partitions of all repeats.`,
    `Throughput dip: of all stretches of ${String(DIP_WINDOW_MS / 1000)} s in that time, the worst: how many records fewer were processed for the first time than were stored, by all members together, in percent of those stored. A group that stands still for 0.3 s dips 30 %, however it catches up; one that loses a third of its partitions for 1 s or longer, 33 %. Just before a change it was ${restDip} % in the median.`,
    `A rollout replaces three replicas one by one, as a Deployment with maxSurge 1 and maxUnavailable 0: a replica is ended as soon as its replacement is a member and all partitions have an owner. Its time, pauses and moves are of the whole rollout with three starts of processes, divided by nothing.`,
    'Partitions moved and the least possible are summed over the assignments of a change: least is what the members of each assignment allowed, given the one before it. What a cooperative group takes away in one assignment and gives to another member in the next is one move.',
    `All members but kafkajs’ have a session of ${String(sessionTimeoutMs / 1000)} s, heartbeats every ${String(heartbeatIntervalMs)} ms and ${String(rebalanceTimeoutMs / 1000)} s for a rebalance (the Java client’s max.poll.interval.ms), which are the consumer’s defaults. A killed member is missed when its session ends: of kafkajs, 30 s by default. Its changes take most of the time, so kafkajs takes part in ${peerRounds}.`,
    'kafkajs runs with all its defaults (eachMessage, commits after each batch, heartbeats every 3 s, fetches that wait up to 5 s). The others commit what they have processed, as their documentation has it for at-least-once: @platformatic/kafka each record, without waiting and with its stream closed before its consumer at the end; the Java client after each poll and before partitions are revoked, “eager” with RangeAssignor, which is what it does by default. The consumer writes receipts before it commits, which no other does. None may pass over a record; where one did, it stands below.',
    `A round took, in the median: ${describeTook(contestants)}.`,
  ];
}
