import { formatOffset } from '../format/format-offset.ts';
import type { ReplicaLook } from './replica-looks.ts';
import { Swatch } from './swatch.tsx';
import { isWhole, panView, wholeView, zoomView, type TimeView } from './time-view.ts';
import type { TimelineState, TimelineStore } from './timeline-store.ts';

/** Buttons for what pointer and keys do, and which part of the run is seen. */
export function TimelineTools({ store, view }: { store: TimelineStore; view: TimeView }) {
  const { spanMs } = store;
  const show = (shown: TimeView): void => store.change({ view: shown });
  const middle = (view.from + view.to) / 2;
  const digits = view.to - view.from < 20_000 ? 1 : 0;
  const isAll = isWhole(view, spanMs);
  return (
    <div class="timeline-tools">
      <div class="tool-group" role="group" aria-label="Zoom">
        <Tool label="Zoom in" sign="+" onPress={() => show(zoomView(view, spanMs, 1.6, middle))} />
        <Tool label="Zoom out" sign="−" isOff={isAll} onPress={() => show(zoomView(view, spanMs, 1 / 1.6, middle))} />
        <Tool label="Earlier" sign="←" isOff={view.from <= 0} onPress={() => show(panView(view, spanMs, -0.5))} />
        <Tool label="Later" sign="→" isOff={view.to >= spanMs} onPress={() => show(panView(view, spanMs, 0.5))} />
        <button
          type="button"
          class="button"
          aria-disabled={isAll}
          data-testid="whole-run"
          onClick={() => show(wholeView(spanMs))}
        >
          Whole run
        </button>
      </div>
      <p class="timeline-range" data-testid="range">
        {formatOffset(view.from, digits)} – {formatOffset(view.to, digits)}
      </p>
      <div class="overview" aria-hidden="true">
        <div
          style={{
            left: `${(view.from / spanMs) * 100}%`,
            width: `${((view.to - view.from) / spanMs) * 100}%`,
          }}
        />
      </div>
    </div>
  );
}

interface ToolProps {
  readonly label: string;
  readonly sign: string;
  /** @default false */
  readonly isOff?: boolean;
  readonly onPress: () => void;
}

function Tool({ label, sign, isOff = false, onPress }: ToolProps) {
  return (
    <button type="button" class="button tool" aria-label={label} title={label} aria-disabled={isOff} onClick={onPress}>
      {sign}
    </button>
  );
}

interface LegendProps {
  readonly looks: readonly ReplicaLook[];
  readonly store: TimelineStore;
  readonly highlighted: TimelineState['highlighted'];
}

/** Whose colour is whose; one that is pressed stands out. */
export function Legend({ looks, store, highlighted }: LegendProps) {
  return (
    <ul class="legend" aria-label="Replicas; press one to point it out">
      {looks.map((look) => (
        <li key={look.name}>
          <button
            type="button"
            class="legend-key"
            aria-pressed={highlighted === look.name}
            title={look.name}
            onClick={() => store.change({ highlighted: highlighted === look.name ? null : look.name })}
          >
            <Swatch look={look} />
            {look.short}
          </button>
        </li>
      ))}
      <li class="legend-pause">
        <span class="swatch swatch-pause" aria-hidden="true" /> pause
      </li>
      <li class="legend-pause">
        <span class="swatch swatch-none" aria-hidden="true" /> no owner
      </li>
    </ul>
  );
}
