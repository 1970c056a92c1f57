import type { LedgerEntry, RunFacts } from './history.ts';

/** A receipt as it is judged. */
export interface JudgedReceipt extends LedgerEntry {
  /** What it said its generation was, though the group had none of that number: it is judged by time. */
  readonly unknownGeneration?: number;
}

/** Tells how a receipt is judged, whose number of a generation may be made up. */
export type ForgetUnknown = (receipt: LedgerEntry) => JudgedReceipt;

/**
 * Takes from receipts the numbers of generations that the group never had: nothing follows from them. Where a part of the
 * group's history is missing, they may be right.
 */
export function createForgetUnknown({ generations, groupReading }: RunFacts): ForgetUnknown {
  if (groupReading !== 'whole' || generations.length === 0) return (receipt) => receipt;
  const known = new Set(generations.map(({ generation }) => generation));
  return (receipt) => {
    const { generation, ...others } = receipt;
    return generation === undefined || known.has(generation) ? receipt : { ...others, unknownGeneration: generation };
  };
}
