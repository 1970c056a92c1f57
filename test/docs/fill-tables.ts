/** A table of the docs that is decided in the code: its cells are Markdown, without the pipes between them. */
export interface DocsTable {
  /** Under `docs`. */
  readonly file: string;
  /** As the markers around it call it. */
  readonly name: string;
  readonly heads: readonly string[];
  readonly rows: readonly (readonly string[])[];
}

/**
 * Puts tables where the text has their markers; what stands between two markers is replaced.
 *
 * @throws RangeError when a table has no place, or a place no table
 */
export function fillTables(text: string, tables: readonly DocsTable[]): string {
  const unplaced = new Map(tables.map((table) => [table.name, table]));
  const filled = text.replaceAll(
    /(<!-- table ([a-z-]+), written by `make docs` -->\n)[^]*?(<!-- end -->)/g,
    (_all, begin: string, name: string, end: string) => {
      const table = unplaced.get(name);
      if (table === undefined) throw new RangeError(`there is no table ${name}, or it is there twice`);
      unplaced.delete(name);
      return `${begin}\n${renderAligned(table)}\n\n${end}`;
    },
  );
  for (const name of unplaced.keys()) throw new RangeError(`there is no place for the table ${name}`);
  return filled;
}

/** As Prettier writes it. */
function renderAligned({ heads, rows }: DocsTable): string {
  const widths = heads.map((_head, column) => Math.max(3, ...[heads, ...rows].map((row) => row[column]?.length ?? 0)));
  const rule = widths.map((width) => '-'.repeat(width));
  return [heads, rule, ...rows]
    .map((cells) => `| ${widths.map((width, column) => (cells[column] ?? '').padEnd(width)).join(' | ')} |`)
    .join('\n');
}
