import type { SavedRebalance, SavedRun } from '../../../../lib/contracts/saved-run.ts';
import { formatAmount } from '../../../src/format/format-number.ts';
import { Sentence } from '../../../src/page/sentence.tsx';
import { formatOffset } from '../format/format-offset.ts';
import { useRows } from './use-rows.tsx';
import { WideTable } from './wide-table.tsx';

const SHOWN_AT_FIRST = 20;
const isUnplanned = (rebalance: SavedRebalance): boolean => rebalance.isUnplanned;

interface RebalanceTableProps {
  readonly run: SavedRun;
  readonly isPrinting: boolean;
  /** @default `Rebalances` */
  readonly title?: string;
  readonly id?: string;
}

/** Every generation of the group, with why it came and what it changed. */
export function RebalanceTable({
  run,
  isPrinting,
  title = 'Rebalances',
  id = 'rebalances-title',
}: RebalanceTableProps) {
  const { rebalances, startedAt } = run;
  const { shown, more } = useRows({
    rows: rebalances,
    isNotable: isUnplanned,
    most: SHOWN_AT_FIRST,
    isPrinting,
    name: 'generations',
  });
  return (
    <>
      <WideTable title={title} id={id} sum={formatAmount(rebalances.length, 'generation')}>
        <thead>
          <tr>
            <th scope="col">Generation</th>
            <th scope="col">at</th>
            <th scope="col" class="is-text">
              cause
            </th>
            <th scope="col">members</th>
            <th scope="col">moved</th>
          </tr>
        </thead>
        <tbody>
          {shown.map(({ generation, at, cause, membersBefore, membersAfter, moved, isUnplanned: isLost }) => (
            <tr key={generation}>
              <th scope="row">{generation}</th>
              <td>{formatOffset(at - startedAt, 1)}</td>
              <td class="is-text">
                <strong>{cause.kind}</strong> <Sentence text={cause.sentence} />
                {isLost && <em> (unplanned)</em>}
              </td>
              <td>
                {membersBefore} <span aria-hidden="true">→</span>
                <span class="hidden">to</span> {membersAfter}
              </td>
              <td>{moved}</td>
            </tr>
          ))}
        </tbody>
      </WideTable>
      {more}
    </>
  );
}
