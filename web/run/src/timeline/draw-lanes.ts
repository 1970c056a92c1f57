import type { SavedFault, SavedStep } from '../../../../lib/contracts/saved-run.ts';
import { placeLabels } from './place-labels.ts';
import { fitText, FONT, STRONG_FONT, widthOf, xOf, type Scene, type SceneColours } from './scene.ts';
import { FAULT_ROW_PX, FAULT_ROWS, type Strip, type TimelineLayout } from './timeline-layout.ts';
import type { Mark, Span } from './timeline-model.ts';

const MARK_PX = 5;
const FAULT_GAP_PX = 6;
/** A step narrower than this has neither words nor an edge, unless it was not done. */
const NARROW_STEP_PX = 6;
const GENERATION_GAP_PX = 5;
/** Rebalances, steps or faults nearer to each other than this, on average, have no lines. */
const DENSE_PX = 14;

/** What was done and what happened: steps as spans, faults and rebalances as marks. */
export function drawLanes(scene: Scene): void {
  const { steps } = scene.model;
  // Last what was not done: where steps are narrow it must not be covered.
  for (const step of steps.filter(({ of }) => of.outcome === 'done')) drawStep(scene, step);
  for (const step of steps.filter(({ of }) => of.outcome !== 'done')) drawStep(scene, step);
  drawRebalances(scene);
  drawFaults(scene);
}

/** Upright lines from each mark through all that shares the axis: over the bars, under the curves, beside the words. */
export function drawUprights(scene: Scene): void {
  const { model, colours, view, layout } = scene;
  const rebalances = inView(scene, model.rebalances);
  // So many of them would be a grid and tell nothing; their ticks stay.
  const isDense = rebalances.length * DENSE_PX > layout.right - layout.left;
  const below = { top: layout.partitions.top, height: layout.partitions.height };
  for (const { at } of isDense ? [] : rebalances) {
    drawUpright(scene, at, { colour: colours.inkSoft, dash: [1, 3], above: [] });
  }
  const steps = model.steps.filter(({ from }) => from >= view.from && from <= view.to);
  const areStepsDense = steps.length * DENSE_PX > layout.right - layout.left;
  for (const { from } of areStepsDense ? [] : steps) {
    const colour = isDense ? colours.line : colours.lineStrong;
    drawUpright(scene, from, { colour, dash: [], above: joinStrips(layout, layout.steps, below) });
  }
  const placed = placeFaults(scene);
  const areFaultsDense = placed.length * DENSE_PX > layout.right - layout.left;
  for (const { fault, y } of areFaultsDense ? [] : placed) {
    const above = joinStrips(layout, { top: y, height: below.top - y }, below);
    drawUpright(scene, fault.at, { colour: colourOfFault(fault.of, colours), dash: [5, 3], above });
  }
}

type Piece = Pick<Strip, 'top' | 'height'>;

/** In one piece, except where titles stand between the strips. */
function joinStrips(layout: TimelineLayout, first: Piece, last: Piece): readonly Piece[] {
  return layout.isNarrow ? [] : [{ top: first.top, height: last.top - first.top }];
}

interface UprightLook {
  readonly colour: string;
  readonly dash: readonly number[];
  /** Where it is seen above the partitions. */
  readonly above: readonly Piece[];
}

function drawUpright(scene: Scene, at: number, { colour, dash, above }: UprightLook): void {
  const { context, layout } = scene;
  const x = Math.round(xOf(scene, at)) + 0.5;
  context.strokeStyle = colour;
  context.lineWidth = 1;
  context.setLineDash([...dash]);
  context.beginPath();
  for (const piece of [...above, layout.partitions, layout.lag, layout.rates, layout.members, layout.busy]) {
    if (piece === null) continue;
    context.moveTo(x, piece.top);
    context.lineTo(x, piece.top + piece.height);
  }
  context.stroke();
  context.setLineDash([]);
}

/** Words stay within their step, so that none covers another. */
function drawStep(scene: Scene, { from, to, of }: Span<SavedStep>): void {
  const { context, layout, view, colours } = scene;
  if (to < view.from || from > view.to) return;
  const { top, height } = layout.steps;
  const left = Math.max(xOf(scene, from), layout.left);
  const width = Math.max(1, Math.min(xOf(scene, to), layout.right) - left - 1);
  const colour = of.outcome === 'done' ? colours.accent : of.outcome === 'failed' ? colours.danger : colours.warning;
  context.fillStyle = colours.panel;
  context.fillRect(left, top, width, height);
  context.fillStyle = colour;
  context.globalAlpha = 0.2;
  context.fillRect(left, top, width, height);
  context.globalAlpha = 1;
  if (width >= NARROW_STEP_PX || of.outcome !== 'done') context.fillRect(left, top, Math.min(width, 2), height);
  if (width < NARROW_STEP_PX) return;
  const room = width - 12;
  const number = String(of.index + 1);
  const words =
    fitText(context, `${number}  ${of.text}`, FONT, room) || (widthOf(context, number, FONT) <= room + 6 ? number : '');
  context.font = FONT;
  context.textAlign = 'left';
  context.fillStyle = colours.ink;
  context.fillText(words, left + 7, top + height / 2 + 0.5);
}

