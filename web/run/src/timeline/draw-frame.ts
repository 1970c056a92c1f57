import { formatCount } from '../../../src/format/format-number.ts';
import { formatOffset } from '../format/format-offset.ts';
import { chooseTimeTicks } from './choose-ticks.ts';
import { FONT, STRONG_FONT, widthOf, xOf, type Scene } from './scene.ts';
import type { Strip } from './timeline-layout.ts';

const TICK_PX = 84;
const KEY_PX = 20;

/** Titles, scales, and the lines of the time axis: what lies beneath everything. */
export function drawFrame(scene: Scene): void {
  drawTimeAxis(scene);
  drawTitles(scene);
  drawPartitionNumbers(scene);
  const { lag, rates, members, busy } = scene.layout;
  const { tops, colours } = scene;
  drawScale(scene, lag, tops.lag, formatCount);
  drawScale(scene, rates, tops.rate, formatCount);
  drawScale(scene, members, tops.members, formatCount);
  if (busy !== null) drawScale(scene, busy, 1, (share) => `${share * 100} %`);
  drawKeys(scene, lag, [{ label: 'stored and not yet processed', colour: colours.lag, dash: [] }]);
  drawKeys(scene, rates, [
    { label: 'produced', colour: colours.produced, dash: [] },
    { label: 'processed', colour: colours.processed, dash: [5, 3] },
  ]);
}

function drawTimeAxis(scene: Scene): void {
  const { context, layout, view, colours } = scene;
  const { times, digits } = chooseTimeTicks(view, (layout.right - layout.left) / TICK_PX);
  const strips = [layout.lag, layout.rates, layout.members, layout.busy, layout.partitions].filter(
    (strip) => strip !== null,
  );
  context.font = FONT;
  for (const at of times) {
    const x = Math.round(xOf(scene, at)) + 0.5;
    const text = formatOffset(at, digits);
    const half = widthOf(context, text, FONT) / 2;
    // Whole at both ends.
    const middle = Math.min(Math.max(x, layout.left + half), layout.right - half);
    context.fillStyle = colours.inkSoft;
    context.textAlign = 'center';
    context.fillText(text, middle, layout.axisTop.top + 9);
    context.fillText(text, middle, layout.axisBottom.top + 9);
    context.fillStyle = colours.line;
    for (const { top, height } of strips) context.fillRect(x - 0.5, top, 1, height);
  }
}

function drawTitles({ context, layout, colours }: Scene): void {
  const beside = [layout.steps, layout.faults, layout.rebalances];
  context.font = STRONG_FONT;
  context.fillStyle = colours.ink;
  for (const strip of [...beside, layout.partitions]) {
    if (strip === null) continue;
    context.textAlign = 'left';
    if (layout.isNarrow) context.fillText(strip.title, 0, strip.top - 9);
    else if (strip !== layout.partitions) context.fillText(strip.title, 0, strip.top + Math.min(strip.height, 24) / 2);
    else context.fillText(strip.title, 0, strip.top + Math.max(7, layout.partitions.rowHeight / 2));
  }
  for (const strip of [layout.lag, layout.rates, layout.members, layout.busy]) {
    if (strip === null) continue;
    context.textAlign = 'left';
    context.fillText(strip.title, layout.isNarrow ? 0 : layout.left, strip.top - 9);
  }
}

function drawPartitionNumbers({ context, layout, model, colours }: Scene): void {
  const { top, rowHeight } = layout.partitions;
  const every = Math.ceil(13 / rowHeight);
  context.font = FONT;
  context.fillStyle = colours.inkSoft;
  context.textAlign = 'right';
  for (let partition = 0; partition < model.bars.length; partition += every) {
    context.fillText(String(partition), layout.left - 7, top + rowHeight * (partition + 0.5) + 0.5);
  }
}

function drawScale(
  { context, layout, colours }: Scene,
  strip: Strip,
  most: number,
  format: (value: number) => string,
): void {
  const { left, right } = layout;
  context.font = FONT;
  context.textAlign = 'right';
  for (const value of strip.height < 60 ? [0, most] : [0, most / 2, most]) {
    const y = strip.top + strip.height * (1 - value / most);
    context.fillStyle = colours.line;
    context.fillRect(left, Math.round(y), right - left, 1);
    context.fillStyle = colours.inkSoft;
    const inside = Math.min(Math.max(y, strip.top + 5), strip.top + strip.height - 4);
    context.fillText(format(value), left - 7, inside);
  }
}

interface Key {
  readonly label: string;
  readonly colour: string;
  readonly dash: readonly number[];
}

function drawKeys({ context, layout, colours }: Scene, strip: Strip, keys: readonly Key[]): void {
  const y = strip.top - 9;
  let x = (layout.isNarrow ? 0 : layout.left) + widthOf(context, strip.title, STRONG_FONT) + 14;
  context.textAlign = 'left';
  for (const { label, colour, dash } of keys) {
    context.strokeStyle = colour;
    context.lineWidth = 2.5;
    context.setLineDash([...dash]);
    context.beginPath();
    context.moveTo(x, y);
    context.lineTo(x + KEY_PX, y);
    context.stroke();
    context.setLineDash([]);
    context.font = FONT;
    context.fillStyle = colours.inkSoft;
    context.fillText(label, x + KEY_PX + 5, y);
    x += KEY_PX + 5 + widthOf(context, label, FONT) + 14;
  }
}
