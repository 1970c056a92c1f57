import { formatDuration } from '../../../src/format/format-duration.ts';
import { findLastIndexBefore } from './find-moment.ts';
import { FONT, STRONG_FONT, widthOf, xOf, type Scene } from './scene.ts';
import type { TimeView } from './time-view.ts';
import type { Bar, Span } from './timeline-model.ts';
import type { SavedPause } from '../../../../lib/contracts/saved-run.ts';

const WORDS_FROM_PX = 14;
const GAP_FROM_PX = 6;
const PADDING_PX = 5;
const LEAST_ROOM_PX = 6;
const FADED = 0.2;

/** Who owned each partition, a row each, and the pauses on them. */
export function drawOwnership(scene: Scene): void {
  const { model, layout } = scene;
  const { top, rowHeight } = layout.partitions;
  const gap = rowHeight >= GAP_FROM_PX ? 1 : 0;
  const hatch = createHatch(scene);
  for (const [partition, bars] of model.bars.entries()) {
    const y = top + partition * rowHeight;
    const pauses = model.pauses[partition] ?? [];
    drawBars(scene, bars, y, rowHeight - gap);
    drawPauses(scene, pauses, { y, height: rowHeight - gap, hatch });
    if (rowHeight - gap >= WORDS_FROM_PX) drawOwnerNames(scene, bars, pauses, { y, height: rowHeight - gap });
  }
}

function drawBars(scene: Scene, bars: readonly Bar[], y: number, height: number): void {
  const { context, view, highlighted } = scene;
  let drawnTo = -Infinity;
  for (const bar of listSeen(bars, view)) {
    const left = Math.max(xOf(scene, bar.from), scene.layout.left);
    const right = Math.min(xOf(scene, bar.to), scene.layout.right);
    // What is within a pixel that is drawn already cannot be seen.
    if (right <= drawnTo || right <= left) continue;
    const isFaded = highlighted !== null && highlighted !== bar.owner.name;
    context.globalAlpha = isFaded ? FADED : 1;
    context.fillStyle = bar.owner.fill;
    const width = Math.max(1, right - left - (right - left > 4 ? 1 : 0));
    context.fillRect(left, y, width, height);
    drawnTo = left + width;
  }
  context.globalAlpha = 1;
}

/** Of bars in the order of time, those that begin before the end of what is seen, from the one that holds at its start. */
function listSeen(bars: readonly Bar[], view: TimeView): readonly Bar[] {
  const last = (at: number): number => findLastIndexBefore(bars, at, ({ from }) => from);
  return bars.slice(Math.max(0, last(view.from)), last(view.to) + 1);
}

/** After the pauses, beside one that a bar begins with. */
function drawOwnerNames(
  scene: Scene,
  bars: readonly Bar[],
  pauses: readonly Span<SavedPause>[],
  { y, height }: { y: number; height: number },
): void {
  const { context, view, layout, highlighted } = scene;
  context.font = FONT;
  context.textAlign = 'left';
  for (const bar of listSeen(bars, view)) {
    if (highlighted !== null && highlighted !== bar.owner.name) continue;
    const seenFrom = Math.max(bar.from, view.from);
    // Pauses only take away from it: no need to look for them where a bar is too narrow anyway.
    if (xOf(scene, bar.to) - xOf(scene, seenFrom) < LEAST_ROOM_PX + 2 * PADDING_PX) continue;
    const pause = pauses.find(({ from, to }) => from <= seenFrom && seenFrom < to);
    const left = xOf(scene, pause?.to ?? seenFrom) + PADDING_PX;
    const room = Math.min(xOf(scene, bar.to), layout.right) - left - PADDING_PX;
    if (room < LEAST_ROOM_PX) continue;
    const label = bar.owner.labels.find((candidate) => widthOf(context, candidate, FONT) <= room);
    if (label === undefined) continue;
    context.fillStyle = bar.owner.ink;
    context.fillText(label, left, y + height / 2 + 0.5);
  }
}

interface PausePlace {
  readonly y: number;
  readonly height: number;
  readonly hatch: CanvasPattern | null;
}

function drawPauses(scene: Scene, pauses: readonly Span<SavedPause>[], place: PausePlace): void {
  const { view } = scene;
  let drawnTo = -Infinity;
  for (const pause of pauses) {
    if (pause.to < view.from) continue;
    if (pause.from > view.to) break;
    const left = xOf(scene, pause.from);
    const right = Math.max(left + 1, xOf(scene, pause.to));
    // Of many within a pixel one is seen.
    if (right - drawnTo < 1) continue;
    drawPause(scene, pause, { ...place, left, width: right - left });
    drawnTo = right;
  }
}

/** A dark, hatched gap with its length, where there is room for it. */
function drawPause(
  scene: Scene,
  { from, to }: Span<SavedPause>,
  { left, width, y, height, hatch }: PausePlace & { readonly left: number; readonly width: number },
): void {
  const { context, colours } = scene;
  context.fillStyle = colours.ground;
  context.globalAlpha = 0.86;
  context.fillRect(left, y, width, height);
  context.globalAlpha = 1;
  if (hatch !== null && width >= 4 && height >= GAP_FROM_PX) {
    context.fillStyle = hatch;
    context.fillRect(left, y, width, height);
  }
  if (width >= 3) {
    context.fillStyle = colours.warning;
    context.fillRect(left, y, 1, height);
    context.fillRect(left + width - 1, y, 1, height);
  }
  if (width >= LEAST_ROOM_PX) drawPauseLength(scene, formatDuration(to - from), { left, width, y, height });
}

function drawPauseLength(
  { context, colours, layout }: Scene,
  text: string,
  { left, width, y, height }: { left: number; width: number; y: number; height: number },
): void {
  const wide = widthOf(context, text, STRONG_FONT);
  const seenLeft = Math.max(left, layout.left);
  const seenRight = Math.min(left + width, layout.right);
  if (height < WORDS_FROM_PX - 1 || seenRight - seenLeft < wide + 10) return;
  const middle = (seenLeft + seenRight) / 2;
  context.fillStyle = colours.ground;
  context.fillRect(middle - wide / 2 - 4, y + 1, wide + 8, height - 2);
  context.font = STRONG_FONT;
  context.textAlign = 'center';
  context.fillStyle = colours.ink;
  context.fillText(text, middle, y + height / 2 + 0.5);
}

const hatches = new Map<string, HTMLCanvasElement>();

function createHatch({ context, colours }: Scene): CanvasPattern | null {
  let tile = hatches.get(colours.warning);
  if (tile === undefined) {
    tile = document.createElement('canvas');
    tile.width = 6;
    tile.height = 6;
    const pen = tile.getContext('2d');
    if (pen === null) return null;
    pen.strokeStyle = colours.warning;
    pen.lineWidth = 1.2;
    pen.beginPath();
    for (const shift of [-6, 0, 6]) {
      pen.moveTo(shift, 6);
      pen.lineTo(shift + 6, 0);
    }
    pen.stroke();
    hatches.set(colours.warning, tile);
  }
  return context.createPattern(tile, 'repeat');
}
