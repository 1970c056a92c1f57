import { findCovering, findMarks } from './find-moment.ts';
import { panView, revealTime, viewAround, wholeView, zoomView, type TimeView } from './time-view.ts';
import type { TimelineModel } from './timeline-model.ts';

interface KeyState {
  readonly model: TimelineModel;
  readonly spanMs: number;
  readonly view: TimeView;
  /** Where the line is; null when there is none. */
  readonly at: number | null;
}

export interface KeyOutcome {
  readonly view: TimeView;
  readonly at: number | null;
}

/** Share of what is seen by which an arrow moves the line. */
const STEP = 0.01;
const ZOOM = 1.6;

type KeyAction = (state: KeyState & { readonly near: number }, isShift: boolean) => KeyOutcome | null;

const ACTIONS: Readonly<Record<string, KeyAction>> = {
  '+': zoomBy(ZOOM),
  '=': zoomBy(ZOOM),
  '-': zoomBy(1 / ZOOM),
  _: zoomBy(1 / ZOOM),
  0: ({ spanMs, at }) => ({ view: wholeView(spanMs), at }),
  Escape: ({ spanMs }) => ({ view: wholeView(spanMs), at: null }),
  ArrowLeft: moveOrPan(-1),
  ArrowRight: moveOrPan(1),
  Home: (state) => moveTo(state, 0),
  End: (state) => moveTo(state, state.model.endMs),
  PageUp: (state) => moveTo(state, findMarks(state.model).findLast((mark) => mark < state.near) ?? 0),
  PageDown: (state) => moveTo(state, findMarks(state.model).find((mark) => mark > state.near) ?? state.model.endMs),
  Enter: ({ model, spanMs, near }) => {
    const step = findCovering(model.steps, near);
    return step === undefined ? null : { view: viewAround(step.from, step.to, spanMs), at: near };
  },
};

/** What a key does to the line and to what is seen; null for keys that mean nothing here. */
export function decideKey(key: string, isShift: boolean, state: KeyState): KeyOutcome | null {
  const near = state.at ?? (state.view.from + state.view.to) / 2;
  return ACTIONS[key]?.({ ...state, near }, isShift) ?? null;
}

function zoomBy(factor: number): KeyAction {
  return ({ view, spanMs, at, near }) => ({ view: zoomView(view, spanMs, factor, near), at });
}

function moveOrPan(direction: 1 | -1): KeyAction {
  return (state, isShift) => {
    const { view, spanMs, at, near } = state;
    if (isShift) return { view: panView(view, spanMs, direction * 0.2), at };
    return moveTo(state, near + (view.to - view.from) * STEP * direction);
  };
}

function moveTo({ view, spanMs }: KeyState, to: number): KeyOutcome {
  const at = Math.min(Math.max(0, to), spanMs);
  return { view: revealTime(view, spanMs, at), at };
}
