import { findLastIndexBefore } from './find-moment.ts';
import { xOf, type Scene } from './scene.ts';
import type { Strip } from './timeline-layout.ts';

interface CurveLook {
  readonly colour: string;
  readonly top: number;
  /** @default an unbroken line */
  readonly dash?: readonly number[];
  /** Whether the ground under it is coloured. @default false */
  readonly isFilled?: boolean;
  /** Whether a value holds until the next, as a count does. @default false */
  readonly isStepped?: boolean;
}

/** Lag, rates, members and processors, each in its strip on the same axis of time. */
export function drawCurves(scene: Scene): void {
  const { layout, colours, tops } = scene;
  const { lag, produced, processed, members, busy } = scene.model.samples;
  drawCurve(scene, layout.lag, lag, { colour: colours.lag, top: tops.lag, isFilled: true });
  drawCurve(scene, layout.rates, produced, { colour: colours.produced, top: tops.rate });
  drawCurve(scene, layout.rates, processed, { colour: colours.processed, top: tops.rate, dash: [5, 3] });
  drawCurve(scene, layout.members, members, { colour: colours.ink, top: tops.members, isStepped: true });
  if (layout.busy !== null) drawCurve(scene, layout.busy, busy, { colour: colours.inkSoft, top: 1, isFilled: true });
}

function drawCurve(scene: Scene, strip: Strip, values: readonly (number | null)[], look: CurveLook): void {
  const { context, view, model } = scene;
  const times = model.samples.at;
  const first = Math.max(
    0,
    findLastIndexBefore(times, view.from, (at) => at),
  );
  const last = Math.min(times.length - 1, findLastIndexBefore(times, view.to, (at) => at) + 1);
  context.save();
  context.strokeStyle = look.colour;
  context.lineWidth = 1.75;
  context.lineJoin = 'round';
  context.setLineDash([...(look.dash ?? [])]);
  let run: { x: number; y: number }[] = [];
  for (let index = first; index <= last; index += 1) {
    const value = values[index] ?? null;
    if (value === null) {
      drawRun(context, run, strip, look);
      run = [];
    } else {
      const y = strip.top + strip.height * (1 - Math.min(1, value / look.top));
      run.push({ x: xOf(scene, times[index] ?? 0), y });
    }
  }
  drawRun(context, run, strip, look);
  context.restore();
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
