import { viewAround, wholeView, type TimeView } from './time-view.ts';

/** What is pointed at: a time, and a partition when it is on its row. */
export interface Cursor {
  readonly at: number;
  readonly partition: number | null;
  /** How far down the pointer is; null when keys moved the line. */
  readonly y: number | null;
  /** Which of the timelines it is on. */
  readonly on: number;
}

/** What the timelines of a page show together. */
export interface TimelineState {
  readonly view: TimeView;
  readonly cursor: Cursor | null;
  /** Name of the replica that is pointed out. */
  readonly highlighted: string | null;
}

/** Holds it outside of the page's tree, so that a pointer that moves renders the timeline and no table. */
export interface TimelineStore {
  readonly spanMs: number;
  readonly read: () => TimelineState;
  readonly change: (change: Partial<TimelineState>) => void;
  /** Shows a part of the time, with some room around it. */
  readonly show: (from: number, to: number) => void;
  /** @returns what ends it */
  readonly subscribe: (listener: () => void) => () => void;
}

export function createTimelineStore(spanMs: number): TimelineStore {
  let state: TimelineState = { view: wholeView(spanMs), cursor: null, highlighted: null };
  const listeners = new Set<() => void>();
  const change: TimelineStore['change'] = (changed) => {
    state = { ...state, ...changed };
    for (const listener of listeners) listener();
  };
  return {
    spanMs,
    read: () => state,
    change,
    show: (from, to) => change({ view: viewAround(from, to, spanMs) }),
    subscribe: (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
  };
}
