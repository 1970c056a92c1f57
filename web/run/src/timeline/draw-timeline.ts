import { drawCurves } from './draw-curves.ts';
import { drawFrame } from './draw-frame.ts';
import { drawLanes, drawUprights } from './draw-lanes.ts';
import { drawOwnership } from './draw-ownership.ts';
import type { Scene } from './scene.ts';

/** Draws all of what is seen; the line under the pointer is not on the canvas, so that moving it draws nothing. */
export function drawTimeline(scene: Scene): void {
  const { context, layout } = scene;
  context.clearRect(0, 0, layout.width, layout.height);
  context.textBaseline = 'middle';
  drawFrame(scene);
  context.save();
  context.beginPath();
  context.rect(layout.left, 0, layout.right - layout.left, layout.height);
  context.clip();
  drawOwnership(scene);
  drawUprights(scene);
  drawCurves(scene);
  drawLanes(scene);
  context.restore();
}
