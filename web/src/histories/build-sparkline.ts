export interface SparklineScale {
  readonly width: number;
  readonly height: number;
  /** How many values the whole width is for; fewer begin further right, so that now is always at the right edge. */
  readonly slots: number;
  /** The value at the upper edge. */
  readonly top: number;
}

/** Line width that must not be cut off at the edges. */
const MARGIN = 2;

/** A curve as the data of an SVG path. */
export function buildSparkline(values: readonly number[], { width, height, slots, top }: SparklineScale): string {
  const step = width / Math.max(1, slots - 1);
  const left = width - step * (values.length - 1);
  const usable = height - 2 * MARGIN;
  return values
    .map((value, index) => {
      const x = (left + index * step).toFixed(1);
      const y = (MARGIN + usable * (1 - Math.min(1, value / top))).toFixed(1);
      return `${index === 0 ? 'M' : 'L'}${x} ${y}`;
    })
    .join('');
}
