export interface Point {
  readonly x: number;
  readonly y: number;
}

/** Slope of the least-squares line through points, in units of y per unit of x; NaN when all have one x. */
export function fitSlope(points: readonly Point[]): number {
  const mean = (pick: (point: Point) => number): number =>
    points.reduce((sum, point) => sum + pick(point), 0) / points.length;
  const [meanX, meanY] = [mean(({ x }) => x), mean(({ y }) => y)];
  const covariance = mean(({ x, y }) => (x - meanX) * (y - meanY));
  return covariance / mean(({ x }) => (x - meanX) ** 2);
}

/** The later points: those behind the first share of the range of x. */
export function dropFirst(points: readonly Point[], share: number): readonly Point[] {
  const xs = points.map(({ x }) => x);
  const [first, last] = [Math.min(...xs), Math.max(...xs)];
  return points.filter(({ x }) => x >= first + (last - first) * share);
}
