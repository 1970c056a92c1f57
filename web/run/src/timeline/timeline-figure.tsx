import { useContext, useEffect, useLayoutEffect, useMemo, useRef, useState } from 'preact/hooks';
import { ThemeContext } from '../../../src/theme/use-theme.ts';
import { formatOffset } from '../format/format-offset.ts';
import { attachGestures } from './attach-gestures.ts';
import { decideKey } from './decide-key.ts';
import { describeMoment } from './describe-moment.ts';
import { drawTimeline } from './draw-timeline.ts';
import { findCovering, findMoment } from './find-moment.ts';
import { MomentCard } from './moment-card.tsx';
import { readSceneColours, timeAt, xOf, type SceneTops } from './scene.ts';
import { clampView } from './time-view.ts';
import { layOutTimeline, type TimelineLayout } from './timeline-layout.ts';
import type { TimelineModel } from './timeline-model.ts';
import type { Cursor, TimelineState, TimelineStore } from './timeline-store.ts';
import { useWidth } from './use-width.ts';

interface TimelineFigureProps {
  readonly model: TimelineModel;
  readonly store: TimelineStore;
  readonly state: TimelineState;
  readonly tops: SceneTops;
  readonly label: string;
  /** Which of the page's timelines it is. */
  readonly index: number;
}

const NEAR_PX = 8;

/** A run along one axis of time: drawn on a canvas, with a line that is moved by pointer or keys and told in words. */
export function TimelineFigure(props: TimelineFigureProps) {
  const { model, store, state, label, index } = props;
  const surface = useRef<HTMLDivElement>(null);
  const width = useWidth(surface);
  const layout = useMemo(
    () =>
      layOutTimeline({
        width,
        partitions: model.bars.length,
        hasFaults: model.faults.length > 0,
        hasBusy: model.samples.busy.some((busy) => busy !== null),
      }),
    [width, model],
  );
  const canvas = useDrawing(props, layout);
  const selection = useGestures(props, layout, surface);

  const { cursor, view } = state;
  const { spanMs } = store;
  const scale = { layout, view };
  const perPixelMs = (view.to - view.from) / Math.max(1, layout.right - layout.left);
  const isOwn = cursor?.on === index;
  const at = cursor === null ? (view.from + view.to) / 2 : cursor.at;
  const moment = findMoment(model, at, NEAR_PX * perPixelMs);
  const isSeen = cursor !== null && cursor.at >= view.from && cursor.at <= view.to && cursor.at <= model.endMs;

  const onKeyDown = (event: KeyboardEvent): void => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const outcome = decideKey(event.key, event.shiftKey, { model, spanMs, view, at: cursor?.at ?? null });
    if (outcome === null) return;
    event.preventDefault();

    const moved = { partition: cursor?.partition ?? null, y: null, on: index };
    store.change({ view: outcome.view, cursor: outcome.at === null ? null : { ...moved, at: outcome.at } });
  };
  return (
    <div class="timeline-figure" data-testid="timeline">
      <div
        ref={surface}
        class="timeline-surface"
        role="slider"
        tabIndex={0}
        aria-label={`Time in ${label}`}
        aria-describedby="timeline-keys"
        aria-valuemin={0}
        aria-valuemax={Math.round(model.endMs / 1000)}
        aria-valuenow={Math.round(Math.min(at, model.endMs) / 1000)}
        aria-valuetext={describeMoment(moment)}
        onKeyDown={onKeyDown}
        onBlur={() => store.change({ cursor: null })}
      >
        <canvas ref={canvas} data-from={Math.round(view.from)} data-to={Math.round(view.to)} />
        {selection !== null && (
          <div
            class="timeline-selection"
            style={placeRange(xOf(scale, selection.from), xOf(scale, selection.to), layout)}
          >
            <span>{formatOffset(selection.to - selection.from, 1)}</span>
          </div>
        )}
        {isSeen && <div class="timeline-line" style={{ left: `${xOf(scale, cursor.at)}px` }} />}
      </div>
      {isSeen && selection === null && (
        <MomentCard
          moment={moment}
          model={model}
          partition={isOwn ? cursor.partition : null}
          nearMs={NEAR_PX * perPixelMs}
          x={xOf(scale, cursor.at)}
          y={isOwn ? cursor.y : null}
          layout={layout}
        />
      )}
    </div>
  );
}

function placeRange(from: number, to: number, { left, right }: TimelineLayout): { left: string; width: string } {
  const start = Math.max(left, from);
  return { left: `${start}px`, width: `${Math.max(0, Math.min(right, to) - start)}px` };
}

/** Draws when something that is drawn is another, and not more than once a frame. */
function useDrawing({ model, state, tops }: TimelineFigureProps, layout: TimelineLayout) {
  const canvas = useRef<HTMLCanvasElement>(null);
  const theme = useContext(ThemeContext);
  const colours = useMemo(readSceneColours, [theme]);
  const { view, highlighted } = state;
  const ratio = window.devicePixelRatio;
  useLayoutEffect(() => {
    const context = canvas.current?.getContext('2d') ?? null;
    if (canvas.current === null || context === null || layout.width === 0) return;
    const size = { width: Math.round(layout.width * ratio), height: Math.round(layout.height * ratio) };
    if (canvas.current.width !== size.width || canvas.current.height !== size.height) {
      canvas.current.width = size.width;
      canvas.current.height = size.height;
      canvas.current.style.height = `${layout.height}px`;
    }
    context.setTransform(ratio, 0, 0, ratio, 0, 0);
    drawTimeline({ context, model, layout, view, colours, tops, highlighted });
  }, [model, layout, view, colours, tops, highlighted, ratio]);
  return canvas;
}

function useGestures(props: TimelineFigureProps, layout: TimelineLayout, surface: { current: HTMLDivElement | null }) {
  const { store, index } = props;
  const [selection, setSelection] = useState<{ from: number; to: number } | null>(null);
  // What listeners read: they are attached once.
  const latest = useRef({ props, layout });
  latest.current = { props, layout };
  useEffect(() => {
    const element = surface.current;
    if (element === null) return;
    const scale = () => ({ layout: latest.current.layout, view: store.read().view });
    const point = (place: { x: number; y: number }): Cursor => {
      const at = timeAt(scale(), place.x);
      return { at, partition: findPartition(latest.current.layout, place.y), y: place.y, on: index };
    };
    return attachGestures(element, {
      view: () => store.read().view,
      spanMs: store.spanMs,
      timeAt: (x) => timeAt(scale(), x),
      plotWidth: () => latest.current.layout.right - latest.current.layout.left,
      setView: (view) => store.change({ view }),
      point: (place) => {
        const { left, right } = latest.current.layout;
        const isInside = place !== null && place.x >= left && place.x <= right;
        store.change({ cursor: isInside ? point(place) : null });
      },
      select: setSelection,
      zoomTo: (range) => store.change({ view: clampView(range, store.spanMs) }),
      click: (place) => {
        store.change({ cursor: point(place) });
        const { steps } = latest.current.layout;
        if (place.y < steps.top || place.y > steps.top + steps.height) return;
        const step = findCovering(latest.current.props.model.steps, timeAt(scale(), place.x));
        if (step !== undefined) store.show(step.from, step.to);
      },
    });
  }, [store, index]);
  return selection;
}

function findPartition({ partitions: { top, height, rowHeight } }: TimelineLayout, y: number): number | null {
  return y >= top && y < top + height ? Math.floor((y - top) / rowHeight) : null;
}
