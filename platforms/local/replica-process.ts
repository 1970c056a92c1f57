import { randomUUID } from 'node:crypto';
import { AppError, messageOf } from '../../lib/errors/app-error.ts';
import { BackOff, pause } from '../../lib/retry/back-off.ts';
import type { Logger } from '../../lib/log/create-logger.ts';
import type { PlatformEvent } from '../../lib/contracts/platform-event.ts';
import type { FaultKind, Phase, Replica, Workload } from '../../lib/contracts/replica.ts';
import { startProcess, type ProcessSpec, type StartedProcess } from '../../lib/process/start-process.ts';

/** What one replica is: how its process is made, and how it is told that the process is ready. */
export interface ReplicaSpec {
  readonly name: string;
  readonly workload: Workload;
  /** Its number among the servers of a program. @default none: it has no place of its own */
  readonly ordinal?: number;
  /** How long its process may take to end after SIGTERM, in milliseconds. */
  readonly gracePeriodMs: number;
  /** Runs before every start of the process: for a broker, the wait for its old session. @default nothing */
  readonly prepare?: (signal: AbortSignal) => Promise<void>;
  /** Made anew for every start of the process. */
  readonly buildProcess: (uid: string) => Promise<{ readonly spec: ReplicaProcessSpec; readonly url?: string }>;
  /** Whether the process serves. */
  readonly probe: (url: string | undefined) => Promise<boolean>;
  /** Whether anybody listens at its url. @default always */
  readonly isServing?: () => boolean;
}

/** With its output in a file, and noted: no run of the lab can lose it. */
export type ReplicaProcessSpec = ProcessSpec & Required<Pick<ProcessSpec, 'logFile' | 'pidFile'>>;

const NODE = 'localhost';
const BACK_OFF = { firstMs: 500, longestMs: 15_000 };
/** A process that ran this long has recovered: its next restart is quick again. */
const RECOVERED_AFTER_MS = 30_000;
/** A program that could not be started at all so often in a row is not there. */
const HOPELESS_AFTER = 3;
const PROBE_STARTING_MS = 100;
const PROBE_READY_MS = 500;

/**
 * One replica: keeps its process running until it is told otherwise, as a kubelet would, with a growing
 * pause between restarts, and knows its phase.
 */
export class ReplicaProcess {
  readonly uid = randomUUID();
  readonly spec: ReplicaSpec;
  readonly #emit: (event: PlatformEvent) => void;
  readonly #logger: Logger;
  readonly #ending = new AbortController();
  #phase: Phase = 'starting';
  #process: StartedProcess | undefined;
  #url: string | undefined;
  #restarts = 0;
  /** How its last process ended, until it is ready again. */
  #lastEnd: string | undefined;
  #failedSpawns = 0;
  #endsBeforeReady = 0;
  #logFile: string | undefined;
  #isPaused = false;
  #isStopWanted = false;
  #wake: (() => void) | undefined;
  #life: Promise<void> = Promise.resolve();

  constructor(spec: ReplicaSpec, emit: (event: PlatformEvent) => void, logger: Logger) {
    this.spec = spec;
    this.#emit = emit;
    this.#logger = logger;
  }

  start(): void {
    this.#announce(undefined);
    this.#life = this.#live();
  }

  snapshot(): Replica {
    return {
      name: this.spec.name,
      workload: this.spec.workload,
      uid: this.uid,
      ordinal: this.spec.ordinal,
      node: NODE,
      zone: undefined,
      phase: this.#phase,
      startedAt: this.#process?.startedAt.toISOString(),
      restarts: this.#restarts,
      url: this.spec.isServing?.() === false ? undefined : this.#url,
    };
  }

  /** Why its program cannot be started at all, after some tries: waiting does not help. */
  get hopeless(): string | undefined {
    return this.#failedSpawns >= HOPELESS_AFTER ? this.#lastEnd : undefined;
  }

  /** How its last process ended, until it is ready again. */
  get lastEnd(): string | undefined {
    return this.#lastEnd;
  }

  /** How often in a row its process ended without having been ready. */
  get endsBeforeReady(): number {
    return this.#endsBeforeReady;
  }

  /** The file with what its process prints; undefined before the first was started. */
  get logFile(): string | undefined {
    return this.#logFile;
  }

  /** Why it is not ready, in words that begin with its name. */
  explainLateness(): string {
    const because = this.#lastEnd === undefined ? '' : ` (its process ended: ${this.#lastEnd})`;
    return `${this.spec.name} is ${this.#phase}${because}`;
  }

  /** Ends the replica for good. */
  async terminate(): Promise<void> {
    this.#setPhase('terminating', 'told to end');
    this.#ending.abort();
    this.#wake?.();
    await this.#process?.stop(this.spec.gracePeriodMs);
    await this.#life;
  }

