import { useState } from 'preact/hooks';
import type { GroupSnapshot } from '../../../lib/contracts/lab-snapshot.ts';
import { formatCount, formatRate } from '../format/format-number.ts';
import { Icon } from '../page/icon.tsx';
import {
  buildPartitionRows,
  sortPartitions,
  type PartitionRow,
  type SortKey,
  type Sorting,
} from './sort-partitions.ts';

const COLUMNS: readonly { readonly key: SortKey; readonly title: string; readonly isNumber: boolean }[] = [
  { key: 'partition', title: 'Partition', isNumber: true },
  { key: 'owner', title: 'Owner', isNumber: false },
  { key: 'node', title: 'Node', isNumber: false },
  { key: 'logEndOffset', title: 'Log end', isNumber: true },
  { key: 'committedOffset', title: 'Committed', isNumber: true },
  { key: 'lag', title: 'Lag', isNumber: true },
  { key: 'producedPerSecond', title: 'Produced/s', isNumber: true },
  { key: 'consumedPerSecond', title: 'Consumed/s', isNumber: true },
];
/** More rows are of no use to people, and cost every time they are drawn. */
const MOST_ROWS = 200;

/** Every partition in a row, for whoever wants the numbers; closed at first. */
export function PartitionTable({ group }: { group: GroupSnapshot }) {
  const [isOpen, setIsOpen] = useState(false);
  const [sorting, setSorting] = useState<Sorting>({ by: 'partition', isDescending: false });
  const rows = isOpen ? sortPartitions(buildPartitionRows(group), sorting) : [];
  return (
    <details
      class="panel partitions"
      data-testid="partition-table"
      onToggle={(event) => setIsOpen(event.currentTarget.open)}
    >
      <summary>Offsets by partition</summary>
      {isOpen && (
        <div class="table-scroll" tabIndex={0} role="region" aria-label="Offsets by partition">
          <table>
            <thead>
              <tr>{COLUMNS.map((column) => renderHeading(column, sorting, setSorting))}</tr>
            </thead>
            <tbody>{rows.slice(0, MOST_ROWS).map(renderRow)}</tbody>
          </table>
          {rows.length > MOST_ROWS && (
            <p class="section-sum">
              The first {MOST_ROWS} of {rows.length} in this order.
            </p>
          )}
        </div>
      )}
    </details>
  );
}

function renderHeading(
  { key, title, isNumber }: (typeof COLUMNS)[number],
  { by, isDescending }: Sorting,
  onSort: (sorting: Sorting) => void,
) {
  const isSorted = by === key;
  const order = isDescending ? 'descending' : 'ascending';
  return (
    <th key={key} scope="col" class={isNumber ? 'is-number' : undefined} aria-sort={isSorted ? order : 'none'}>
      <button type="button" onClick={() => onSort({ by: key, isDescending: isSorted && !isDescending })}>
        {title}
        <span aria-hidden="true">{isSorted ? (isDescending ? ' ↓' : ' ↑') : ''}</span>
      </button>
    </th>
  );
}

function renderRow(row: PartitionRow) {
  const { partition, owner, node, logEndOffset, committedOffset, lag, trend } = row;
  return (
    <tr key={partition} data-row={partition}>
      <th scope="row" class="is-number">
        {partition}
      </th>
      <td class="is-name" title={owner ?? undefined}>
        <bdi>{owner ?? 'nobody'}</bdi>
      </td>
      <td>{node ?? '–'}</td>
      <td class="is-number">{logEndOffset}</td>
      <td class="is-number">
        {committedOffset ?? (
          <span title="Nothing was committed yet: the lag is counted from the start of the log.">
            –<span class="hidden"> nothing committed yet; the lag is counted from the start of the log</span>
          </span>
        )}
      </td>
      <td class="is-number">
        {formatCount(lag)} <Icon name={trend} />
        <span class="hidden">, {trend}</span>
      </td>
      <td class="is-number">{formatRate(row.producedPerSecond)}</td>
      <td class="is-number">{formatRate(row.consumedPerSecond)}</td>
    </tr>
  );
}
