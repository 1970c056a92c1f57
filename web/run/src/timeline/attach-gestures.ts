import { panView, zoomView, type TimeView } from './time-view.ts';

/** What gestures ask of the timeline, and what they do to it. */
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
  const gestures = new Gestures(element, handlers);
  const down = (event: PointerEvent): void => gestures.down(event);
  const move = (event: PointerEvent): void => gestures.move(event);
  const up = (event: PointerEvent): void => gestures.up(event);
  const leave = (event: PointerEvent): void => gestures.leave(event);
  const wheel = (event: WheelEvent): void => gestures.wheel(event);
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

/** What pointers are doing on an element, from event to event. */
class Gestures {
  readonly #element: HTMLElement;
  readonly #handlers: GestureHandlers;
  /** Where each finger is, in pixels from the left, by its pointer. */
  readonly #fingers = new Map<number, number>();
  #pinch: { readonly view: TimeView; readonly distance: number; readonly around: number } | null = null;
  #drag: Drag | null = null;

  constructor(element: HTMLElement, handlers: GestureHandlers) {
    this.#element = element;
    this.#handlers = handlers;
  }

  down(event: PointerEvent): void {
    if (event.button !== 0) return;
    const { x } = this.#placeOf(event);
    this.#element.setPointerCapture(event.pointerId);
    if (event.pointerType === 'touch') {
      this.#fingers.set(event.pointerId, x);
      if (this.#fingers.size === 2) {
        this.#startPinch();
        return;
      }
    }
    const isPan = event.shiftKey || event.pointerType === 'touch';
    this.#drag = { x, at: this.#handlers.timeAt(x), isPan, view: this.#handlers.view(), hasMoved: false };
  }

  move(event: PointerEvent): void {
    const place = this.#placeOf(event);
    if (this.#fingers.has(event.pointerId)) this.#fingers.set(event.pointerId, place.x);
    if (this.#pinch !== null && this.#fingers.size === 2) {
      const { view, distance, around } = this.#pinch;
      this.#handlers.setView(zoomView(view, this.#handlers.spanMs, this.#measureFingers().distance / distance, around));
      return;
    }
    this.#handlers.point(place);
    const drag = this.#drag;
    if (drag === null) return;
    drag.hasMoved ||= Math.abs(place.x - drag.x) >= DRAG_FROM_PX;
    if (!drag.hasMoved) return;
    if (drag.isPan) {
      const { spanMs, plotWidth } = this.#handlers;
      this.#handlers.setView(panView(drag.view, spanMs, (drag.x - place.x) / plotWidth()));
    } else this.#handlers.select(this.#rangeOf(drag, place.x));
  }

  up(event: PointerEvent): void {
    this.#fingers.delete(event.pointerId);
    if (this.#fingers.size < 2) this.#pinch = null;
    const ended = this.#drag;
    this.#drag = null;
    this.#handlers.select(null);
    if (ended === null || event.type === 'pointercancel') return;
    const place = this.#placeOf(event);
    if (!ended.hasMoved) this.#handlers.click(place);
    else if (!ended.isPan) this.#handlers.zoomTo(this.#rangeOf(ended, place.x));
  }

  leave(event: PointerEvent): void {
    if (this.#drag === null && event.pointerType !== 'touch') this.#handlers.point(null);
  }

  wheel(event: WheelEvent): void {
    const { view, spanMs, plotWidth, timeAt, setView } = this.#handlers;
    const sideways = event.shiftKey ? event.deltaY || event.deltaX : event.deltaX;
    if (event.ctrlKey || event.metaKey) {
      event.preventDefault();
      const factor = Math.exp(-event.deltaY * (event.deltaMode === 0 ? 0.0022 : 0.06));
      setView(zoomView(view(), spanMs, factor, timeAt(this.#placeOf(event).x)));
    } else if (Math.abs(sideways) > Math.abs(event.deltaY) || event.shiftKey) {
      event.preventDefault();
      setView(panView(view(), spanMs, sideways / plotWidth()));
    }
  }

  #startPinch(): void {
    const { distance, middle } = this.#measureFingers();
    this.#pinch = { view: this.#handlers.view(), distance, around: this.#handlers.timeAt(middle) };
    this.#drag = null;
    this.#handlers.point(null);
  }

  #measureFingers(): { distance: number; middle: number } {
    const [a = 0, b = 0] = this.#fingers.values();
    return { distance: Math.max(20, Math.abs(a - b)), middle: (a + b) / 2 };
  }

  #placeOf(event: PointerEvent | WheelEvent): { x: number; y: number } {
    const box = this.#element.getBoundingClientRect();
    return { x: event.clientX - box.left, y: event.clientY - box.top };
  }

  #rangeOf(drag: Drag, x: number): { from: number; to: number } {
    const at = this.#handlers.timeAt(x);
    return { from: Math.min(drag.at, at), to: Math.max(drag.at, at) };
  }
}
