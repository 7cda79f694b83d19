// Drawing a skeleton on a canvas.

import type { LivePose } from './live';

/** BlazePose's bones, by the numbers of its 33 joints. */
const BONES: readonly (readonly [number, number, 'l' | 'r' | 'm'])[] = [
  [11, 12, 'm'], [11, 23, 'm'], [12, 24, 'm'], [23, 24, 'm'],
  [11, 13, 'l'], [13, 15, 'l'], [15, 19, 'l'], [15, 17, 'l'],
  [12, 14, 'r'], [14, 16, 'r'], [16, 20, 'r'], [16, 18, 'r'],
  [23, 25, 'l'], [25, 27, 'l'], [27, 29, 'l'], [29, 31, 'l'], [27, 31, 'l'],
  [24, 26, 'r'], [26, 28, 'r'], [28, 30, 'r'], [30, 32, 'r'], [28, 32, 'r'],
];
const COLOURS = { l: '#ffb000', r: '#29b6f6', m: '#ffffff' } as const;
/** Joints less visible than this are not drawn. */
const VISIBLE = 0.5;

/** Draws `pose`, whose points are pixels of a frame `width` wide, over the whole canvas. */
export function drawSkeleton(canvas: HTMLCanvasElement, pose: LivePose | null, width: number, height: number): void {
  if (canvas.width !== width) canvas.width = width;
  if (canvas.height !== height) canvas.height = height;
  const pen = canvas.getContext('2d');
  if (pen === null) return;
  pen.clearRect(0, 0, width, height);
  if (pose === null) return;
  const size = Math.max(2, Math.min(width, height) / 120);
  pen.lineCap = 'round';
  // A dark edge keeps the lines readable on white doboks.
  for (const edge of [true, false]) {
    pen.lineWidth = edge ? size * 1.8 : size;
    for (const [a, b, side] of BONES) {
      const from = pose.points[a];
      const to = pose.points[b];
      if (from === undefined || to === undefined || from[2] < VISIBLE || to[2] < VISIBLE) continue;
      pen.strokeStyle = edge ? 'rgb(0 0 0 / 60%)' : COLOURS[side];
      pen.beginPath();
      pen.moveTo(from[0], from[1]);
      pen.lineTo(to[0], to[1]);
      pen.stroke();
    }
  }
}
