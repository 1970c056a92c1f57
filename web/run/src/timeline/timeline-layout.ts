/** A strip of the timeline: where it is, from the top. */
export interface Strip {
  readonly title: string;
  readonly top: number;
  readonly height: number;
}

export interface TimelineLayout {
  readonly width: number;
  readonly height: number;
  /** Left and right end of what shares the time axis. */
  readonly left: number;
  readonly right: number;
  readonly isNarrow: boolean;
  readonly axisTop: Strip;
  readonly steps: Strip;
  readonly faults: Strip | null;
  readonly rebalances: Strip;
  readonly partitions: Strip & { readonly rowHeight: number };
  readonly lag: Strip;
  readonly rates: Strip;
  readonly members: Strip;
  readonly busy: Strip | null;
  readonly axisBottom: Strip;
}

interface LayoutOptions {
  readonly width: number;
  readonly partitions: number;
  readonly hasFaults: boolean;
  readonly hasBusy: boolean;
}

const NARROW_PX = 640;
const HEAD_PX = 19;
const GAP_PX = 8;
export const FAULT_ROWS = 2;
export const FAULT_ROW_PX = 17;

/** Heights of all strips, one below the other; on a narrow screen titles stand above instead of beside. */
export function layOutTimeline({ width, partitions, hasFaults, hasBusy }: LayoutOptions): TimelineLayout {
  const isNarrow = width < NARROW_PX;
  let top = 0;
  const place = (title: string, height: number, { head = isNarrow, gap = GAP_PX } = {}): Strip => {
    if (head) top += HEAD_PX;
    const strip = { title, top, height };
    top += height + gap;
    return strip;
  };
  const rowHeight = chooseRowHeight(partitions);
  const layout = {
    axisTop: place('', 18, { head: false, gap: 4 }),
    steps: place('Steps', 24),
    faults: hasFaults ? place('Faults', FAULT_ROWS * FAULT_ROW_PX) : null,
    rebalances: place('Rebalances', 26),
    partitions: { ...place('Partitions', Math.max(1, partitions) * rowHeight), rowHeight },
    lag: place('Lag', 84, { head: true }),
    rates: place('Records a second', 84, { head: true }),
    members: place('Members', 48, { head: true }),
    busy: hasBusy ? place('Processors in use', 40, { head: true }) : null,
    axisBottom: place('', 18, { head: false, gap: 0 }),
  };
  return { ...layout, width, height: top, left: isNarrow ? 44 : 92, right: width - (isNarrow ? 6 : 14), isNarrow };
}

/** Tall enough for words with few partitions; with many the whole stays on a screen. */
function chooseRowHeight(partitions: number): number {
  return Math.max(1, Math.min(24, Math.floor(720 / Math.max(1, partitions))));
}
