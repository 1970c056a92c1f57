/**
 * How partitions are drawn: `large` to be seen from the last row, `full` with the same in less room, `compact` as
 * numbers without a bar of their lag, `ranges` as text.
 */
export type ChipSize = 'large' | 'full' | 'compact' | 'ranges';

export function chooseChipSize(partitions: number): ChipSize {
  if (partitions > 200) return 'ranges';
  if (partitions > 60) return 'compact';
  return partitions > 24 ? 'full' : 'large';
}
