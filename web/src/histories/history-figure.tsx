import { useContext, useEffect, useRef } from 'preact/hooks';
import { formatCount } from '../format/format-number.ts';
import { ThemeContext } from '../theme/use-theme.ts';
import { createHistoryChart, type ChartSeries, type HistoryChart } from './create-history-chart.ts';
import { describeSeries } from './describe-series.ts';
import type { HistorySample } from './history-ring.ts';

export interface FigureSeries extends ChartSeries {
  readonly read: (sample: HistorySample) => number;
}

interface HistoryFigureProps {
  readonly title: string;
  readonly unit: string;
  readonly series: readonly FigureSeries[];
  readonly samples: readonly HistorySample[];
  /** Changes with the samples: the chart is drawn anew then only. */
  readonly version: number;
  /** When rebalances were, by the server's clock. */
  readonly rebalancedAt: readonly number[];
}

/** A chart with its values now beside the title, and in words for those who do not see it. */
export function HistoryFigure({ title, unit, series, samples, version, rebalancedAt }: HistoryFigureProps) {
  const element = useRef<HTMLDivElement>(null);
  const chart = useRef<HistoryChart | undefined>(undefined);
  const theme = useContext(ThemeContext);

  useEffect(() => {
    if (element.current === null) return;
    const created = createHistoryChart(element.current, series);
    chart.current = created;
    return () => created.stop();
  }, [theme, series]);

  useEffect(() => {
    const now = samples.at(-1)?.at ?? 0;
    const seconds = samples.map(({ at }) => (at - now) / 1000);
    const marks = rebalancedAt.map((at) => (at - now) / 1000).filter((mark) => mark <= 0 && mark >= (seconds[0] ?? 0));
    chart.current?.show([seconds, ...series.map(({ read }) => samples.map(read))], marks);
  }, [theme, series, version]);

  const words = series.map(({ label, read }) => describeSeries(label, samples.map(read))).join('. ');
  const last = samples.at(-1);
  return (
    <figure class="history">
      <figcaption class="history-head">
        <h3>
          {title} <small>{unit}</small>
        </h3>
        <ul class="history-keys">
          {series.map(({ label, colour, dash, read }) => (
            <li key={label}>
              <svg width="22" height="8" viewBox="0 0 22 8" aria-hidden="true">
                <path
                  d="M0 4h22"
                  stroke={`var(${colour})`}
                  stroke-width="2.5"
                  stroke-dasharray={dash?.join(' ') ?? 'none'}
                />
              </svg>
              {label} <strong>{last === undefined ? '–' : formatCount(read(last))}</strong>
            </li>
          ))}
        </ul>
      </figcaption>
      <div class="history-chart" ref={element} role="img" aria-label={`${title}. ${words}.`} />
    </figure>
  );
}
