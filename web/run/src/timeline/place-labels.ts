export interface LabelWish {
  /** Where its mark is. */
  readonly x: number;
  readonly width: number;
}

export interface LabelPlace {
  readonly row: number;
  /** Left end. */
  readonly x: number;
}

interface LabelSpace {
  readonly left: number;
  readonly right: number;
  readonly rows: number;
  /** Between a mark and its label, and between labels. */
  readonly gap: number;
}

/**
 * Where labels stand beside their marks so that none covers another: right of the mark, or left of it at the end, in the
 * first row with room. Null where there is none: the mark stays and its words are told elsewhere.
 */
export function placeLabels(wishes: readonly LabelWish[], space: LabelSpace): readonly (LabelPlace | null)[] {
  const ends = Array.from({ length: space.rows }, () => -Infinity);
  return wishes.map(({ x, width }) => {
    const fitsRight = x + space.gap + width <= space.right;
    const start = fitsRight ? x + space.gap : x - space.gap - width;
    if (start < space.left) return null;
    // A label on the left must not cover what its mark's neighbours have; the mark itself needs room, too.
    const begin = Math.min(start, x) - space.gap;
    const row = ends.findIndex((end) => end <= begin);
    if (row < 0) return null;
    ends[row] = Math.max(start + width, x);
    return { row, x: start };
  });
}
