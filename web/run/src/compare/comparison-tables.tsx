import type { CircumstanceDifference, ComparedPercentiles } from '../../../../lib/contracts/run-comparison.ts';
import { formatDuration } from '../../../src/format/format-duration.ts';
import { formatMilliseconds, formatMoment } from '../format/format-moment.ts';
import { WideTable } from '../tables/wide-table.tsx';
import { ComparedHead } from './compared-head.tsx';

/** What was not the same: without it a comparison says nothing. */
export function DifferenceTable({ differences }: { differences: readonly CircumstanceDifference[] }) {
  return (
    <WideTable title="What differs" id="differences-title" sum="everything else was the same">
      <ComparedHead first="What" />
      <tbody>
        {differences.map(({ name, kind, first, second }) => (
          <tr key={name}>
            <th scope="row">{name}</th>
            <td class="is-text">{formatCircumstance(kind, first)}</td>
            <td class="is-text">{formatCircumstance(kind, second)}</td>
          </tr>
        ))}
      </tbody>
    </WideTable>
  );
}

function formatCircumstance(kind: CircumstanceDifference['kind'], value: string | number | null): string | number {
  if (typeof value !== 'number') return value ?? '–';
  return kind === 'time' ? formatMoment(value) : formatDuration(value);
}

/** From here on a ratio is worth a second look; below, runs differ by chance. */
const NOTABLE = 1.25;

/** How long things took in both, and how many times as long in B. */
export function PercentileComparison({ percentiles }: { percentiles: readonly ComparedPercentiles[] }) {
  return (
    <WideTable title="How long it took" id="percentiles-title" sum="milliseconds, and B as a multiple of A">
      <thead>
        <tr>
          <th scope="col">What</th>
          <th scope="col" class="is-text">
            percentile
          </th>
          <th scope="col">A</th>
          <th scope="col">B</th>
          <th scope="col">B / A</th>
        </tr>
      </thead>
      <tbody>
        {percentiles.flatMap(({ name, values }) =>
          values.map((value, index) => (
            <tr key={`${name} ${value.name}`} class={index === 0 ? 'is-first' : ''}>
              {index === 0 && (
                <th scope="rowgroup" rowSpan={values.length}>
                  {name}
                </th>
              )}
              <th scope="row" class="is-text is-soft">
                {value.name}
              </th>
              <td>{value.first === null ? '–' : formatMilliseconds(value.first)}</td>
              <td>{value.second === null ? '–' : formatMilliseconds(value.second)}</td>
              <td>
                <Ratio ratio={value.ratio} />
              </td>
            </tr>
          )),
        )}
      </tbody>
    </WideTable>
  );
}

function Ratio({ ratio }: { ratio: number | null }) {
  if (ratio === null) return <>–</>;
  const text = `${ratio.toFixed(2)} ×`;
  if (ratio >= NOTABLE) return <strong class="ratio-more">{text} ↑</strong>;
  return ratio <= 1 / NOTABLE ? <strong class="ratio-less">{text} ↓</strong> : <>{text}</>;
}
