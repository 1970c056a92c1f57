import type { History, LedgerEntry } from '../checks/history.ts';
import type { Random } from '../scenarios/random.ts';
import { omit, pickOne, replace, type Mutation } from './mutation.ts';

type Change = (
  receipt: LedgerEntry,
  history: History,
  random: Random,
) => LedgerEntry | readonly LedgerEntry[] | undefined;

/** What can be untrue of the ledger. */
export const RECEIPT_MUTATIONS: readonly Mutation[] = [
  change('a record was not processed', isLone, () => []),
  change('the first record of a receipt was not processed', isLoneRun, (receipt) => ({
    ...withoutProof(receipt),
    from: receipt.from + 1,
  })),
  change('the last record of a receipt was not processed', isLoneRun, (receipt) => ({
    ...withoutProof(receipt),
    to: receipt.to - 1,
  })),
  change('a record within a receipt was left out, and its count says so', isCounted, (receipt) => ({
    ...receipt,
    records: (receipt.records ?? 0) - 1,
  })),
  change('a receipt is of other records than the log has', isProven, (receipt) => ({
    ...receipt,
    digest: flip(receipt.digest ?? ''),
  })),
  {
    name: 'a run of records was processed twice by the same member',
    doctor: (history, random) => {
      const receipt = pickOne(
        history.receipts.filter((each) => isOfRun(each, history)),
        random,
      );
      if (!receipt) return undefined;
      const last = lastOffset(history, receipt.partition);
      return { ...history, receipts: [...history.receipts, { ...receipt, ledgerOffset: last + 1 }] };
    },
  },
  change('a receipt reaches over the records that were processed after it', isFollowed, (receipt, history) => ({
    ...withoutProof(receipt),
    to: nextOf(receipt, history)?.to ?? receipt.to,
  })),
  { name: 'two receipts of a key stand in the wrong order', doctor: swapReceipts },
  change(
    'a receipt is that of another member',
    (_, history) => listMembers(history).length > 1,
    (receipt, history, random) => {
      const other = pickOne(
        listMembers(history).filter((name) => name !== receipt.member),
        random,
      );
      return other === undefined ? undefined : { ...receipt, member: other };
    },
  ),
  change('a receipt names a member that is not in the group', isOfRun, (receipt) => ({
    ...receipt,
    member: 'stranger',
  })),
  change('a receipt names a generation that there never was', isNumbered, (receipt) => ({
    ...receipt,
    generation: (receipt.generation ?? 0) + 1_000_000,
  })),
  {
    name: 'every receipt names the generation 0',
    doctor: (history) => ({ ...history, receipts: history.receipts.map((receipt) => ({ ...receipt, generation: 0 })) }),
  },
  change('a receipt was written before its records were stored', isOfRun, (receipt) => ({
    ...moveInTime(withoutProof(receipt), -3_600_000),
    ...(receipt.appendedAt !== undefined && { appendedAt: receipt.appendedAt - 3_600_000 }),
  })),
  {
    name: 'there is no receipt at all',
    doctor: (history) => ({ ...history, receipts: [] }),
  },
  {
    name: 'the ledger of a partition was not read',
    doctor: (history, random) => {
      const range = pickOne(history.ledgerRange, random);
      if (!range) return undefined;
      const receipts = history.receipts.filter(({ partition }) => partition !== range.partition);
      return { ...history, receipts, ledgerRange: replace(history.ledgerRange, range) };
    },
  },
  { name: 'a member accounts for a partition after its new owner has begun', doctor: accountLate },
];

function change(name: string, mayBe: (receipt: LedgerEntry, history: History) => boolean, make: Change): Mutation {
  return {
    name,
    doctor: (history, random) => {
      const receipt = pickOne(
        history.receipts.filter((each) => mayBe(each, history)),
        random,
      );
      const made = receipt && make(receipt, history, random);
      if (receipt === undefined || made === undefined) return undefined;
      return { ...history, receipts: replace(history.receipts, receipt, ...[made].flat()) };
    },
  };
}

const flip = (digest: string): string => `${digest.startsWith('0') ? '1' : '0'}${digest.slice(1)}`;

