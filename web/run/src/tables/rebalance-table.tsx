import { useState } from 'preact/hooks';
import type { SavedRun } from '../../../../lib/contracts/saved-run.ts';
import { formatAmount } from '../../../src/format/format-number.ts';
import { Sentence } from '../../../src/page/sentence.tsx';
import { formatOffset } from '../format/format-offset.ts';
import { WideTable } from './wide-table.tsx';

const SHOWN_AT_FIRST = 20;

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
  const [isWhole, setWhole] = useState(false);
  const { rebalances, startedAt } = run;
  const shown = isWhole || isPrinting ? rebalances : rebalances.slice(0, SHOWN_AT_FIRST);
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
          {shown.map(({ generation, at, cause, membersBefore, membersAfter, moved, isUnplanned }) => (
            <tr key={generation}>
              <th scope="row">{generation}</th>
              <td>{formatOffset(at - startedAt, 1)}</td>
              <td class="is-text">
                <strong>{cause.kind}</strong> <Sentence text={cause.sentence} />
                {isUnplanned && <em> (unplanned)</em>}
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
      {rebalances.length > SHOWN_AT_FIRST && (
        <button type="button" class="button table-more" aria-expanded={isWhole} onClick={() => setWhole(!isWhole)}>
          {isWhole ? `Show the first ${SHOWN_AT_FIRST}` : `Show all ${rebalances.length} generations`}
        </button>
      )}
    </>
  );
}
