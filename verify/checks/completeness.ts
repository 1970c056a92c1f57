import type { UncountedReceipts } from './history.ts';
import type { PartitionReading } from './run.ts';
import { countOf, joinList } from '../../lib/wording/wording.ts';

/** @returns why the log or the ledger of the run is not all there, in words; empty when it is. */
export function describeMissing(readings: ReadonlyMap<number, PartitionReading>, source: 'log' | 'ledger'): string[] {
  const partitions = [...readings.values()];
  const cut = partitions.filter((partition) => partition[source] === 'cut');
  const unreadable = partitions.filter((partition) => partition.unreadable[source] !== undefined);
  const unread = partitions.filter((each) => each[source] === 'unread' && !unreadable.includes(each));
  const absent = partitions.filter((partition) => partition[source] === 'absent');
  return [
    ...(cut.length > 0 ? [`retention has cut off the ${source} of ${namePartitions(cut)}`] : []),
    ...(absent.length > 0 ? ['the group commits and writes no receipts'] : []),
    ...unreadable.map(({ partition, unreadable: { [source]: where } }) => {
      const place = `the ${source} of partition ${String(partition)} cannot be read at offset ${String(where?.offset)}`;
      return `${place}: ${where?.reason ?? ''}`;
    }),
    ...(unread.length > 0 ? [`the ${source} of ${namePartitions(unread)} was not read`] : []),
  ];
}

/** @returns `partition 3`, `partitions 0, 1 and 4`. */
export function namePartitions(partitions: readonly { readonly partition: number }[]): string {
  const numbers = partitions.map(({ partition }) => String(partition));
  return `${numbers.length === 1 ? 'partition' : 'partitions'} ${joinList(numbers)}`;
}

/** @returns what stands in the ledger and is no receipt, in words; empty when there is nothing. */
export function describeUncounted(uncounted: UncountedReceipts | undefined): string[] {
  const [first] = uncounted?.examples ?? [];
  if (uncounted === undefined || first === undefined) return [];
  const place = `offset ${String(first.offset)} of partition ${String(first.partition)}`;
  const isOne = uncounted.count === 1;
  return [
    `${countOf(uncounted.count, 'record')} of the ledger ${isOne ? 'is no receipt' : 'are no receipts'}, ${isOne ? '' : 'the first '}at ${place}: ${first.reason}`,
  ];
}
