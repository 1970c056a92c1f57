import { createClockFinder, type Clocks } from './clocks.ts';
import { createForgetUnknown } from './forget-unknown-generations.ts';
import type { LedgerEntry, RunFacts } from './history.ts';

/** What is to be known of all receipts before any of them is judged. */
export interface ReceiptSurvey {
  readonly receipts: number;
  /** Members' clocks that were off. */
  readonly clocks: Clocks;
  readonly knowledge: Knowledge;
}

/**
 * When each member had first processed anything in each generation, in milliseconds since the epoch by the brokers' clock: it
 * knew by then. A receipt may have begun in the generation before.
 */
export type Knowledge = ReadonlyMap<string, ReadonlyMap<number, number>>;

/** Looks through receipts in any order; those of other topics do not count. */
export function surveyReceipts(facts: RunFacts, all: Iterable<LedgerEntry>): ReceiptSurvey {
  const finder = createClockFinder();
  const forgetUnknown = createForgetUnknown(facts);
  const knowledge = new Map<string, Map<number, number>>();
  let receipts = 0;
  for (const receipt of all) {
    if (receipt.topic !== facts.topic) continue;
    receipts += 1;
    finder.take(receipt);
    const { member, generation, finishedAt } = forgetUnknown(receipt);
    if (generation === undefined) continue;
    let ofMember = knowledge.get(member);
    if (!ofMember) knowledge.set(member, (ofMember = new Map<number, number>()));
    ofMember.set(generation, Math.min(ofMember.get(generation) ?? Infinity, Date.parse(finishedAt)));
  }
  const clocks = finder.find();
  for (const [member, { behindMs }] of clocks) {
    const ofMember = knowledge.get(member);
    for (const [generation, knownAt] of ofMember ?? []) ofMember?.set(generation, knownAt + behindMs);
  }
  return { receipts, clocks, knowledge };
}
