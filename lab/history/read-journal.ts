import { AppError } from '../../lib/errors/app-error.ts';
import type { Rebalance } from '../../lib/contracts/lab-snapshot.ts';
import { readJsonLines } from '../../lib/lines/read-json-lines.ts';
import type { PlatformEvent } from '../../lib/platform/platform.ts';
import type {
  AssignmentSnapshot,
  CommitSample,
  FaultRecord,
  Operation,
  Outcome,
  PoisonRecord,
  ReplicationRecord,
  StepRecord,
} from '../checks/history.ts';
import { createInterner } from './create-interner.ts';
import { journalLineSchema } from './history-schemas.ts';
import { parseAs } from './parse-as.ts';
import type { JournalLine, MachineSample, RunHeader } from './journal.ts';

/** A fault and the words in which the scenario asked for it. */
export interface JournaledFault extends FaultRecord {
  readonly rule: string;
}

/** All that a journal holds, in the order in which it happened. */
export interface JournalContent {
  readonly header: RunHeader;
  readonly operations: readonly Operation[];
  /** By sequence: when the answer came, in milliseconds since the epoch. */
  readonly answeredAt: ReadonlyMap<number, number>;
  readonly steps: readonly StepRecord[];
  readonly faults: readonly JournaledFault[];
  readonly events: readonly PlatformEvent[];
  readonly assignments: readonly AssignmentSnapshot[];
  readonly commitSamples: readonly CommitSample[];
  readonly machine: readonly MachineSample[];
  /** The last word on each, by generation. */
  readonly rebalances: readonly Rebalance[];
  readonly poisons: readonly PoisonRecord[];
  readonly replication: ReplicationRecord | undefined;
  /** Why there are no more steps; undefined when the verifier died before. */
  readonly over: { readonly isComplete: boolean; readonly reason: string } | undefined;
  readonly end:
    { readonly at: number; readonly log: ReadonlyMap<number, number>; readonly leftRecords: number } | undefined;
  /** The time of the last line that has one. */
  readonly lastAt: number;
}

type Mutable<T> = { -readonly [K in keyof T]: T[K] };

/**
 * Reads a journal, also one that ends in the middle of a line.
 *
 * @throws AppError `data-mismatch` with the line when it is no journal, `not-found` when there is none
 */
export async function readJournal(file: string): Promise<JournalContent> {
  const fold = new JournalFold();
  // Held to the schema, of which the types of what the lab's own parts write are narrower versions.
  const take = (value: unknown): void => fold.take(parseAs(journalLineSchema, value) as JournalLine);
  await readJsonLines(file, take, { mayBeTorn: true });
  return fold.finish(file);
}

/** A run takes minutes; a picture of it has a sample for each second. */
const LONGEST_RUN_MS = 31 * 24 * 3_600_000;

/** One object for all that have no answer yet. */
const PENDING: Outcome = { kind: 'pending' };

class JournalFold {
  #header: RunHeader | undefined;
  readonly #operations: Mutable<Operation>[] = [];
  /** By producer and sequence. */
  readonly #byProducer = new Map<string, Mutable<Operation>[]>();
  readonly #keys = createInterner();
  readonly #answeredAt = new Map<number, number>();
  readonly #steps = new Map<number, StepRecord>();
  readonly #faults: JournaledFault[] = [];
  readonly #events: PlatformEvent[] = [];
  readonly #assignments: AssignmentSnapshot[] = [];
  readonly #commitSamples: CommitSample[] = [];
  readonly #machine: MachineSample[] = [];
  readonly #rebalances = new Map<number, Rebalance>();
  readonly #poisons: PoisonRecord[] = [];
  #replication: ReplicationRecord | undefined;
  #over: JournalContent['over'];
  #end: JournalContent['end'];
  #lastAt = 0;

  take(line: JournalLine): void {
    if ((this.#header === undefined) !== (line.kind === 'run')) {
      throw new AppError('data-mismatch', "it does not begin as a run's journal, or another run begins");
    }
    if ('at' in line) this.#lastAt = this.#checkTime(line.at);
    const take = this.#takers[line.kind] as (line: JournalLine) => void;
    take(line);
  }

  readonly #takers: { readonly [Kind in JournalLine['kind']]: (line: JournalLine & { kind: Kind }) => void } = {
    run: (line) => {
      this.#header = line;
      this.#lastAt = line.startedAt;
    },
    invoke: ({ at, producer, sequence, key }) => {
      const operations = this.#byProducer.get(producer) ?? [];
      const operation: Mutable<Operation> = {
        producer: operations[0]?.producer ?? producer,
        sequence,
        key: this.#keys(key),
        invokedAt: at,
        outcome: PENDING,
      };
      this.#operations.push(operation);
      operations[sequence] = operation;
      this.#byProducer.set(producer, operations);
    },
    ok: (line) => this.#answer(line, { kind: 'ok', partition: line.partition, offset: line.offset }),
    fail: (line) => this.#answer(line, { kind: 'fail', code: line.code }),
    unknown: (line) => this.#answer(line, { kind: 'unknown', code: line.code }),
    'step-begins': ({ index, step, text, at }) => {
      const begun = {
        index,
        kind: step,
        text,
        startedAt: at,
        endedAt: null,
        outcome: 'pending',
        detail: null,
      } as const;
      this.#steps.set(index, begun);
    },
    'step-ends': ({ index, at, outcome, detail, balanceMs }) => {
      const step = this.#steps.get(index);
      if (!step) return;
      this.#steps.set(index, { ...step, endedAt: at, outcome, detail, ...(balanceMs !== undefined && { balanceMs }) });
    },
    fault: ({ fault, rule }) => void this.#faults.push({ ...fault, rule }),
    platform: ({ event }) => void this.#events.push(event),
    assignment: ({ assignment }) => void this.#assignments.push(assignment),
    'commit-sample': ({ sample }) => void this.#commitSamples.push(sample),
    machine: ({ sample }) => void this.#machine.push(sample),
    rebalance: ({ rebalance }) => void this.#rebalances.set(rebalance.generation, rebalance),
    poison: ({ poison }) => void this.#poisons.push(poison),
    replication: ({ replication }) => (this.#replication = replication),
    over: ({ isComplete, reason }) => (this.#over = { isComplete, reason }),
    end: ({ at, log, leftRecords }) => (this.#end = { at, log: new Map(log), leftRecords }),
  };

  finish(file: string): JournalContent {
    if (this.#header === undefined) throw new AppError('data-mismatch', `${file} is no run's journal: it has no line`);
    return {
      header: this.#header,
      operations: this.#operations,
      answeredAt: this.#answeredAt,
      steps: [...this.#steps.values()],
      faults: this.#faults,
      events: this.#events,
      assignments: this.#assignments,
      commitSamples: this.#commitSamples,
      machine: this.#machine,
      rebalances: [...this.#rebalances.values()].sort((a, b) => a.at - b.at),
      poisons: this.#poisons,
      replication: this.#replication,
      over: this.#over,
      end: this.#end,
      lastAt: this.#lastAt,
    };
  }

  #checkTime(at: number): number {
    if (Math.abs(at - (this.#header?.startedAt ?? 0)) <= LONGEST_RUN_MS) return at;
    throw new AppError('data-mismatch', 'its time is more than 31 days from when the run began');
  }

  #answer({ at, producer, sequence }: { at: number; producer: string; sequence: number }, outcome: Outcome): void {
    const operation = this.#byProducer.get(producer)?.[sequence];
    if (operation === undefined) return;
    operation.outcome = outcome;
    this.#answeredAt.set(sequence, at);
  }
}
