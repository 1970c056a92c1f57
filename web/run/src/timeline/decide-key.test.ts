import { describe, expect, it } from '@jest/globals';
import { readRecordedRun } from '../../../../test/run-page/recorded-runs.ts';
import { decideKey } from './decide-key.ts';
import { findMarks } from './find-moment.ts';
import { buildReplicaLooks } from './replica-looks.ts';
import { wholeView } from './time-view.ts';
import { buildTimelineModel } from './timeline-model.ts';

const RUN = readRecordedRun('pass');
const MODEL = buildTimelineModel(RUN, buildReplicaLooks(RUN.replicas));
const SPAN = MODEL.endMs;
const STATE = { model: MODEL, spanMs: SPAN, view: wholeView(SPAN), at: 20_000 };

describe('decideKey', () => {
  it('zooms around the line, and out again', () => {
    const near = decideKey('+', false, STATE);
    expect((near?.view.to ?? 0) - (near?.view.from ?? 0)).toBeCloseTo(SPAN / 1.6);
    expect(decideKey('-', false, { ...STATE, view: near?.view ?? STATE.view })?.view.to).toBeCloseTo(SPAN);
    expect(decideKey('0', false, { ...STATE, view: { from: 0, to: 5 } })).toEqual({
      view: wholeView(SPAN),
      at: 20_000,
    });
  });

  it('moves the line, and what is seen with it', () => {
    expect(decideKey('ArrowRight', false, STATE)?.at).toBeCloseTo(20_000 + SPAN / 100);
    const view = { from: 0, to: 10_000 };
    expect(decideKey('End', false, { ...STATE, view })).toEqual({ view: { from: SPAN - 10_000, to: SPAN }, at: SPAN });
    expect(decideKey('ArrowRight', true, { ...STATE, view })).toEqual({ view: { from: 2000, to: 12_000 }, at: 20_000 });
  });

  it('goes to what happened before and after', () => {
    const marks = findMarks(MODEL);
    expect(decideKey('PageDown', false, STATE)?.at).toBe(marks.find((at) => at > 20_000));
    expect(decideKey('PageUp', false, STATE)?.at).toBe(marks.findLast((at) => at < 20_000));
    expect(decideKey('PageUp', false, { ...STATE, at: 0 })?.at).toBe(0);
  });

  it('shows the step that the line is in', () => {
    const step = MODEL.steps[4];
    const view = decideKey('Enter', false, STATE)?.view ?? STATE.view;
    expect(view.from).toBeLessThan(step?.from ?? 0);
    expect(view.to).toBeGreaterThan(step?.to ?? 0);
  });

  it('begins in the middle, and leaves other keys alone', () => {
    expect(decideKey('ArrowLeft', false, { ...STATE, at: null })?.at).toBeCloseTo(SPAN * 0.49);
    expect(decideKey('a', false, STATE)).toBeNull();
    expect(decideKey('Escape', false, STATE)).toEqual({ view: wholeView(SPAN), at: null });
  });
});
