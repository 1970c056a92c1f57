import { panView, zoomView, type TimeView } from './time-view.ts';

export interface GestureHandlers {
  /** What is seen now. */
  readonly view: () => TimeView;
  readonly spanMs: number;
  /** The time at a place, in pixels from the left of the element; may be beyond what is seen. */
  readonly timeAt: (x: number) => number;
  /** Width of the time axis in pixels. */
  readonly plotWidth: () => number;
  readonly setView: (view: TimeView) => void;
  readonly point: (place: { x: number; y: number } | null) => void;
  /** What would be zoomed to; null when nothing is dragged. */
  readonly select: (range: { from: number; to: number } | null) => void;
  readonly zoomTo: (range: { from: number; to: number }) => void;
  readonly click: (place: { x: number; y: number }) => void;
}

interface Drag {
  readonly x: number;
  readonly at: number;
  readonly isPan: boolean;
  readonly view: TimeView;
  hasMoved: boolean;
}

/** Less is a click with an unsteady hand. */
const DRAG_FROM_PX = 5;

/**
 * Mouse: drag zooms to what is dragged over, with Shift it moves; the wheel zooms with Ctrl (as a pinch on a touchpad
 * does), and moves sideways: without them it scrolls the page, as everywhere. Fingers: one moves, two zoom.
 *
 * @returns what detaches them again
 */
export function attachGestures(element: HTMLElement, handlers: GestureHandlers): () => void {
  const fingers = new Map<number, number>();
  let pinch: { readonly view: TimeView; readonly distance: number; readonly around: number } | null = null;
  let drag: Drag | null = null;

  const placeOf = (event: PointerEvent | WheelEvent): { x: number; y: number } => {
    const box = element.getBoundingClientRect();
    return { x: event.clientX - box.left, y: event.clientY - box.top };
  };
  const startPinch = (): void => {
    const [a = 0, b = 0] = fingers.values();
    pinch = { view: handlers.view(), distance: Math.max(20, Math.abs(a - b)), around: handlers.timeAt((a + b) / 2) };
    drag = null;
    handlers.point(null);
  };
  const down = (event: PointerEvent): void => {
    if (event.button !== 0) return;
    const { x } = placeOf(event);
    element.setPointerCapture(event.pointerId);
    if (event.pointerType === 'touch') {
      fingers.set(event.pointerId, x);
      if (fingers.size === 2) {
        startPinch();
        return;
      }
    }
    const isPan = event.shiftKey || event.pointerType === 'touch';
    drag = { x, at: handlers.timeAt(x), isPan, view: handlers.view(), hasMoved: false };
  };
  const move = (event: PointerEvent): void => {
    const place = placeOf(event);
    if (fingers.has(event.pointerId)) fingers.set(event.pointerId, place.x);
    if (pinch !== null && fingers.size === 2) {
      const [a = 0, b = 0] = fingers.values();
      const factor = Math.max(20, Math.abs(a - b)) / pinch.distance;
      handlers.setView(zoomView(pinch.view, handlers.spanMs, factor, pinch.around));
      return;
    }
    handlers.point(place);
    if (drag === null) return;
    drag.hasMoved ||= Math.abs(place.x - drag.x) >= DRAG_FROM_PX;
    if (!drag.hasMoved) return;
    if (drag.isPan) {
      handlers.setView(panView(drag.view, handlers.spanMs, (drag.x - place.x) / handlers.plotWidth()));
    } else {
      const at = handlers.timeAt(place.x);
      handlers.select({ from: Math.min(drag.at, at), to: Math.max(drag.at, at) });
    }
  };
  const up = (event: PointerEvent): void => {
    fingers.delete(event.pointerId);
    if (fingers.size < 2) pinch = null;
    const ended = drag;
    drag = null;
    handlers.select(null);
    if (ended === null || event.type === 'pointercancel') return;
    const place = placeOf(event);
    if (!ended.hasMoved) handlers.click(place);
    else if (!ended.isPan) {
      const at = handlers.timeAt(place.x);
      handlers.zoomTo({ from: Math.min(ended.at, at), to: Math.max(ended.at, at) });
    }
  };
  const leave = (event: PointerEvent): void => {
    if (drag === null && event.pointerType !== 'touch') handlers.point(null);
  };
  const wheel = (event: WheelEvent): void => {
    const sideways = event.shiftKey ? event.deltaY || event.deltaX : event.deltaX;
    if (event.ctrlKey || event.metaKey) {
      event.preventDefault();
      const factor = Math.exp(-event.deltaY * (event.deltaMode === 0 ? 0.0022 : 0.06));
      handlers.setView(zoomView(handlers.view(), handlers.spanMs, factor, handlers.timeAt(placeOf(event).x)));
    } else if (Math.abs(sideways) > Math.abs(event.deltaY) || event.shiftKey) {
      event.preventDefault();
      handlers.setView(panView(handlers.view(), handlers.spanMs, sideways / handlers.plotWidth()));
    }
  };

  const listeners = {
    pointerdown: down,
    pointermove: move,
    pointerup: up,
    pointercancel: up,
    pointerleave: leave,
  } as const;
  for (const [name, listener] of Object.entries(listeners)) element.addEventListener(name, listener as EventListener);
  // Not passive, because it may keep the page from zooming.
  element.addEventListener('wheel', wheel, { passive: false });
  return () => {
    for (const [name, listener] of Object.entries(listeners))
      element.removeEventListener(name, listener as EventListener);
    element.removeEventListener('wheel', wheel);
  };
}
