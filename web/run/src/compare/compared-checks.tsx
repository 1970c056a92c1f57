import type { ComparedCheck } from '../../../../lib/contracts/run-comparison.ts';
import type { SavedCheck, SavedRun } from '../../../../lib/contracts/saved-run.ts';
import { Evidence } from '../checks/evidence.tsx';
import { formatMeasurement, formatName } from '../format/format-moment.ts';
import { VerdictMark } from '../verdict/verdict-mark.tsx';
import { WideTable } from '../tables/wide-table.tsx';
import { ComparedHead } from './compared-head.tsx';

interface ComparedChecksProps {
  readonly first: SavedRun;
  readonly second: SavedRun;
  readonly checks: readonly ComparedCheck[];
}

/** Every check with both verdicts and sentences, and the measurements in which they differ. */
export function ComparedChecks({ first, second, checks }: ComparedChecksProps) {
  return (
    <WideTable title="Checks" id="checks-title" sum="unknown is not pass">
      <ComparedHead first="Check" />
      {checks.map((compared) => (
        <CheckRows
          key={compared.name}
          compared={compared}
          first={findCheck(first, compared)}
          second={findCheck(second, compared)}
        />
      ))}
    </WideTable>
  );
}

function findCheck({ checks }: SavedRun, { name }: ComparedCheck): SavedCheck | null {
  return checks.find((check) => check.name === name) ?? null;
}

interface CheckRowsProps {
  readonly compared: ComparedCheck;
  readonly first: SavedCheck | null;
  readonly second: SavedCheck | null;
}

function CheckRows({ compared: { name, measurements }, first, second }: CheckRowsProps) {
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
          <td class="is-text">{formatValue(measurement.first)}</td>
          <td class="is-text">{formatValue(measurement.second)}</td>
        </tr>
      ))}
    </tbody>
  );
}

function formatValue(value: number | null): string {
  return value === null ? '–' : formatMeasurement(value);
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
