import { beforeEach, describe, expect, it } from '@jest/globals';
import { attachGestures } from './attach-gestures.ts';
import { panView, zoomView, type TimeView } from './time-view.ts';

const SPAN = 100_000;
const BEFORE: TimeView = { from: 20_000, to: 60_000 };

/** The page's elements are event targets; this one lies 10 pixels from the left, and a pixel is 100 ms. */
class Element extends EventTarget {
  getBoundingClientRect() {
    return { left: 10, top: 0 };
  }

  setPointerCapture(): void {
    // Nothing else is on the page.
  }
}

describe('attachGestures', () => {
  let element: Element;
  let view: TimeView;
  let calls: unknown[][];
  let detach: () => void;

  const send = (type: string, x: number, facts: object = {}): Event => {
    const event = Object.assign(new Event(type, { cancelable: true }), {
      ...{ clientX: x + 10, clientY: 5, button: 0, pointerId: 1, pointerType: 'mouse', shiftKey: false },
      ...{ ctrlKey: false, metaKey: false, deltaX: 0, deltaY: 0, deltaMode: 0, ...facts },
    });
    element.dispatchEvent(event);
    return event;
  };
  const told = (name: string): unknown[] => calls.filter(([called]) => called === name).map(([, what]) => what);

  beforeEach(() => {
    element = new Element();
    view = BEFORE;
    calls = [];
    const note =
      (name: string) =>
      (what: unknown): void =>
        void calls.push([name, what]);
    detach = attachGestures(element as unknown as HTMLElement, {
      view: () => view,
      spanMs: SPAN,
      timeAt: (x) => view.from + x * 100,
      plotWidth: () => 400,
      setView: (next) => {
        view = next;
        calls.push(['setView', next]);
      },
      ...{ point: note('point'), select: note('select'), zoomTo: note('zoomTo'), click: note('click') },
    });
  });

  it('zooms to what a mouse is dragged over, in either direction', () => {
    send('pointerdown', 100);
    send('pointermove', 40);
    send('pointerup', 40);
    expect(told('select')).toEqual([{ from: 24_000, to: 30_000 }, null]);
    expect(told('zoomTo')).toEqual([{ from: 24_000, to: 30_000 }]);
    expect(told('click')).toEqual([]);
  });

  it('takes a move of an unsteady hand for a click', () => {
    send('pointerdown', 100);
    send('pointermove', 104);
    send('pointerup', 104);
    expect(told('click')).toEqual([{ x: 104, y: 5 }]);
    expect(told('zoomTo')).toEqual([]);
  });

  it('does nothing when the pointer is taken away', () => {
    send('pointerdown', 100);
    send('pointermove', 40);
    send('pointercancel', 40);
    expect([...told('zoomTo'), ...told('click')]).toEqual([]);
  });

  it.each([
    { who: 'a mouse with Shift', facts: { shiftKey: true } },
    { who: 'a finger', facts: { pointerType: 'touch' } },
  ])('moves with $who', ({ facts }) => {
    send('pointerdown', 100, facts);
    send('pointermove', 60, facts);
    send('pointerup', 60, facts);
    expect(view).toEqual(panView(BEFORE, SPAN, 0.1));
    expect(told('zoomTo')).toEqual([]);
  });

  it('zooms with two fingers around their middle, and moves no more when one is lifted', () => {
    const finger = (id: number) => ({ pointerType: 'touch', pointerId: id });
    send('pointerdown', 100, finger(1));
    send('pointerdown', 200, finger(2));
    send('pointermove', 300, finger(2));
    const zoomed = zoomView(BEFORE, SPAN, 2, 35_000);
    expect(view).toEqual(zoomed);
    send('pointerup', 300, finger(2));
    send('pointermove', 150, finger(1));
    expect(view).toEqual(zoomed);
  });

  it('zooms with the wheel and Ctrl, moves with it sideways, and leaves the rest to the page', () => {
    expect(send('wheel', 100, { deltaY: 100 }).defaultPrevented).toBe(false);
    expect(view).toEqual(BEFORE);
    expect(send('wheel', 100, { deltaY: 100, ctrlKey: true }).defaultPrevented).toBe(true);
    const zoomed = zoomView(BEFORE, SPAN, Math.exp(-0.22), 30_000);
    expect(view).toEqual(zoomed);
    expect(send('wheel', 100, { deltaX: 40, deltaY: 10 }).defaultPrevented).toBe(true);
    expect(view).toEqual(panView(zoomed, SPAN, 0.1));
  });

  it('tells where the mouse is until it leaves, and nothing once it is detached', () => {
    send('pointermove', 30);
    send('pointerleave', 30);
    expect(told('point')).toEqual([{ x: 30, y: 5 }, null]);
    detach();
    send('pointermove', 40);
    send('wheel', 100, { deltaX: 40 });
    expect(calls).toHaveLength(2);
  });
});
