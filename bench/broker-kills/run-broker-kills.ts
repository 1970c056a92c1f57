/**
 * Under load, brokers are killed one after the other; after each kill the lab must come back by itself. What each
 * kill cost is read from the receipts and from the answers, and at the end every record is looked for.
 */
import { randomUUID } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import { messageOf } from '../../lib/errors/app-error.ts';
import type { Logger } from '../../lib/log/create-logger.ts';
import type { PlatformWith } from '../../platforms/platform.ts';
import { waitUntil } from '../../platforms/wait-until.ts';
import type { History } from '../../verify/checks/history.ts';
import { judge, type Judgement } from '../../verify/checks/judge.ts';
import type { RunStart } from '../../verify/history/evidence.ts';
import { createLabObserver, type LabObserver } from '../../verify/history/lab-observer.ts';
import { readPlainHistory } from '../../verify/history/read-plain-history.ts';
import { snapshotAssignment } from '../../verify/history/snapshot-assignment.ts';
import { waitBalanced } from '../../verify/scenarios/balanced-group.ts';
import { waitCaughtUp } from '../../verify/scenarios/wait-caught-up.ts';
import { driveRequests, type Answer, type RequestDriver } from '../../verify/workload/drive-requests.ts';
import { chooseTarget, planKills } from './choose-target.ts';
import { createClusterWatch, type ClusterWatch } from './cluster-watch.ts';
import { killBroker, type Kill } from './kill-broker.ts';
import { untilAborted } from './until-aborted.ts';

export interface BrokerKillsPlan {
  readonly kills: number;
  /** Which part of them meets the broker that coordinates the group. */
  readonly coordinatorShare: number;
  readonly consumers: number;
  readonly lanes: number;
  readonly ratePerSecond: number;
}

export interface BrokerKillsContext {
  readonly platform: PlatformWith<'scale' | 'faults'>;
  readonly logger: Logger;
  readonly tell: (sentence: string) => void;
  /** Ends the run at once. */
  readonly signal: AbortSignal;
}

export interface BrokerKillsResult {
  readonly kills: readonly Kill[];
  readonly answers: readonly Answer[];
  readonly history: History;
  readonly judgement: Judgement;
  readonly readMs: number;
  readonly judgedMs: number;
  /** What went wrong with the run itself, in sentences; the verdict is on the records. */
  readonly troubles: readonly string[];
}

/** What the steps of a run share. */
interface Run extends BrokerKillsContext {
  readonly plan: BrokerKillsPlan;
  readonly observer: LabObserver;
  readonly cluster: ClusterWatch;
  readonly troubles: string[];
}

const READY_TIMEOUT_MS = 120_000;
const WARM_UP_TIMEOUT_MS = 60_000;
const WARM_UP_MS = 3000;

/** @throws the signal's reason when it aborts, AppError when the lab is not whole to begin with */
export async function runBrokerKills(plan: BrokerKillsPlan, context: BrokerKillsContext): Promise<BrokerKillsResult> {
  const { platform, logger, signal } = context;
  const observer = createLabObserver({ brokers: platform.addresses.kafka, logger });
  const cluster = createClusterWatch(platform.addresses.kafka, logger);
  const run: Run = { ...context, plan, observer, cluster, troubles: [] };
  let load: RequestDriver | undefined;
  try {
    await prepare(run);
    const runId = randomUUID().slice(0, 8);
    const start = await untilAborted(signal, observer.markStart());
    const { lanes, ratePerSecond } = plan;
    const partitions = start.log.length;
    load = driveRequests({ url: platform.addresses.producer, runId, lanes, ratePerSecond, partitions });
    await warmUp(run, load, partitions);
    const kills = await killAll(run, load);
    await untilAborted(signal, load.stop());
    const judged = await untilAborted(signal, judgeRun(run, { runId, start, load }));
    return { kills, answers: load.answers, ...judged, troubles: run.troubles };
  } finally {
    await load?.cancel();
    await Promise.all([cluster.close(), observer.close()]);
  }
}

/** Until every broker is ready, every copy in sync, and the partitions are shared out among the consumers. */
async function prepare({ platform, plan, cluster, observer, signal }: Run): Promise<void> {
  await platform.scale('consumer', plan.consumers);
  await waitUntil(
    async () => {
      const late = (await platform.listReplicas()).filter(({ phase }) => phase !== 'ready');
      if (late.length > 0) throw new Error(late.map(({ name, phase }) => `${name} is ${phase}`).join(', '));
      const { behind } = await cluster.readReplication();
      if (behind > 0) throw new Error(`${String(behind)} partitions have a copy behind`);
      return true;
    },
    { what: 'a whole lab', timeoutMs: READY_TIMEOUT_MS, intervalMs: 500, signal },
  );
  await untilAborted(signal, waitBalanced(platform, observer, plan.consumers));
}

