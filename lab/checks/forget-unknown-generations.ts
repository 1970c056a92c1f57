import type { History, LedgerEntry } from './history.ts';

/** A receipt as it is judged. */
export interface JudgedReceipt extends LedgerEntry {
  /** What it said its generation was, though the group had none of that number: it is judged by time. */
  readonly unknownGeneration?: number;
}

/**
 * Takes from receipts the numbers of generations that the group never had: nothing follows from them. Where a part of the
 * group's history is missing, they may be right.
 */
export function forgetUnknownGenerations({ receipts, generations, groupReading }: History): readonly JudgedReceipt[] {
  if (groupReading !== 'whole' || generations.length === 0) return receipts;
  const known = new Set(generations.map(({ generation }) => generation));
  const isRight = ({ generation }: LedgerEntry): boolean => generation === undefined || known.has(generation);
  if (receipts.every(isRight)) return receipts;
  return receipts.map((receipt) => {
    const { generation, ...others } = receipt;
    return generation === undefined || isRight(receipt) ? receipt : { ...others, unknownGeneration: generation };
  });
}
