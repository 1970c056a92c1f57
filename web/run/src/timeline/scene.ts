import { readColour } from '../../../src/theme/read-colour.ts';
import type { TimelineLayout } from './timeline-layout.ts';
import type { TimelineModel } from './timeline-model.ts';
import type { TimeView } from './time-view.ts';

export const FONT = '12px system-ui, -apple-system, "Segoe UI", Roboto, "Noto Sans", Arial, sans-serif';
export const STRONG_FONT = `600 ${FONT}`;

/** Colours of the theme, for what style sheets cannot colour. */
export interface SceneColours {
  readonly ground: string;
  readonly panel: string;
  readonly line: string;
  readonly lineStrong: string;
  readonly ink: string;
  readonly inkSoft: string;
  readonly accent: string;
  readonly good: string;
  readonly warning: string;
  readonly danger: string;
  readonly lag: string;
  readonly produced: string;
  readonly processed: string;
}

/** Tops of the curves' axes: the same for both runs of a comparison. */
export interface SceneTops {
  readonly lag: number;
  readonly rate: number;
  readonly members: number;
}

/** All that a drawing depends on. */
export interface Scene {
  readonly context: CanvasRenderingContext2D;
  readonly model: TimelineModel;
  readonly layout: TimelineLayout;
  readonly view: TimeView;
  readonly colours: SceneColours;
  readonly tops: SceneTops;
  /** Name of the replica that is pointed out; null when all are shown alike. */
  readonly highlighted: string | null;
}

export function readSceneColours(): SceneColours {
  return {
    ground: readColour('--ground'),
    panel: readColour('--panel'),
    line: readColour('--line'),
    lineStrong: readColour('--line-strong'),
    ink: readColour('--ink'),
    inkSoft: readColour('--ink-soft'),
    accent: readColour('--accent'),
    good: readColour('--good'),
    warning: readColour('--warning'),
    danger: readColour('--danger'),
    lag: readColour('--curve-lag'),
    produced: readColour('--curve-produced'),
    processed: readColour('--curve-consumed'),
  };
}

/** Where a time is, in pixels from the left. */
export function xOf({ layout: { left, right }, view }: Pick<Scene, 'layout' | 'view'>, at: number): number {
  return left + ((at - view.from) / (view.to - view.from)) * (right - left);
}

/** Which time is at a place. */
export function timeAt({ layout: { left, right }, view }: Pick<Scene, 'layout' | 'view'>, x: number): number {
  return view.from + ((x - left) / (right - left)) * (view.to - view.from);
}

const widths = new Map<string, number>();

/** Width of a text; each is measured once, because measuring costs more than drawing. */
export function widthOf(context: CanvasRenderingContext2D, text: string, font: string): number {
  const key = `${font}|${text}`;
  let width = widths.get(key);
  if (width === undefined) {
    context.font = font;
    width = context.measureText(text).width;
    widths.set(key, width);
  }
  return width;
}

/** The text, or as much of its beginning as fits with an ellipsis; empty when nothing worth reading does. */
export function fitText(context: CanvasRenderingContext2D, text: string, font: string, room: number): string {
  if (widthOf(context, text, font) <= room) return text;
  let low = 0;
  let high = text.length;
  while (low < high) {
    const middle = (low + high + 1) >>> 1;
    if (widthOf(context, `${text.slice(0, middle)}…`, font) <= room) low = middle;
    else high = middle - 1;
  }
  return low < 3 ? '' : `${text.slice(0, low).trimEnd()}…`;
}
