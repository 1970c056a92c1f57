import type { PreparedPartition } from '../checks/prepare-run.ts';
import { Tally } from '../checks/statistics.ts';
import type { JournalContent } from '../history/read-journal.ts';

/** What a run looked like, second by second: it is shown each partition once. */
export class RunPicture {
  /** Records stored in each second. */
  readonly produced: Float64Array;
  /** Records first processed in each second. */
  readonly processed: Float64Array;
  /** From a record's storing to the end of the run of offsets that it was first processed in, in milliseconds. */
  readonly delays = new Tally();
  readonly #startedAt: number;

  constructor({ header, end, lastAt }: JournalContent) {
    const seconds = Math.max(1, Math.ceil(((end?.at ?? lastAt) - header.startedAt) / 1000));
    this.#startedAt = header.startedAt;
    this.produced = new Float64Array(seconds);
    this.processed = new Float64Array(seconds);
  }

  /** The second of a time, in milliseconds since the epoch; what lies outside the run is of its first or last. */
  findSecond(at: number): number {
    return Math.min(this.produced.length - 1, Math.max(0, Math.floor((at - this.#startedAt) / 1000)));
  }

  take({ records, coverage }: PreparedPartition): void {
    for (let index = 0; index < records.length; index += 1) {
      const storedAt = records.storedAt(index);
      if (!Number.isNaN(storedAt)) this.#add(this.produced, storedAt, 1);
    }
    for (const { receipt, indexes } of coverage.firstProcessings) {
      const at = Date.parse(receipt.finishedAt);
      this.#add(this.processed, at, indexes.length);
      for (const index of indexes) {
        const storedAt = records.storedAt(index);
        if (!Number.isNaN(storedAt)) this.delays.add(Math.max(0, at - storedAt));
      }
    }
  }

  #add(counts: Float64Array, at: number, count: number): void {
    const second = this.findSecond(at);
    counts[second] = (counts[second] ?? 0) + count;
  }
}
