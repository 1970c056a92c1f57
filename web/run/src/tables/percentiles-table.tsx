import type { SavedPercentiles } from '../../../../lib/contracts/saved-run.ts';
import { formatMeasurement, formatMilliseconds } from '../format/format-moment.ts';
import { WideTable } from './wide-table.tsx';

/** How long things took: half of them, nearly all, and the longest. */
export function PercentilesTable({ percentiles }: { percentiles: readonly SavedPercentiles[] }) {
  return (
    <WideTable title="How long it took" id="percentiles-title" sum="milliseconds">
      <thead>
        <tr>
          <th scope="col">What</th>
          <th scope="col">median</th>
          <th scope="col">p95</th>
          <th scope="col">p99</th>
          <th scope="col">max</th>
          <th scope="col">count</th>
        </tr>
      </thead>
      <tbody>
        {percentiles.map(({ name, count, median, p95, p99, max }) => (
          <tr key={name}>
            <th scope="row">{name}</th>
            {[median, p95, p99, max].map((value, index) => (
              <td key={index}>{count === 0 ? '–' : formatMilliseconds(value)}</td>
            ))}
            <td>{formatMeasurement(count)}</td>
          </tr>
        ))}
      </tbody>
    </WideTable>
  );
}