/** Generations above their ticks; where ticks are close, only as many numbers as can be read. */
function drawRebalances(scene: Scene): void {
  const { context, layout, colours } = scene;
  const { top, height } = layout.rebalances;
  let writtenTo = -Infinity;
  context.textAlign = 'center';
  context.font = FONT;
  context.fillStyle = colours.ink;
  for (const { at, of } of inView(scene, scene.model.rebalances)) {
    const x = Math.round(xOf(scene, at)) + 0.5;
    context.beginPath();
    context.moveTo(x, top + height - 1);
    context.lineTo(x - 4, top + height - 9);
    context.lineTo(x + 4, top + height - 9);
    context.fill();
    const text = String(of.generation);
    const half = widthOf(context, text, FONT) / 2;
    const middle = Math.min(Math.max(x, layout.left + half), layout.right - half);
    if (middle - half < writtenTo + GENERATION_GAP_PX) continue;
    context.fillText(text, middle, top + 8);
    writtenTo = middle + half;
  }
}

const DRAWN: readonly SavedFault['kind'][] = ['event', 'heal', 'inject'];

function drawFaults(scene: Scene): void {
  const { context, colours } = scene;
  context.font = STRONG_FONT;
  context.textAlign = 'left';
  // Last, so that they are not covered, those that somebody asked for.
  const placed = placeFaults(scene).toSorted((a, b) => DRAWN.indexOf(a.fault.of.kind) - DRAWN.indexOf(b.fault.of.kind));
  for (const { fault, x, y, text, textX } of placed) {
    context.fillStyle = colourOfFault(fault.of, colours);
    drawFaultMark(context, fault.of.kind, x, y);
    if (textX === null) continue;
    context.fillStyle = colours.ink;
    context.fillText(text, textX, y + 0.5);
  }
}

interface PlacedFault {
  readonly fault: Mark<SavedFault>;
  readonly x: number;
  readonly y: number;
  readonly text: string;
  /** Left end of its text; null when there is no room for it. */
  readonly textX: number | null;
}

function placeFaults(scene: Scene): readonly PlacedFault[] {
  const { context, layout } = scene;
  const { faults, left, right } = layout;
  if (faults === null) return [];
  const seen = inView(scene, scene.model.faults).map((fault) => {
    const x = xOf(scene, fault.at);
    const room = Math.max(right - x, x - left) - MARK_PX - FAULT_GAP_PX;
    return { fault, x, text: fitText(context, fault.of.text, STRONG_FONT, room) };
  });
  const places = placeLabels(
    seen.map(({ x, text }) => ({ x, width: widthOf(context, text, STRONG_FONT) + MARK_PX })),
    { left, right, rows: FAULT_ROWS, gap: FAULT_GAP_PX },
  );
  return seen.map(({ fault, x, text }, index) => {
    const place = places[index] ?? null;
    const y = faults.top + FAULT_ROW_PX * ((place?.row ?? 0) + 0.5);
    if (place === null) return { fault, x, y, text, textX: null };
    return { fault, x, y, text, textX: place.x > x ? place.x + MARK_PX : place.x };
  });
}

/** Three shapes, because a colour is never alone. */
function drawFaultMark(context: CanvasRenderingContext2D, kind: SavedFault['kind'], x: number, y: number): void {
  context.beginPath();
  if (kind === 'event') context.arc(x, y, MARK_PX - 0.5, 0, Math.PI * 2);
  else {
    const up = kind === 'heal' ? -1 : 1;
    context.moveTo(x - MARK_PX, y - MARK_PX * up);
    context.lineTo(x + MARK_PX, y - MARK_PX * up);
    context.lineTo(x, y + MARK_PX * up);
  }
  context.fill();
}

function colourOfFault({ kind }: SavedFault, colours: SceneColours): string {
  if (kind === 'inject') return colours.danger;
  return kind === 'heal' ? colours.good : colours.warning;
}

function inView<Of>({ view }: Scene, marks: readonly Mark<Of>[]): readonly Mark<Of>[] {
  return marks.filter(({ at }) => at >= view.from && at <= view.to);
}
