import type { History } from '../checks/history.ts';
import { pickOne, type Mutation } from './mutation.ts';

const SECONDS = [1, 10, 60, 600];

/** Clocks that are off. Nobody has done anything wrong then. */
export const CLOCK_MUTATIONS: readonly Mutation[] = SECONDS.flatMap((seconds) =>
  [-seconds, seconds].map((off): Mutation => {
    const how = off < 0 ? 'slow' : 'fast';
    return {
      name: `the clock of a member is ${String(seconds)} s ${how}`,
      harmless: 'the brokers note when they had each receipt, and its times are corrected by the difference',
      doctor: (history, random) => {
        const member = pickOne([...new Set(history.receipts.map((receipt) => receipt.member))], random);
        return member === undefined ? undefined : shiftMember(history, member, off * 1000);
      },
    };
  }),
);

function shiftMember(history: History, member: string, byMs: number): History {
  const move = (time: string): string => new Date(Date.parse(time) + byMs).toISOString();
  const receipts = history.receipts.map((receipt) =>
    receipt.member === member
      ? { ...receipt, startedAt: move(receipt.startedAt), finishedAt: move(receipt.finishedAt) }
      : receipt,
  );
  return { ...history, receipts };
}