/** With the count and the digest it would be another matter: who lies about the one need not about the others. */
function withoutProof(receipt: LedgerEntry): LedgerEntry {
  return omit(receipt, ['records', 'digest']);
}

function isOfRun(receipt: LedgerEntry, { log, runId }: History): boolean {
  return log.some(
    ({ partition, offset, identity }) =>
      identity?.runId === runId && partition === receipt.partition && offset >= receipt.from && offset <= receipt.to,
  );
}

/** Whether no other receipt covers any of its records: what is doctored must not be mended by a redelivery. */
function isLone(receipt: LedgerEntry, history: History): boolean {
  const { partition, from, to } = receipt;
  const isOther = (other: LedgerEntry): boolean =>
    other !== receipt && other.partition === partition && other.from <= to && other.to >= from;
  return isOfRun(receipt, history) && !history.receipts.some(isOther);
}

function isLoneRun(receipt: LedgerEntry, history: History): boolean {
  const hasRecord = (offset: number): boolean =>
    history.log.some((record) => record.partition === receipt.partition && record.offset === offset);
  return receipt.from < receipt.to && isLone(receipt, history) && hasRecord(receipt.from) && hasRecord(receipt.to);
}

function isCounted(receipt: LedgerEntry, history: History): boolean {
  return (receipt.records ?? 0) > 1 && isOfRun(receipt, history);
}

function isProven(receipt: LedgerEntry, history: History): boolean {
  return receipt.digest !== undefined && isOfRun(receipt, history);
}

function isNumbered({ generation }: LedgerEntry): boolean {
  return generation !== undefined;
}

function nextOf(receipt: LedgerEntry, { receipts }: History): LedgerEntry | undefined {
  return receipts.find(({ partition, from }) => partition === receipt.partition && from > receipt.to);
}

/** Whether the same member goes on where it ends. */
function isFollowed(receipt: LedgerEntry, history: History): boolean {
  const next = nextOf(receipt, history);
  const isSame = next?.member === receipt.member && next.generation === receipt.generation;
  return isSame && isOfRun(next, history);
}

function lastOffset({ receipts }: History, partition: number): number {
  return receipts.reduce((last, each) => (each.partition === partition ? Math.max(last, each.ledgerOffset) : last), 0);
}

function listMembers({ generations }: History): readonly string[] {
  return [...new Set(generations.flatMap(({ members }) => members.map(({ member }) => member)))];
}

function moveInTime(receipt: LedgerEntry, byMs: number): LedgerEntry {
  const move = (time: string): string => new Date(Date.parse(time) + byMs).toISOString();
  return { ...receipt, startedAt: move(receipt.startedAt), finishedAt: move(receipt.finishedAt) };
}

function listKeys({ log }: History, { partition, from, to }: LedgerEntry): ReadonlySet<string | null> {
  return new Set(
    log.filter((r) => r.partition === partition && r.offset >= from && r.offset <= to).map(({ key }) => key),
  );
}

function swapReceipts(history: History, random: Random): History | undefined {
  const pairs = history.receipts.flatMap((first) => {
    const second = isLone(first, history) ? nextOf(first, history) : undefined;
    if (second === undefined || !isLone(second, history)) return [];
    const keys = listKeys(history, second);
    return [...listKeys(history, first)].some((key) => key !== null && keys.has(key)) ? [[first, second] as const] : [];
  });
  const pair = pickOne(pairs, random);
  if (!pair) return undefined;
  return swapPlaces(history, ...pair);
}

/** The former owner's last receipt comes behind the first of the new one, by order and by time. */
function accountLate(history: History, random: Random): History | undefined {
  const handovers = history.receipts.flatMap((former) => {
    const next = nextOf(former, history);
    return next !== undefined && next.member !== former.member && isLone(former, history)
      ? [[former, next] as const]
      : [];
  });
  const handover = pickOne(handovers, random);
  if (!handover) return undefined;
  return swapPlaces(history, ...handover);
}

function swapPlaces(history: History, first: LedgerEntry, second: LedgerEntry): History {
  const receipts = history.receipts.map((receipt) => {
    if (receipt === first) return { ...first, ledgerOffset: second.ledgerOffset };
    return receipt === second ? { ...second, ledgerOffset: first.ledgerOffset } : receipt;
  });
  return { ...history, receipts };
}
