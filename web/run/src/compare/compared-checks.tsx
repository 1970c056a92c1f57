import type { SavedCheck, SavedRun } from '../../../../lib/contracts/saved-run.ts';
import { Evidence } from '../checks/evidence.tsx';
import { formatName } from '../format/format-moment.ts';
import { VerdictMark } from '../verdict/verdict-mark.tsx';
import { WideTable } from '../tables/wide-table.tsx';
import { compareChecks, type ComparedCheck } from './compare-runs.ts';
import { ComparedHead } from './compared-head.tsx';

/** Every check with both verdicts and sentences, and the measurements in which they differ. */
export function ComparedChecks({ first, second }: { first: SavedRun; second: SavedRun }) {
  return (
    <WideTable title="Checks" id="checks-title" sum="unknown is not pass">
      <ComparedHead first="Check" />
      {compareChecks(first.checks, second.checks).map((compared) => (
        <CheckRows key={compared.name} compared={compared} />
      ))}
    </WideTable>
  );
}

function CheckRows({ compared: { name, first, second, measurements } }: { compared: ComparedCheck }) {
  const isSame = first?.verdict === second?.verdict;
  return (
    <tbody class={isSame ? '' : 'is-different'} data-check={name}>
      <tr class="is-first">
        <th scope="row">{name}</th>
        <td class="is-text">
          <CheckCell check={first} />
        </td>
        <td class="is-text">
          <CheckCell check={second} />
        </td>
      </tr>
      {measurements.map((measurement) => (
        <tr key={measurement.name} class="is-measurement">
          <th scope="row" class="is-soft">
            {formatName(measurement.name)}
          </th>
          <td class="is-text">{measurement.first ?? '–'}</td>
          <td class="is-text">{measurement.second ?? '–'}</td>
        </tr>
      ))}
    </tbody>
  );
}

function CheckCell({ check }: { check: SavedCheck | null }) {
  if (check === null) return <>not made</>;
  return (
    <>
      <VerdictMark of={check.verdict} />
      <p class="cell-summary">{check.summary}</p>
      {check.verdict !== 'pass' && check.evidence.length > 0 && (
        <details open>
          <summary>Evidence</summary>
          <Evidence of={check.evidence} check={check.name} />
        </details>
      )}
    </>
  );
}
