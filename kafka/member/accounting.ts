import { setTimeout as delay } from 'node:timers/promises';
import type { Receipt } from '../../lib/contracts/receipt.ts';
import { messageOf } from '../../lib/errors/app-error.ts';
import type { Logger } from '../../lib/log/create-logger.ts';
import { BackOff } from '../../lib/retry/back-off.ts';
import { createLedger, type Ledger, type ProcessedRecord, type TakenRuns } from './ledger.ts';
import type { HeldPartition } from './member-state.ts';
import type { Tenure } from './membership.ts';

interface AccountingOptions {
  readonly topic: string;
  readonly member: string;
  /** Writes a receipt; resolves when the brokers have acknowledged it. */
  readonly writeReceipt: (receipt: Receipt) => Promise<void>;
  /**
   * Commits the offsets to go on from, in the generation that is valid by then. Tenures that end meanwhile without being
   * accounted for are left out.
   *
   * @throws Error when the membership is over
   */
  readonly commit: (offsets: ReadonlyMap<Tenure, number>) => Promise<void>;
  /** Called when a partition that was held may go on. */
  readonly onResumed: (tenure: Tenure) => void;
  readonly logger: Logger;
}

interface Account {
  readonly ledger: Ledger;
  /**
   * What was taken out of the ledger, on its way into the ledger topic and the committed offsets, in its order: several at
   * the end only.
   */
  readonly settling: Settling[];
  /** Whether what is open is to be settled soon. */
  isDue: boolean;
  /** Why nothing more is processed for now. */
  heldFor: string | undefined;
  /** A run was given up: a commit behind it would cover it, too. */
  isGivenUp: boolean;
}

interface Settling {
  readonly taken: TakenRuns;
  /** What is committed before it. */
  readonly before: Settling | undefined;
  hasFailed: boolean;
  /** Resolves when nothing more is written for it: its commit is left, or it was given up. */
  readonly written: PromiseWithResolvers<undefined>;
  isWritten: boolean;
  done: Promise<void>;
  /** Resolves when it is done, or its partition is held; another one once the partition may go on. */
  doneOrHeld: PromiseWithResolvers<undefined>;
}

/** Between two times that what is open is accounted for because nothing more has come. */
const FLUSH_PAUSE_MS = 50;
/** A receipt that is not acknowledged by then keeps its own partition waiting, and no other. */
const SLOW_RECEIPT_MS = 2000;
const RECEIPT_BACK_OFF = { firstMs: 1000, longestMs: 10_000 };

/**
 * Accounts for what was processed: receipt first, then the commit, each partition for itself. What cannot be accounted
 * for is processed again by the next owner.
 */
export class Accounting {
  readonly #options: AccountingOptions;
  readonly #accounts = new Map<Tenure, Account>();
  /** Offsets behind receipts that were acknowledged at the same time: they are committed together. */
  #toCommit = new Map<Tenure, number>();
  #committing: Promise<void> | undefined;
  #flush: NodeJS.Timeout | undefined;
  #flushedAt = 0;

  constructor(options: AccountingOptions) {
    this.#options = options;
  }

  /** Partitions that wait, and for what. */
  get held(): readonly HeldPartition[] {
    return [...this.#accounts].flatMap(([{ partition }, { heldFor }]) =>
      heldFor === undefined ? [] : [{ partition, reason: heldFor }],
    );
  }

  isHeld(tenure: Tenure): boolean {
    return this.#accounts.get(tenure)?.heldFor !== undefined;
  }

  /** Records that are processed and not accounted for. */
  countOpen(tenure: Tenure): number {
    return this.#accounts.get(tenure)?.ledger.openRecords ?? 0;
  }

  /** Notes a processed record, unless its partition is not owned any more. */
  add(tenure: Tenure, record: ProcessedRecord): void {
    if (tenure.isOwned) this.#accountOf(tenure).ledger.add(record);
  }

  /** Notes where a partition goes on: nothing before this offset is a record that was not processed. */
  pass(tenure: Tenure, next: number): void {
    if (tenure.isOwned) this.#accountOf(tenure).ledger.pass(next);
  }

  /** Notes where a partition goes on, though there may have been records before that nobody has seen. */
  leap(tenure: Tenure, next: number): void {
    if (tenure.isOwned) this.#accountOf(tenure).ledger.leap(next);
  }

