/**
 * Colours that people with any colour vision tell apart, after Okabe and Ito, with wine from Paul Tol. They come again
 * after eight partitions; the number on the chip is what identifies it.
 */
const COLOURS = 8;

/** The class that colours a partition, the same everywhere on the page. */
export function colourOfPartition(partition: number): string {
  return `hue-${partition % COLOURS}`;
}
