import type { Partition } from '../../../lib/contracts/lab-snapshot.ts';
import { formatCount } from '../format/format-number.ts';
import { colourOfPartition } from '../group/partition-colour.ts';
import { Icon } from '../page/icon.tsx';
import type { HistorySample } from './history-ring.ts';
import { buildSparkline } from './build-sparkline.ts';

/** More rows than this tell nobody anything. */
const MOST_ROWS = 60;
const SPARK = { width: 100, height: 24 } as const;
const SPARK_SAMPLES = 60;
/** Below this many records a curve must not look high. */
const LEAST_TOP = 100;

interface PartitionLagsProps {
  readonly partitions: readonly Partition[];
  readonly samples: readonly HistorySample[];
}

/** The lag of each partition over the last minute, all to the same scale. */
export function PartitionLags({ partitions, samples }: PartitionLagsProps) {
  const shown = chooseRows(partitions);
  const recent = samples.slice(-SPARK_SAMPLES);
  const top = recent.reduce((most, { partitionLags }) => Math.max(most, ...partitionLags), LEAST_TOP);
  return (
    <div class="lags">
      <h3 id="lags-title">
        Lag by partition{' '}
        <small>
          records, last minute
          {shown.length < partitions.length && `; the ${shown.length} of ${partitions.length} with the most`}
        </small>
      </h3>
      <ul class="lag-list" aria-labelledby="lags-title">
        {shown.map(({ partition, lag, trend }) => (
          <li key={partition} class="lag-row">
            <span class={`lag-number ${colourOfPartition(partition)}`}>
              <span class="hidden">partition </span>
              {partition}
            </span>
            <svg
              class="spark"
              viewBox={`0 0 ${SPARK.width} ${SPARK.height}`}
              preserveAspectRatio="none"
              aria-hidden="true"
            >
              <path
                d={buildSparkline(
                  recent.map(({ partitionLags }) => partitionLags[partition] ?? 0),
                  { ...SPARK, slots: SPARK_SAMPLES, top },
                )}
              />
            </svg>
            <span class="lag-now">
              <span class="hidden">lag </span>
              {formatCount(lag)}
              <span class="hidden">, {trend}</span>
            </span>
            <Icon name={trend} />
          </li>
        ))}
      </ul>
    </div>
  );
}

function chooseRows(partitions: readonly Partition[]): readonly Partition[] {
  if (partitions.length <= MOST_ROWS) return partitions;
  return partitions.toSorted((a, b) => b.lag - a.lag || a.partition - b.partition).slice(0, MOST_ROWS);
}