/** Until every partition has acknowledged something, and a moment longer. */
async function warmUp({ signal }: Run, load: RequestDriver, partitions: number): Promise<void> {
  await waitUntil(
    () => {
      const reached = new Set(
        load.answers.map(({ operation: { outcome } }) => outcome.kind === 'ok' && outcome.partition),
      );
      reached.delete(false);
      return reached.size === partitions ? true : undefined;
    },
    { what: 'an acknowledgement of every partition', timeoutMs: WARM_UP_TIMEOUT_MS, signal },
  );
  await delay(WARM_UP_MS, undefined, { signal });
}

/** A kill that the lab does not come back from is the last one: what follows would measure nothing. */
async function killAll(run: Run, load: RequestDriver): Promise<readonly Kill[]> {
  const { plan, platform, cluster, signal, troubles, tell } = run;
  const brokers = (await platform.listReplicas('kafka')).length;
  const kills: Kill[] = [];
  let inTurn = -1;
  try {
    for (const kind of planKills(plan.kills, plan.coordinatorShare)) {
      const roles = await waitUntil(() => cluster.readRoles(), {
        what: 'the brokers to tell their roles',
        timeoutMs: READY_TIMEOUT_MS,
        signal,
      });
      const target = chooseTarget(kind, roles.coordinator, brokers, inTurn);
      if (kind === 'other broker') inTurn = target;
      const answered = load.answers.length;
      const kill = await killBroker(kills.length + 1, target, roles, run);
      kills.push(kill);
      tell(describeKill(kill, plan.kills, load.answers.slice(answered)));
      if (kill.failure !== undefined) throw new Error(kill.failure);
    }
  } catch (error) {
    signal.throwIfAborted();
    note(run, `After ${String(kills.length)} kills there are no more: ${messageOf(error)}.`);
  }
  if (troubles.length === 0) tell(`${String(kills.length)} kills; now every record is looked for`);
  return kills;
}

/** The rest of the group's work, then what Kafka holds. Whatever is missing then is the checks' to say. */
async function judgeRun(
  run: Run,
  { runId, start, load }: { runId: string; start: RunStart; load: RequestDriver },
): Promise<Pick<BrokerKillsResult, 'history' | 'judgement' | 'readMs' | 'judgedMs'>> {
  const { observer, platform, plan } = run;
  const end = await observer.markEnd();
  const tolerate = (error: unknown): void => note(run, `After the last kill: ${messageOf(error)}.`);
  await waitBalanced(platform, observer, plan.consumers).catch(tolerate);
  await waitCaughtUp({ markEnd: () => Promise.resolve(end), countLeft: (to) => observer.countLeft(to) }).catch(
    tolerate,
  );
  const { topic } = await observer.inspectGroup();
  const assignments = [snapshotAssignment(await observer.readLatestGeneration(), topic, plan.consumers)];
  const readAt = performance.now();
  const history = await readPlainHistory(observer, { runId, start, end, operations: load.operations, assignments });
  const judgedAt = performance.now();
  const judgement = judge(history);
  return { history, judgement, readMs: judgedAt - readAt, judgedMs: performance.now() - judgedAt };
}

function note({ troubles, tell, signal }: Run, sentence: string): void {
  if (signal.aborted) return;
  troubles.push(sentence);
  tell(sentence);
}

function describeKill(kill: Kill, of: number, answers: readonly Answer[]): string {
  const { number, broker, isCoordinator, isController, led, wholeMs } = kill;
  const roles = [
    ...(isCoordinator ? ['coordinator'] : []),
    ...(isController ? ['controller'] : []),
    `led ${led.join(', ') || 'none'}`,
  ];
  const count = (kind: string): string =>
    String(answers.filter(({ operation }) => operation.outcome.kind === kind).length);
  const whole = wholeMs === undefined ? 'not whole again' : `whole again after ${(wholeMs / 1000).toFixed(1)} s`;
  return (
    `kill ${String(number)} of ${String(of)}: ${broker} (${roles.join(', ')}), ${whole}; ` +
    `${count('ok')} acknowledged, ${count('fail')} refused, ${count('unknown')} unknown`
  );
}
