import { createContext } from 'preact';
import { useContext } from 'preact/hooks';
import type { Partition } from '../../../lib/contracts/lab-snapshot.ts';
import { formatAmount } from '../format/format-number.ts';
import { formatRanges } from '../format/format-ranges.ts';
import type { ChipSize } from './choose-chip-size.ts';
import { PartitionChip } from './partition-chip.tsx';

/** How all chips of the board are drawn, so that they can be compared. */
export interface ChipScale {
  readonly size: ChipSize;
  readonly fullLag: number;
  readonly now: number;
}

export const ChipScaleContext = createContext<ChipScale>({ size: 'full', fullLag: 1, now: 0 });

/** The partitions in one card, or of nobody. */
export function PartitionChips({ partitions, label }: { partitions: readonly Partition[]; label: string }) {
  const { size, fullLag, now } = useContext(ChipScaleContext);
  if (partitions.length === 0) return null;
  if (size === 'ranges') {
    return (
      <p class="ranges">
        <strong>{formatAmount(partitions.length, 'partition')}</strong>{' '}
        {formatRanges(partitions.map(({ partition }) => partition))}
      </p>
    );
  }
  return (
    <ul class="chips" aria-label={label}>
      {partitions.map((partition) => (
        <PartitionChip key={partition.partition} partition={partition} fullLag={fullLag} size={size} now={now} />
      ))}
    </ul>
  );
}
