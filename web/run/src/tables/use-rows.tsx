import { useMemo, useState } from 'preact/hooks';
import { formatCount } from '../../../src/format/format-number.ts';
import { chooseRows } from './choose-rows.ts';

interface RowsOptions<Row> {
  readonly rows: readonly Row[];
  /** What a long list begins with; the same function each time. */
  readonly isNotable: (row: Row) => boolean;
  /** What is shown of a long list. */
  readonly most: number;
  readonly isPrinting: boolean;
  /** What the rows are, of several. */
  readonly name: string;
}

/** The rows of a list that may be long, and what says how many more there are and shows them; nothing for a short one. */
export function useRows<Row>({ rows, isNotable, most, isPrinting, name }: RowsOptions<Row>) {
  const [isWhole, setWhole] = useState(false);
  const chosen = useMemo(() => chooseRows(rows, isNotable, most), [rows, isNotable, most]);
  const more = rows.length > most && (
    <button type="button" class="button table-more" aria-expanded={isWhole} onClick={() => setWhole(!isWhole)}>
      {isWhole ? `Show ${most} ${name}` : `Show all ${formatCount(rows.length)} ${name}`}
    </button>
  );
  return { shown: isWhole || isPrinting ? rows : chosen, more };
}
