import { findLastIndexBefore } from './find-moment.ts';
import { xOf, type Scene } from './scene.ts';
import type { Strip } from './timeline-layout.ts';

const SECOND_MS = 1000;

interface CurveLook {
  readonly colour: string;
  readonly top: number;
  /** @default an unbroken line */
  readonly dash?: readonly number[];
  /** Whether the ground under it is coloured. @default false */
  readonly isFilled?: boolean;
  /** Whether a value holds until the next, as a count does. @default false */
  readonly isStepped?: boolean;
  /** Whether a value is the mean of its span, and stands in the middle of it. @default false */
  readonly isMean?: boolean;
}

interface CurveValues {
  readonly values: readonly (number | null)[];
  readonly least: readonly (number | null)[];
  readonly most: readonly (number | null)[];
}

/** Lag, rates, members and processors, each in its strip on the same axis of time. */
export function drawCurves(scene: Scene): void {
  const { layout, colours, tops } = scene;
  const { lag, produced, processed, members, busy } = scene.model.samples;
  drawCurve(scene, layout.lag, lag, { colour: colours.lag, top: tops.lag, isFilled: true });
  drawCurve(scene, layout.rates, produced, { colour: colours.produced, top: tops.rate, isMean: true });
  drawCurve(scene, layout.rates, processed, {
    colour: colours.processed,
    top: tops.rate,
    dash: [5, 3],
    isMean: true,
  });
  drawCurve(scene, layout.members, members, { colour: colours.ink, top: tops.members, isStepped: true });
  const used = { values: busy, least: busy, most: busy };
  const usedLook = { colour: colours.inkSoft, top: 1, isFilled: true, isMean: true };
  if (layout.busy !== null) drawCurve(scene, layout.busy, used, usedLook);
}

function drawCurve(scene: Scene, strip: Strip, curve: CurveValues, look: CurveLook): void {
  const { context, view, model } = scene;
  const { from, at: times } = model.samples;
  const first = Math.max(
    0,
    findLastIndexBefore(times, view.from, (at) => at),
  );
  const last = Math.min(times.length - 1, findLastIndexBefore(times, view.to, (at) => at) + 1);
  const yOf = (value: number): number => strip.top + strip.height * (1 - Math.min(1, value / look.top));
  context.save();
  context.strokeStyle = look.colour;
  context.lineWidth = 1.75;
  context.lineJoin = 'round';
  context.setLineDash([...(look.dash ?? [])]);
  drawExtremes(scene, curve, { first, last, yOf, colour: look.colour });
  let run: { x: number; y: number }[] = [];
  for (let index = first; index <= last; index += 1) {
    const value = curve.values[index] ?? null;
    if (value === null) {
      drawRun(context, run, strip, look);
      run = [];
    } else {
      const at = times[index] ?? 0;
      const beforeMs = look.isMean === true ? Math.max(0, at - (from[index] ?? at) - SECOND_MS) / 2 : 0;
      run.push({ x: xOf(scene, at - beforeMs), y: yOf(value) });
    }
  }
  drawRun(context, run, strip, look);
  context.restore();
}

interface ExtremesLook {
  readonly first: number;
  readonly last: number;
  readonly yOf: (value: number) => number;
  readonly colour: string;
}

/** Behind the curve, from the least to the most that the seconds of each span had. */
function drawExtremes(scene: Scene, { least, most }: CurveValues, { first, last, yOf, colour }: ExtremesLook): void {
  const { context, model } = scene;
  const { from, at } = model.samples;
  context.fillStyle = colour;
  context.globalAlpha = 0.3;
  context.beginPath();
  for (let index = first; index <= last; index += 1) {
    const [low, high] = [least[index] ?? 0, most[index] ?? 0];
    if (low === high) continue;
    const left = xOf(scene, from[index] ?? 0);
    const width = Math.max(1, xOf(scene, at[index] ?? 0) - left);
    context.rect(left, yOf(high), width, Math.max(1, yOf(low) - yOf(high)));
  }
  context.fill();
  context.globalAlpha = 1;
}

function drawRun(
  context: CanvasRenderingContext2D,
  run: readonly { readonly x: number; readonly y: number }[],
  { top, height }: Strip,
  { colour, isFilled = false, isStepped = false }: CurveLook,
): void {
  const [start] = run;
  const end = run.at(-1);
  if (start === undefined || end === undefined) return;
  context.beginPath();
  context.moveTo(start.x, start.y);
  let previousY = start.y;
  for (const { x, y } of run) {
    if (isStepped) context.lineTo(x, previousY);
    context.lineTo(x, y);
    previousY = y;
  }
  context.stroke();
  if (!isFilled) return;
  context.lineTo(end.x, top + height);
  context.lineTo(start.x, top + height);
  context.globalAlpha = 0.16;
  context.fillStyle = colour;
  context.fill();
}
