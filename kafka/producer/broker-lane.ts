import { setTimeout as delay } from 'node:timers/promises';
import { messageOf } from '../../lib/errors/app-error.ts';
import type { BrokerInternals } from '../kafkajs/internals.ts';
import type { Produced, ProducedBatch } from '../kafkajs/produce.ts';

/** A batch that waits for the next request to its leader. */
export interface LaneBatch extends ProducedBatch {
  readonly broker: BrokerInternals;
  /** Batches of one request have one identity of their producer in common. */
  readonly identity: number;
}

/** Makes one request of batches with one leader and one identity. */
export type RequestBatches = (
  broker: BrokerInternals,
  batches: readonly LaneBatch[],
) => Promise<ReadonlyMap<number, Produced>>;

interface Waiting {
  readonly batch: LaneBatch;
  readonly resolve: (offset: number) => void;
  readonly reject: (error: unknown) => void;
}

/** How long a busy lane waits for more: those whom it has just answered often have more, and a request costs the brokers most. */
const GATHER_MS = 1;
/** A request with so many records does not wait for more. */
const WORTHWHILE_RECORDS = 200;

/**
 * What goes to one broker: one request at a time, with a batch of every partition that has one by then. A broker answers
 * the requests of a connection one after the other, so several at once would only wait for each other there.
 */
export class BrokerLane {
  readonly #request: RequestBatches;
  #waiting: Waiting[] = [];
  #isBusy = false;

  constructor(request: RequestBatches) {
    this.#request = request;
  }

  /** Resolves with the offset of the batch's first record. @throws the broker's refusal, or what broke the request */
  send(batch: LaneBatch): Promise<number> {
    return new Promise((resolve, reject) => {
      this.#waiting.push({ batch, resolve, reject });
      if (this.#isBusy) return;
      this.#isBusy = true;
      void this.#drain();
    });
  }

  async #drain(): Promise<void> {
    // Partitions that send in one turn of the event loop share the request.
    await turn();
    for (let [first] = this.#waiting; first !== undefined; [first] = this.#waiting) {
      const { broker, identity } = first.batch;
      // The broker is another object after its connection broke: then those behind it are of the old one.
      const belongs = ({ batch }: Waiting): boolean => batch.identity === identity && batch.broker === broker;
      const sent = this.#waiting.filter(belongs);
      this.#waiting = this.#waiting.filter((waiting) => !belongs(waiting));
      let isAlone = false;
      try {
        const batches = sent.map(({ batch }) => batch);
        const answers = await this.#request(broker, batches);
        isAlone = this.#waiting.length === 0 && countRecords(sent) === 1;
        for (const waiting of sent) settle(waiting, answers.get(waiting.batch.partition));
      } catch (error) {
        // Those behind would meet the same: they look for their leader anew.
        const behind = this.#waiting.splice(0);
        for (const { reject } of sent) reject(error);
        for (const { reject } of behind) reject(new Error(`not sent, for another request failed: ${messageOf(error)}`));
      }
      await this.#gather(isAlone);
    }
    this.#isBusy = false;
  }

  /** @param isAlone whether there was but one record, and nobody else waited: then there is nobody to wait for */
  async #gather(isAlone: boolean): Promise<void> {
    await turn();
    if (!isAlone && countRecords(this.#waiting) < WORTHWHILE_RECORDS) await delay(GATHER_MS);
  }
}

function countRecords(waiting: readonly Waiting[]): number {
  return waiting.reduce((sum, { batch }) => sum + batch.messages.length, 0);
}

function turn(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}

function settle({ resolve, reject }: Waiting, answer: Produced | undefined): void {
  if (answer === undefined) reject(new Error('the broker did not answer for the partition'));
  else if ('error' in answer) reject(answer.error);
  else resolve(answer.baseOffset);
}
