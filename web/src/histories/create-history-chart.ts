import uPlot from 'uplot';
import 'uplot/dist/uPlot.min.css';
import { formatCount } from '../format/format-number.ts';
import { readColour } from '../theme/read-colour.ts';
import { HISTORY_SPAN_MS } from './history-ring.ts';

export interface ChartSeries {
  readonly label: string;
  /** Name of the style sheet's variable that colours it. */
  readonly colour: string;
  /** Lengths of strokes and gaps, for those who do not tell the colours apart. @default an unbroken line */
  readonly dash?: readonly number[];
}

export interface HistoryChart {
  /** Seconds before now as negative numbers, then the values of each series. */
  show(data: readonly (readonly number[])[], marks: readonly number[]): void;
  stop(): void;
}

const HEIGHT_PX = 150;
const SPAN_SECONDS = HISTORY_SPAN_MS / 1000;
/** The least top of the axis, so that a few records do not look like many. */
const LEAST_TOP = 10;
const FONT = '12px system-ui, sans-serif';

/** A chart of the last minutes in an element, as wide as the element is; dashed marks show when rebalances were. */
export function createHistoryChart(element: HTMLElement, series: readonly ChartSeries[]): HistoryChart {
  const axis = {
    font: FONT,
    stroke: readColour('--ink-soft'),
    grid: { stroke: readColour('--line'), width: 1 },
    ticks: { show: false },
  };
  const markColour = readColour('--line-strong');
  let marks: readonly number[] = [];
  const drawMarks = (chart: uPlot): void => {
    const { ctx, bbox } = chart;
    ctx.save();
    ctx.strokeStyle = markColour;
    ctx.setLineDash([3, 4]);
    for (const mark of marks) {
      const x = Math.round(chart.valToPos(mark, 'x', true));
      ctx.beginPath();
      ctx.moveTo(x, bbox.top);
      ctx.lineTo(x, bbox.top + bbox.height);
      ctx.stroke();
    }
    ctx.restore();
  };

  const plot = new uPlot(
    {
      width: Math.max(1, element.clientWidth),
      height: HEIGHT_PX,
      padding: [8, 14, 0, 0],
      legend: { show: false },
      cursor: { show: false },
      scales: {
        x: { time: false, range: [-SPAN_SECONDS, 0] },
        y: { range: (_plot, _least, most) => [0, Math.max(LEAST_TOP, most * 1.1)] },
      },
      axes: [
        {
          ...axis,
          size: 26,
          gap: 6,
          splits: () => [-180, -120, -60, 0],
          values: (_plot, splits) => splits.map((seconds) => (seconds === 0 ? 'now' : `${seconds / 60} min`)),
        },
        { ...axis, size: 54, values: (_plot, splits) => splits.map(formatCount) },
      ],
      series: [
        {},
        ...series.map(({ label, colour, dash }) => ({
          label,
          stroke: readColour(colour),
          width: 2,
          points: { show: false },
          ...(dash && { dash: [...dash] }),
        })),
      ],
      hooks: { drawClear: [drawMarks] },
    },
    [[], ...series.map(() => [])],
    element,
  );
  const observer = new ResizeObserver(() => {
    if (element.clientWidth > 0 && element.clientWidth !== plot.width) {
      plot.setSize({ width: element.clientWidth, height: HEIGHT_PX });
    }
  });
  observer.observe(element);

  return {
    show: (data, newMarks) => {
      marks = newMarks;
      plot.setData(data as uPlot.AlignedData);
    },
    stop: () => {
      observer.disconnect();
      plot.destroy();
    },
  };
}