  async inject(kind: FaultKind): Promise<void> {
    const isRunning = this.#process?.isRunning() ?? false;
    const refusals: Readonly<Record<FaultKind, string | false>> = {
      kill: !isRunning && 'it does not run',
      pause: (!isRunning || this.#isPaused) && 'it does not run, or is paused already',
      resume: (!isRunning || !this.#isPaused) && 'it is not paused',
      stop: this.#isStopWanted && 'it is stopped already',
      start: !this.#isStopWanted && 'it is not stopped',
    };
    if (refusals[kind]) {
      throw new AppError('conflict', `${this.spec.name} cannot take "${kind}": ${refusals[kind]}`);
    }
    await this.#faults[kind]();
  }

  readonly #faults: Readonly<Record<FaultKind, () => Promise<void> | void>> = {
    kill: async () => {
      this.#process?.signal('SIGKILL');
      // Whoever looks after this sees it dead, and not ready as it was.
      await this.#process?.exited;
      if (!this.#isEnding()) this.#setPhase('failed', 'SIGKILL');
    },
    pause: () => {
      this.#isPaused = true;
      this.#process?.signal('SIGSTOP');
      this.#setPhase('unready', 'paused');
    },
    resume: () => {
      this.#isPaused = false;
      this.#process?.signal('SIGCONT');
    },
    stop: async () => {
      this.#isStopWanted = true;
      await this.#process?.stop(this.spec.gracePeriodMs);
    },
    start: () => {
      this.#isStopWanted = false;
      this.#wake?.();
    },
  };

  async #live(): Promise<void> {
    const backOff = new BackOff(BACK_OFF);
    while (!this.#isEnding()) {
      const startedAt = Date.now();
      const end = await this.#runOnce();
      this.#isPaused = false;
      if (this.#isEnding()) return;
      if (this.#isStopWanted) {
        this.#setPhase('stopped', 'stopped');
        await new Promise<void>((resolve) => (this.#wake = resolve));
        this.#wake = undefined;
      } else {
        if (Date.now() - startedAt > RECOVERED_AFTER_MS) backOff.reset();
        const pauseMs = backOff.next();
        this.#lastEnd = end;
        this.#endsBeforeReady += 1;
        this.#setPhase('failed', end);
        this.#logger.warn(`${this.spec.name} ended (${end}); it starts again in ${String(pauseMs)} ms`);
        await pause(pauseMs, this.#ending.signal);
        this.#restarts += 1;
      }
      if (!this.#isEnding()) this.#setPhase('starting');
    }
  }

  async #spawn(spec: ProcessSpec): Promise<StartedProcess> {
    try {
      const managed = startProcess(spec);
      await managed.started;
      this.#failedSpawns = 0;
      return managed;
    } catch (error) {
      this.#failedSpawns += 1;
      throw error;
    }
  }

  /** One life of the process. Returns how it ended, in words. */
  async #runOnce(): Promise<string> {
    try {
      await this.spec.prepare?.(this.#ending.signal);
      const { spec, url } = await this.spec.buildProcess(this.uid);
      if (this.#isEnding() || this.#isStopWanted) return 'not started';
      this.#url = url;
      const managed = await this.#spawn(spec);
      this.#logFile = spec.logFile;
      this.#process = managed;
      // A stop or the end that came while the process was being made has not reached it.
      if (this.#isEnding() || this.#mustStop()) void managed.stop(this.spec.gracePeriodMs);
      const watching = new AbortController();
      void this.#watchReadiness(managed, watching.signal);
      const { code, signal } = await managed.exited;
      watching.abort();
      return signal === null ? `exit ${String(code)}` : signal;
    } catch (error) {
      return messageOf(error);
    }
  }

  async #watchReadiness(managed: StartedProcess, signal: AbortSignal): Promise<void> {
    while (managed.isRunning() && !signal.aborted) {
      const isReady = !this.#isPaused && (await this.spec.probe(this.#url).catch(() => false));
      if (managed.isRunning() && !this.#isEnding() && !this.#isStopWanted && !this.#isPaused) {
        if (isReady) {
          this.#lastEnd = undefined;
          this.#endsBeforeReady = 0;
          this.#setPhase('ready');
        } else if (this.#phase === 'ready') this.#setPhase('unready', 'its probe failed');
      }
      await pause(this.#phase === 'ready' ? PROBE_READY_MS : PROBE_STARTING_MS, signal);
    }
  }

  #mustStop(): boolean {
    return this.#isStopWanted;
  }

  #isEnding(): boolean {
    return this.#ending.signal.aborted;
  }

  #setPhase(phase: Phase, reason?: string): void {
    if (phase === this.#phase) return;
    const from = this.#phase;
    this.#phase = phase;
    this.#announce(from, reason);
  }

  #announce(from: Phase | undefined, reason?: string): void {
    const event = { at: Date.now(), kind: 'phase', replica: this.snapshot(), from } as const;
    this.#emit(reason === undefined ? event : { ...event, reason });
  }
}
