import type { PartitionRun } from './run.ts';
import { joinList } from './wording.ts';

/** @returns why the log or the ledger of the run is not all there, in words; empty when it is. */
export function describeMissing(run: ReadonlyMap<number, PartitionRun>, source: 'log' | 'ledger'): string[] {
  const partitions = [...run.values()];
  const cut = partitions.filter((partition) => partition[source] === 'cut');
  const unread = partitions.filter((partition) => partition[source] === 'unread');
  const absent = partitions.filter((partition) => partition[source] === 'absent');
  return [
    ...(cut.length > 0 ? [`retention has cut off the ${source} of ${namePartitions(cut)}`] : []),
    ...(absent.length > 0 ? ['the group commits and writes no receipts'] : []),
    ...(unread.length > 0 ? [`the ${source} of ${namePartitions(unread)} was not read`] : []),
  ];
}

/** @returns `partition 3`, `partitions 0, 1 and 4`. */
export function namePartitions(partitions: readonly { readonly partition: number }[]): string {
  const numbers = partitions.map(({ partition }) => String(partition));
  return `${numbers.length === 1 ? 'partition' : 'partitions'} ${joinList(numbers)}`;
}
