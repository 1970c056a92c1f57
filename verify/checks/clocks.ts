import { CLOCK_DIFFERENCE_MS } from './clock-difference.ts';
import type { LedgerEntry } from './history.ts';

/** A member whose clock is not the brokers'. */
interface ClockDifference {
  readonly member: string;
  /** How far it is behind, in milliseconds; negative when it is ahead. */
  readonly behindMs: number;
}

/** Members' clocks that are further from the brokers' than they may be, by the names of the members. */
export type Clocks = ReadonlyMap<string, ClockDifference>;

/** The share of receipts that may be odd by themselves. */
const ODD_SHARE = 0.05;

/** Finds the clocks that are off, of receipts that it is shown one by one. */
export interface ClockFinder {
  take(receipt: LedgerEntry): void;
  find(): Clocks;
}

/**
 * A receipt is appended right after the work that it tells of has ended, and never before: how much later, by the broker's
 * clock, the soonest of a member's receipts are is how far its own clock is behind. A member that always waits so long
 * with its receipts looks the same; no time that is judged depends on which it is.
 */
export function createClockFinder(): ClockFinder {
  const waits = new Map<string, number[]>();
  return {
    take({ member, finishedAt, appendedAt }) {
      if (appendedAt === undefined) return;
      const ofMember = waits.get(member);
      const waitedMs = appendedAt - Date.parse(finishedAt);
      if (ofMember) ofMember.push(waitedMs);
      else waits.set(member, [waitedMs]);
    },
    find() {
      const differences = [...waits].flatMap(([member, ofMember]): [string, ClockDifference][] => {
        const sorted = Float64Array.from(ofMember).sort();
        const behindMs = sorted[Math.floor(sorted.length * ODD_SHARE)] ?? 0;
        return Math.abs(behindMs) > CLOCK_DIFFERENCE_MS ? [[member, { member, behindMs }]] : [];
      });
      return new Map(differences);
    },
  };
}

/** The receipt with its times by the brokers' clock. */
export function byBrokersClock(receipt: LedgerEntry, clocks: Clocks): LedgerEntry {
  const behindMs = clocks.get(receipt.member)?.behindMs;
  if (behindMs === undefined) return receipt;
  const shift = (time: string): string => new Date(Date.parse(time) + behindMs).toISOString();
  return { ...receipt, startedAt: shift(receipt.startedAt), finishedAt: shift(receipt.finishedAt) };
}

/** One sentence for each clock that is off. */
export function describeClocks(clocks: Clocks): string[] {
  return [...clocks.values()].map(({ member, behindMs }) => {
    const seconds = (Math.abs(behindMs) / 1000).toFixed(1);
    const how = behindMs > 0 ? 'slow' : 'fast';
    return `the clock of ${member} is ${seconds} s ${how}: its receipts are judged by the time at which the brokers had them`;
  });
}
