/**
 * Records one run: opens its journal, lets the scenario happen under watch, waits until the group has caught up and the
 * copies are whole, and writes down what Kafka holds. What it leaves in the directory is all that judging needs.
 */
import { randomUUID } from 'node:crypto';
import { messageOf } from '../../lib/errors/app-error.ts';
import type { BrokersView } from '../../kafka/broker-inspector.ts';
import { deleteGroupOffsets } from '../../kafka/delete-group-offsets.ts';
import type { Logger } from '../../lib/log/create-logger.ts';
import type { ScenarioPlatform } from '../../platforms/platform.ts';
import { waitUntil } from '../../platforms/wait-until.ts';
import { JOURNAL_FILE, openJournal, type Journal, type RunHeader } from '../history/journal.ts';
import { createLabObserver, type LabObserver } from '../history/lab-observer.ts';
import { startOutputRecorder } from '../history/output-recorder.ts';
import { startRecorder } from '../history/recorder.ts';
import { makeRunDirectory, OUTPUT_FOLDER, writeEvidence, type RunDirectory } from '../history/run-directory.ts';
import { createPoisonSender } from '../scenarios/poison.ts';
import { createRandom } from '../scenarios/random.ts';
import { runScenario, type ToldStep } from '../scenarios/run-scenario.ts';
import type { Scenario } from '../scenarios/scenario.ts';
import { waitProgress } from '../scenarios/wait-caught-up.ts';
import { watchAppGroup } from '../../live/watch-app-group.ts';

/** What is run, where, and who hears of it. */
export interface RecordRunOptions {
  readonly platform: ScenarioPlatform;
  readonly scenario: Scenario;
  readonly seed: number;
  /** Directory of the run; made if it is not there. */
  readonly dir: string;
  readonly facts: Pick<RunHeader, 'settings' | 'versions' | 'machine' | 'dataDir'>;
  readonly signal: AbortSignal;
  readonly logger: Logger;
  readonly onStep: (step: ToldStep) => void;
  readonly tell: (sentence: string) => void;
}

const PATIENTLY = { timeoutMs: 60_000, intervalMs: 1000 };
const WHOLE_IN_TIME = { timeoutMs: 90_000, intervalMs: 500 };
const NOBODY: BrokersView = { clusterId: null, brokers: [], underReplicated: 0 };

/** @throws AppError when the run cannot be begun; what goes wrong later is in the journal */
export async function recordRun(options: RecordRunOptions): Promise<RunDirectory> {
  const { platform, scenario, seed, logger, signal } = options;
  const directory = await makeRunDirectory(options.dir);
  const observer = createLabObserver({ brokers: platform.addresses.kafka, logger });
  const poison = createPoisonSender({ brokers: platform.addresses.kafka, topic: observer.topic, logger });
  const journal = openJournal(directory.file(JOURNAL_FILE));
  try {
    const header = await buildHeader(options, observer);
    journal.write({ kind: 'run', ...header });
    const watch = watchAppGroup(platform, observer.connection, logger);
    const recorder = startRecorder({ platform, observer, watch, journal, logger });
    const output = await startOutputRecorder({ platform, dir: directory.file(OUTPUT_FOLDER), logger });
    try {
      const { runId, partitions } = header;
      const random = createRandom(seed);
      const { connection, group, topic } = observer;
      const deleteOffsets = () => deleteGroupOffsets(connection, group, topic);
      await runScenario(scenario, { ...options, observer, journal, random, runId, partitions, poison, deleteOffsets });
      if (!signal.aborted) await settle(options, observer, journal, header, directory);
    } finally {
      await Promise.allSettled([recorder.stop(), watch.stop(), output.stop()]);
    }
  } finally {
    journal.close();
    await Promise.allSettled([poison.stop(), observer.close()]);
  }
  return directory;
}

async function buildHeader(
  { platform, scenario, seed, facts }: RecordRunOptions,
  observer: LabObserver,
): Promise<RunHeader> {
  const { partitions } = await observer.inspectGroup();
  return {
    format: 2,
    runId: randomUUID().slice(0, 8),
    scenario: {
      name: scenario.name,
      description: scenario.description,
      seed,
      ...(scenario.file !== undefined && { file: scenario.file }),
    },
    limits: scenario.limits,
    platform: platform.name,
    clusterId: (await observer.inspectBrokers()).clusterId,
    groupId: observer.group,
    topic: observer.topic,
    receiptsTopic: observer.receiptsTopic,
    partitions: partitions.length,
    startedAt: Date.now(),
    start: await observer.markStart(),
    ...facts,
  };
}

/** Waits for what must come to rest, and writes down what Kafka holds then. */
async function settle(
  { platform, signal, tell }: RecordRunOptions,
  observer: LabObserver,
  journal: Journal,
  { start }: RunHeader,
  directory: RunDirectory,
): Promise<void> {
  try {
    const brokers = await waitUntil(() => platform.listReplicas('kafka'), {
      ...PATIENTLY,
      what: 'the list of brokers',
    });
    await waitWhole(observer, journal, brokers.length, signal);
    const end = await observer.markEnd();
    const leftRecords = await waitProgress(observer, end, signal);
    const sample = await waitUntil(() => observer.sampleCommits(), {
      ...PATIENTLY,
      what: 'the positions of the group',
    });
    journal.write({ kind: 'commit-sample', sample });
    journal.write({ kind: 'end', at: Date.now(), log: [...end], leftRecords });
    await writeEvidence(directory, (sink) => observer.readEvidence({ start, end }, sink));
  } catch (error) {
    // What could not be read is not judged; the verdict is unknown by itself.
    tell(`what Kafka holds was not read: ${messageOf(error)}`);
  }
}

/** The last word is written down, also when it is not whole in time. */
async function waitWhole(
  observer: LabObserver,
  journal: Journal,
  expectedBrokers: number,
  signal: AbortSignal,
): Promise<void> {
  let seen = NOBODY;
  const isWhole = async (): Promise<true | undefined> => {
    // Brokers that come back may not answer yet; that is no reason to know nothing of all the rest.
    seen = await observer.inspectBrokers().catch(() => NOBODY);
    return (seen.underReplicated === 0 && seen.brokers.length >= expectedBrokers) || undefined;
  };
  await waitUntil(isWhole, { ...WHOLE_IN_TIME, what: 'every copy to be in sync', signal }).catch((error: unknown) => {
    if (signal.aborted) throw error;
  });
  const { underReplicated, brokers } = seen;
  const replication = { at: Date.now(), underReplicated, brokers: brokers.length, expectedBrokers };
  journal.write({ kind: 'replication', replication });
}
