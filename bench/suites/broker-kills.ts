import path from 'node:path';
import { buildKillsTable, buildKindTable, buildVerdictTable, describeEvidence } from '../broker-kills/build-tables.ts';
import { measureKills } from '../broker-kills/measure-kill.ts';
import { runBrokerKills } from '../broker-kills/run-broker-kills.ts';
import type { PlatformName } from '../../lib/contracts/platform-name.ts';
import { openLab } from '../../lab/platforms.ts';
import type { Suite, SuiteContext } from '../suite.ts';

const CONSUMERS = 3;
const LOAD = { lanes: 64, ratePerSecond: 600 };

interface Settings {
  readonly name: string;
  readonly where: string;
  readonly platform: PlatformName;
  /** Kills unless `--rounds` says another number. */
  readonly kills: number;
  readonly coordinatorShare: number;
  readonly zookeeperSessionMs: number;
}

/** SIGKILL of brokers on a whole lab of this machine. */
export const BROKER_KILLS = createSuite({
  name: 'broker-kills',
  where: 'a local lab',
  platform: 'local',
  kills: 30,
  coordinatorShare: 1 / 3,
  zookeeperSessionMs: 6000,
});

/** The same on the lab on Kubernetes. */
export const BROKER_KILLS_ON_KUBERNETES = createSuite({
  name: 'broker-kills-on-kubernetes',
  where: 'the lab on Kubernetes',
  platform: 'kubernetes',
  kills: 10,
  coordinatorShare: 1 / 2,
  zookeeperSessionMs: 9000,
});

function createSuite(settings: Settings): Suite {
  const { name, where, platform } = settings;
  return {
    name,
    platform,
    description: `SIGKILL of brokers of ${where} under load: pauses of producing and consuming, and what became of every record`,
    run: (context) => run(settings, context),
  };
}

async function run(settings: Settings, context: SuiteContext): ReturnType<Suite['run']> {
  const { platform, kills, coordinatorShare, zookeeperSessionMs } = settings;
  const { logger, tell } = context;
  // Data of its own: the brokers that other suites share may run at the same time.
  const data = path.join(context.lab.data, settings.name);
  const lab = await openLab(
    { ...context.lab, platform, data, ports: 'auto', fresh: true },
    { logger, tell, interrupted: context.signal, replicas: { producer: 1, consumer: CONSUMERS } },
  );
  try {
    const ended = new AbortController();
    void lab.endAsked.then(() => ended.abort(new Error('the lab was told to end')));
    const signal = AbortSignal.any([context.signal, ended.signal]);
    const plan = { kills: context.rounds ?? kills, coordinatorShare, consumers: CONSUMERS, ...LOAD };
    const result = await runBrokerKills(plan, { platform: lab.platform, logger, tell, signal });
    const { judgement, history, answers } = result;
    if (judgement.verdict !== 'pass') {
      tell(`THE VERDICT IS ${judgement.verdict.toUpperCase()}:`);
      for (const check of judgement.checks) tell(`  ${check.name}: ${check.verdict}. ${check.summary}`);
      describeEvidence(judgement).forEach(tell);
    }
    const measured = measureKills(result.kills, history, answers);
    const facts = { ...plan, ...result, platform, zookeeperSessionMs };
    return [buildKindTable(measured, facts), buildVerdictTable(judgement, facts), buildKillsTable(measured)];
  } finally {
    await lab.stop();
  }
}
