import { AppError } from '../../lib/errors/app-error.ts';
import type { Rebalance } from '../../lib/contracts/lab-snapshot.ts';
import { readJsonLines } from '../../lib/lines/read-json-lines.ts';
import type { PlatformEvent } from '../../lib/contracts/platform-event.ts';
import type {
  AssignmentSnapshot,
  CommitSample,
  FaultRecord,
  PoisonRecord,
  ReplicationRecord,
  StepRecord,
} from '../checks/history.ts';
import { Operations } from '../checks/operations.ts';
import { Tally } from '../checks/statistics.ts';
import { journalLineSchema } from './history-schemas.ts';
import { parseAs } from './parse-as.ts';
import type { JournalLine, MachineSample, RunHeader } from './journal.ts';

/** A fault and the words in which the scenario asked for it. */
interface JournaledFault extends FaultRecord {
  readonly rule: string;
}

/** All that a journal holds, in the order in which it happened. */
export interface JournalContent {
  readonly header: RunHeader;
  readonly operations: Operations;
  /** From asking for a record to the answer that it was stored, in milliseconds. */
  readonly acknowledgements: Tally;
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
const LONGEST_RUN_MS = 12 * 24 * 3_600_000;

class JournalFold {
  #header: RunHeader | undefined;
  readonly #operations = new Operations();
  readonly #acknowledgements = new Tally();
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
    invoke: ({ at, producer, sequence, keys }) => {
      for (const [index, key] of keys.entries())
        this.#operations.invoke({ producer, sequence: sequence + index, key, invokedAt: at });
    },
    ok: ({ at, producer, sequence, partitions, offsets }) => {
      if (partitions.length !== offsets.length)
        throw new AppError('data-mismatch', 'its lists are not of the same length');
      for (const [index, partition] of partitions.entries()) {
        const row = { producer: this.#operations.producers.find(producer), sequence: sequence + index };
        this.#operations.answer(producer, row.sequence, { kind: 'ok', partition, offset: offsets[index] ?? NaN });
        if (this.#operations.has(row)) this.#acknowledgements.add(at - this.#operations.invokedAtOf(row));
      }
    },
    fail: (line) => this.#refuse(line),
    unknown: (line) => this.#refuse(line),
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
      acknowledgements: this.#acknowledgements,
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

  #refuse({ kind, producer, sequence, count, code }: JournalLine & { kind: 'fail' | 'unknown' }): void {
    for (let index = 0; index < count; index += 1) {
      this.#operations.answer(producer, sequence + index, { kind, code });
    }
  }

  #checkTime(at: number): number {
    if (Math.abs(at - (this.#header?.startedAt ?? 0)) <= LONGEST_RUN_MS) return at;
    throw new AppError('data-mismatch', 'its time is more than 12 days from when the run began');
  }
}
