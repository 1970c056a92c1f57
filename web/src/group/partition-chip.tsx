import type { Partition } from '../../../lib/contracts/lab-snapshot.ts';
import { formatAmount } from '../format/format-number.ts';
import type { ChipSize } from './choose-chip-size.ts';
import { colourOfPartition } from './partition-colour.ts';

/** How long a chip is marked after it came, in milliseconds. */
const FRESH_FOR_MS = 6000;

interface PartitionChipProps {
  readonly partition: Partition;
  /** Lag that fills the bar, in records. */
  readonly fullLag: number;
  readonly size: Exclude<ChipSize, 'ranges'>;
  readonly now: number;
}

/** One partition: its number, its colour, and a bar for the records that wait in it. */
export function PartitionChip({ partition, fullLag, size, now }: PartitionChipProps) {
  const { partition: number, lag, trend, movedAt } = partition;
  const isFresh = movedAt !== null && now - movedAt < FRESH_FOR_MS;
  const classes = ['chip', colourOfPartition(number), `chip-${size}`, isFresh && 'is-fresh'];
  const text = `lag ${formatAmount(lag, 'record')}, ${trend}`;
  return (
    <li class={classes.filter(Boolean).join(' ')} data-partition={number} title={`partition ${number}: ${text}`}>
      <span class="hidden">partition </span>
      <span class="chip-number">{number}</span>
      <span class="hidden">: {text}</span>
      {size !== 'compact' && (
        <span class="chip-bar" aria-hidden="true">
          <span style={{ transform: `scaleX(${Math.min(1, lag / fullLag).toFixed(3)})` }} />
        </span>
      )}
    </li>
  );
}
