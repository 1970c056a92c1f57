/** The part of the time that is seen, in milliseconds since the start. */
export interface TimeView {
  readonly from: number;
  readonly to: number;
}

/** Less than this shows nothing that was measured. */
const LEAST_MS = 500;

/** The whole of it. */
export function wholeView(spanMs: number): TimeView {
  return { from: 0, to: spanMs };
}

/** As near to what is wanted as there is time for. */
export function clampView({ from, to }: TimeView, spanMs: number): TimeView {
  const length = Math.min(spanMs, Math.max(Math.min(LEAST_MS, spanMs), to - from));
  const middle = (from + to) / 2;
  const start = Math.min(Math.max(0, to - from < length ? middle - length / 2 : from), spanMs - length);
  return { from: start, to: start + length };
}

/** @param factor above 1 shows less, below 1 more; the time `around` keeps its place */
export function zoomView(view: TimeView, spanMs: number, factor: number, around: number): TimeView {
  const length = Math.min(spanMs, Math.max(Math.min(LEAST_MS, spanMs), (view.to - view.from) / factor));
  const share = (around - view.from) / (view.to - view.from);
  const from = around - share * length;
  return clampView({ from, to: from + length }, spanMs);
}

/** @param share of what is seen by which it moves; negative is earlier */
export function panView(view: TimeView, spanMs: number, share: number): TimeView {
  const by = (view.to - view.from) * share;
  const from = Math.min(Math.max(0, view.from + by), spanMs - (view.to - view.from));
  return { from, to: from + (view.to - view.from) };
}

/** Moves as little as it must for a time to be seen. */
export function revealTime(view: TimeView, spanMs: number, at: number): TimeView {
  if (at >= view.from && at <= view.to) return view;
  const length = view.to - view.from;
  const from = at < view.from ? at - length * 0.1 : at - length * 0.9;
  return panView({ from, to: from + length }, spanMs, 0);
}

/** Some room on both sides, so that it is seen what was before and after. */
export function viewAround(from: number, to: number, spanMs: number): TimeView {
  const room = Math.max(500, (to - from) * 0.08);
  return clampView({ from: Math.max(0, from - room), to: Math.min(spanMs, to + room) }, spanMs);
}

export function isWhole(view: TimeView, spanMs: number): boolean {
  return view.from <= 0 && view.to >= spanMs;
}
