/** A value of a table: a number in the column's unit, words, or null for what was not measured. */
export type Cell = number | string | null;

/** Head of a column, and how its numbers are shown. */
export interface Column {
  readonly name: string;
  /** Unit of the column's numbers. @default none */
  readonly unit?: string;
  /** Decimals that are shown. @default 0 */
  readonly decimals?: number;
}

/** What a benchmark measured, as rows for people and for programs. */
export interface Table {
  readonly title: string;
  readonly columns: readonly Column[];
  readonly rows: readonly (readonly Cell[])[];
  /** Sentences on how to read it: what was compared, what differs, what was left out. */
  readonly notes: readonly string[];
}

/** A table as lines of Markdown: its title, its rows, its notes. */
export function renderTable({ title, columns, rows, notes }: Table): readonly string[] {
  const heads = columns.map(({ name, unit }) => (unit === undefined ? name : `${name}, ${unit}`));
  const lines = [heads, columns.map(() => '---'), ...rows.map((row) => renderRow(row, columns))];
  return [
    `### ${title}`,
    '',
    ...lines.map((cells) => `| ${cells.join(' | ')} |`),
    ...(notes.length > 0 ? ['', ...notes.map((note) => `- ${note}`)] : []),
  ];
}

function renderRow(row: readonly Cell[], columns: readonly Column[]): string[] {
  return row.map((cell, index) => formatCell(cell, columns[index]?.decimals ?? 0));
}

function formatCell(cell: Cell, decimals: number): string {
  if (cell === null) return '–';
  if (typeof cell === 'string') return cell;
  // JSON has no NaN: what could not be measured is null there, and a dash here.
  if (!Number.isFinite(cell)) return '–';
  return cell.toLocaleString('en', { minimumFractionDigits: decimals, maximumFractionDigits: decimals });
}