  #accountOf(tenure: Tenure): Account {
    const found = this.#accounts.get(tenure);
    if (found !== undefined) return found;
    const { topic, member } = this.#options;
    const ledger = createLedger({ topic, partition: tenure.partition, member });
    const account: Account = { ledger, settling: [], isDue: false, heldFor: undefined, isGivenUp: false };
    this.#accounts.set(tenure, account);
    return account;
  }

  /** Accounts for a partition as soon as may be: nothing more has come for now, and a kill would repeat what is open. */
  settleSoon(tenure: Tenure): void {
    const account = this.#accounts.get(tenure);
    if (account === undefined) return;
    account.isDue = true;
    this.#flush ??= setTimeout(() => this.#settleDue(), Math.max(0, this.#flushedAt + FLUSH_PAUSE_MS - Date.now()));
  }

  #settleDue(): void {
    this.#flush = undefined;
    this.#flushedAt = Date.now();
    for (const [tenure, account] of this.#accounts) {
      // What is still settling comes again when that is done.
      if (!account.isDue || account.settling.length > 0) continue;
      account.isDue = false;
      this.#begin(tenure, account);
    }
  }

  /** Accounts for everything that is open now. */
  async settleAll(): Promise<void> {
    const open = [...this.#accounts].flatMap(([tenure, account]) => this.#begin(tenure, account) ?? []);
    await Promise.all(open.map(({ done }) => done));
  }

  /** Accounts for what is open of a partition now; resolves also when it is held. */
  async settle(tenure: Tenure): Promise<void> {
    const account = this.#accounts.get(tenure);
    if (account === undefined) return;
    const settling = this.#begin(tenure, account);
    if (account.heldFor === undefined) await settling?.doneOrHeld.promise;
  }

  /** Accounts for everything of a partition of which nothing more is processed. */
  async finish(tenure: Tenure): Promise<void> {
    const account = this.#accounts.get(tenure);
    if (account === undefined) return;
    for (let settling = this.#begin(tenure, account); settling; settling = this.#begin(tenure, account)) {
      await (settling.isWritten ? settling.done : settling.written.promise);
    }
  }

  /** Drops what is open of it: it is another member's business now. */
  forget(tenure: Tenure): void {
    for (const { doneOrHeld } of this.#accounts.get(tenure)?.settling ?? []) doneOrHeld.resolve(undefined);
    this.#accounts.delete(tenure);
  }

  /** What is being settled, or begins to be. */
  #begin(tenure: Tenure, account: Account): Settling | undefined {
    const before = account.settling.at(-1);
    // At the end the last receipts are written while the commit before them is under way: others wait for the partition.
    const isFree = before === undefined || (before.isWritten && tenure.ending.aborted);
    const taken = isFree && !account.isGivenUp && tenure.isOwned ? account.ledger.take() : undefined;
    if (taken === undefined) return before;
    const settling: Settling = {
      taken,
      before,
      hasFailed: false,
      written: Promise.withResolvers(),
      isWritten: false,
      done: Promise.resolve(),
      doneOrHeld: Promise.withResolvers(),
    };
    account.settling.push(settling);
    settling.done = this.#settle(tenure, account, settling);
    return settling;
  }

  async #settle(tenure: Tenure, account: Account, settling: Settling): Promise<void> {
    const { records, commitOffset, receipts } = settling.taken;
    const endWriting = (): void => {
      settling.isWritten = true;
      settling.written.resolve(undefined);
    };
    try {
      for (const receipt of receipts) await this.#writeReceipt(tenure, account, receipt);
      endWriting();
      await settling.before?.done;
      if (settling.before?.hasFailed === true) throw new Error('those before them could not be');
      await this.#commit(tenure, commitOffset);
    } catch (error) {
      settling.hasFailed = true;
      account.isGivenUp = true;
      this.#options.logger.warn(
        `${String(records)} processed records of partition ${String(tenure.partition)} could not be committed and may be processed again: ${messageOf(error)}`,
      );
    } finally {
      endWriting();
      account.settling.splice(account.settling.indexOf(settling), 1);
      account.ledger.close(settling.taken);
      settling.doneOrHeld.resolve(undefined);
      if (account.isDue) this.settleSoon(tenure);
    }
  }

  /** Until it is written. What stands in its way stands in the way of its own partition only. */
  async #writeReceipt(tenure: Tenure, account: Account, receipt: Receipt): Promise<void> {
    const slow = setTimeout(
      () => this.#hold(tenure, account, 'its receipt waits for the brokers', 'debug'),
      SLOW_RECEIPT_MS,
    );
    const backOff = new BackOff(RECEIPT_BACK_OFF);
    try {
      for (;;) {
        // Once the partition is to be given up, this try is the last.
        const isLast = tenure.ending.aborted;
        try {
          await this.#options.writeReceipt(receipt);
          break;
        } catch (error) {
          if (isLast || !tenure.isOwned) throw error;
          this.#hold(tenure, account, messageOf(error), 'warn');
          await delay(backOff.next(), undefined, { signal: tenure.ending }).catch(() => undefined);
        }
      }
    } finally {
      clearTimeout(slow);
    }
    if (!tenure.isOwned) throw new Error('the membership is over');
    if (account.heldFor === undefined) return;
    account.heldFor = undefined;
    // It is not done yet: whoever waits from now on waits for the rest.
    const writing = account.settling.at(-1);
    if (writing !== undefined) writing.doneOrHeld = Promise.withResolvers();
    if (!tenure.ending.aborted) this.#options.onResumed(tenure);
  }

  #hold({ partition, isOwned }: Tenure, account: Account, reason: string, level: 'debug' | 'warn'): void {
    const { topic, logger } = this.#options;
    if (!isOwned || account.heldFor === reason) return;
    account.heldFor = reason;
    account.settling.at(-1)?.doneOrHeld.resolve(undefined);
    logger[level]({ partition, reason }, `partition ${String(partition)} of ${topic} waits: ${reason}`);
  }

  #commit(tenure: Tenure, offset: number): Promise<void> {
    this.#toCommit.set(tenure, offset);
    this.#committing ??= new Promise<void>((resolve) => setImmediate(resolve)).then(() => {
      const offsets = this.#toCommit;
      this.#toCommit = new Map();
      this.#committing = undefined;
      return this.#options.commit(offsets);
    });
    return this.#committing;
  }
}
