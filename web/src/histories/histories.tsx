import { useMemo } from 'preact/hooks';
import type { LabSnapshot } from '../../../lib/contracts/lab-snapshot.ts';
import { HistoryFigure, type FigureSeries } from './history-figure.tsx';
import type { HistorySample } from './history-ring.ts';
import { PartitionLags } from './partition-lags.tsx';

const LAG: readonly FigureSeries[] = [{ label: 'lag', colour: '--curve-lag', read: ({ lag }) => lag }];
const RATES: readonly FigureSeries[] = [
  { label: 'produced', colour: '--curve-produced', read: ({ producedPerSecond }) => producedPerSecond },
  { label: 'consumed', colour: '--curve-consumed', dash: [6, 3], read: ({ consumedPerSecond }) => consumedPerSecond },
];

interface HistoriesProps {
  readonly snapshot: LabSnapshot;
  readonly samples: readonly HistorySample[];
  readonly version: number;
}

/** What happened in the last three minutes, drawn once a second. */
export function Histories({ snapshot, samples, version }: HistoriesProps) {
  const { rebalances, partitions } = snapshot.group;
  // The same elements until the next sample: what is drawn once a second is not compared twice a second.
  return useMemo(() => {
    const rebalancedAt = rebalances.map(({ at }) => at);
    return (
      <section class="panel histories" aria-labelledby="histories-title">
        <div class="section-head">
          <h2 id="histories-title">The last three minutes</h2>
          <p class="section-sum">Dashed upright lines are rebalances.</p>
        </div>
        <div class="history-pair">
          <HistoryFigure
            title="Total lag"
            unit="records"
            series={LAG}
            samples={samples}
            version={version}
            rebalancedAt={rebalancedAt}
          />
          <HistoryFigure
            title="Rates"
            unit="records per second"
            series={RATES}
            samples={samples}
            version={version}
            rebalancedAt={rebalancedAt}
          />
        </div>
        <PartitionLags partitions={partitions} samples={samples} />
      </section>
    );
  }, [version]);
}
