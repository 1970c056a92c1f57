/**
 * How many of the first places fulfil what none fulfils after the first that does not: found in a few looks.
 *
 * @param length how many places there are
 */
export function countLeading(length: number, isLeading: (place: number) => boolean): number {
  let low = 0;
  let high = length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (isLeading(middle)) low = middle + 1;
    else high = middle;
  }
  return low;
}
