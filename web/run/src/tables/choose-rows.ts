/** Of a long list the rows that somebody looks for, then the first ones, in the list's order; a short list whole. */
export function chooseRows<Row>(rows: readonly Row[], isNotable: (row: Row) => boolean, most: number): readonly Row[] {
  if (rows.length <= most) return rows;
  const ranked = [...rows.filter(isNotable), ...rows.filter((row) => !isNotable(row))];
  const chosen = new Set(ranked.slice(0, most));
  return rows.filter((row) => chosen.has(row));
}
