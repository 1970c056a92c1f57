import { cpus, loadavg } from 'node:os';
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { messageOf } from '../../lib/errors/app-error.ts';
import type { GroupWatch } from '../../live/group-watch.ts';
import { keepDoing } from '../../live/keep-doing.ts';
import type { Logger } from '../../lib/log/create-logger.ts';
import type { ScenarioPlatform } from '../../platforms/platform.ts';
import type { CommitSample } from '../checks/history.ts';
import type { Journal, MachineSample } from './journal.ts';
import type { LabObserver } from './lab-observer.ts';

/** What is watched, and the journal it goes into. */
export interface RecorderOptions {
  readonly platform: ScenarioPlatform;
  readonly observer: LabObserver;
  readonly watch: GroupWatch;
  readonly journal: Journal;
  readonly logger: Logger;
}

/** Notes what nobody asked for: platform events, positions, rebalances with their causes, the load of the machine. */
export interface Recorder {
  stop(): Promise<void>;
}

const SAMPLE_COMMITS_MS = 500;
const SAMPLE_MACHINE_MS = 1000;
const LOOK_AT_REBALANCES_MS = 1000;

/** Begins to note at once. What cannot be read for a moment is left out, and the run goes on. */
export function startRecorder({ platform, observer, watch, journal, logger }: RecorderOptions): Recorder {
  const ending = new AbortController();
  const { signal } = ending;
  const unsubscribe = platform.subscribe((event) => journal.write({ kind: 'platform', event }));
  const noted = new Map<number, string>();
  let lastSample = '';

  const sampleCommits = async (): Promise<void> => {
    try {
      const sample = await observer.sampleCommits();
      const positions = JSON.stringify(sample.partitions.map(({ committedOffset }) => committedOffset));
      if (positions !== lastSample) journal.write({ kind: 'commit-sample', sample: keepCommitted(sample) });
      lastSample = positions;
    } catch (error) {
      // Brokers that are away are part of many a run; the next sample judges what was committed meanwhile.
      logger.debug(`sampling the positions: ${messageOf(error)}`);
    }
  };
  const noteRebalances = (): void => {
    for (const rebalance of watch.snapshot().rebalances.toReversed()) {
      const text = JSON.stringify(rebalance);
      if (noted.get(rebalance.generation) === text) continue;
      noted.set(rebalance.generation, text);
      journal.write({ kind: 'rebalance', rebalance });
    }
  };
  const machine = createMachineSampler();
  const noteMachine = (): void => journal.write({ kind: 'machine', sample: machine.take() });
  const running = Promise.all([
    keepDoing(sampleCommits, SAMPLE_COMMITS_MS, signal),
    keepDoing(noteMachine, SAMPLE_MACHINE_MS, signal),
    keepDoing(noteRebalances, LOOK_AT_REBALANCES_MS, signal),
  ]);
  return {
    async stop() {
      ending.abort();
      unsubscribe();
      await running;
      machine.stop();
      noteRebalances();
    },
  };
}

function keepCommitted({ at, partitions }: CommitSample): CommitSample {
  return { at, partitions: partitions.filter(({ committedOffset }) => committedOffset !== null) };
}

interface MachineSampler {
  /** Tells of the time since the last call. */
  take(): MachineSample;
  stop(): void;
}

function createMachineSampler(): MachineSampler {
  const delays = monitorEventLoopDelay({ resolution: 10 });
  delays.enable();
  let before = sumTimes();
  return {
    take() {
      const now = sumTimes();
      const total = now.total - before.total;
      const busy = total === 0 ? 0 : 1 - (now.idle - before.idle) / total;
      before = now;
      const stalledMs = Math.round(delays.max / 1e6);
      delays.reset();
      return {
        at: Date.now(),
        busy: Math.round(busy * 100) / 100,
        load1: Math.round((loadavg()[0] ?? 0) * 100) / 100,
        stalledMs,
      };
    },
    stop: () => void delays.disable(),
  };
}

function sumTimes(): { total: number; idle: number } {
  let [total, idle] = [0, 0];
  for (const { times } of cpus()) {
    total += times.user + times.nice + times.sys + times.idle + times.irq;
    idle += times.idle;
  }
  return { total, idle };
}
