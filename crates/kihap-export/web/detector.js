// BlazePose's person detector: anchors, decoding, weighted non-maximum suppression.
import { samplePlanes } from "./sample.js";

const SIDE = 224;
const COORDS = 12;
/** From this score on a person counts as found. */
export const SURE = 0.5;
/** From this score on it is worth asking the landmark network, when nobody was found. */
export const FAINT = 0.2;
const MIN_OVERLAP = 0.3;

const ANCHORS = [
  [8, 2],
  [16, 2],
  [32, 6],
].flatMap(([stride, perCell]) => {
  const cells = Math.ceil(SIDE / stride);
  const centre = (i) => (i + 0.5) / cells;
  return Array.from({ length: cells * cells * perCell }, (_, i) => {
    const cell = Math.floor(i / perCell);
    return [centre(cell % cells), centre(Math.floor(cell / cells))];
  });
});

function decode(boxes, scores, minScore) {
  const found = [];
  for (let i = 0; i < ANCHORS.length; i++) {
    const score = 1 / (1 + Math.exp(-Math.max(-100, Math.min(100, scores[i]))));
    if (score < minScore) continue;
    const raw = (k) => boxes[i * COORDS + k] / SIDE;
    const [ax, ay] = ANCHORS[i];
    const [x, y, w, h] = [raw(0) + ax, raw(1) + ay, raw(2) / 2, raw(3) / 2];
    const point = (k) => [raw(4 + 2 * k) + ax, raw(5 + 2 * k) + ay];
    found.push({ score, corners: [x - w, y - h, x + w, y + h], points: [point(0), point(1)] });
  }
  return found;
}

function overlap(a, b) {
  const area = (r) => Math.max(0, r[2] - r[0]) * Math.max(0, r[3] - r[1]);
  const common = [Math.max(a[0], b[0]), Math.max(a[1], b[1]), Math.min(a[2], b[2]), Math.min(a[3], b[3])];
  const shared = area(common);
  const union = area(a) + area(b) - shared;
  return union > 0 ? shared / union : 0;
}

/** Groups of overlapping boxes, each as its mean weighted by score, the most certain first. */
function suppress(found) {
  let rest = [...found].sort((a, b) => b.score - a.score);
  const kept = [];
  while (rest.length > 0) {
    const first = rest[0];
    const group = rest.filter((d) => overlap(d.corners, first.corners) > MIN_OVERLAP);
    if (group.length === 0) {
      // a box without area overlaps nothing, itself included
      kept.push(first);
      rest = rest.slice(1);
      continue;
    }
    const total = group.reduce((sum, d) => sum + d.score, 0);
    const mean = (value) => group.reduce((sum, d) => sum + d.score * value(d), 0) / total;
    kept.push({ points: [0, 1].map((k) => [0, 1].map((axis) => mean((d) => d.points[k][axis]))) });
    rest = rest.filter((d) => !group.includes(d));
  }
  return kept;
}

/** The square around a person whose hip centre is `from`, as large and turned as `from → to` tells. */
export function squareOf([fromX, fromY], [toX, toY]) {
  const [dx, dy] = [toX - fromX, toY - fromY];
  const angle = Math.PI / 2 - Math.atan2(-dy, dx);
  const rotation = angle - 2 * Math.PI * Math.floor((angle + Math.PI) / (2 * Math.PI));
  return { x: fromX, y: fromY, size: 2 * Math.hypot(dx, dy) * 1.25, rotation };
}

/** Squares around what may be people in the picture with at least `minScore`, the most certain first. */
export async function detect(session, ort, picture, minScore) {
  const size = Math.max(picture.width, picture.height);
  const whole = { x: picture.width / 2, y: picture.height / 2, size, rotation: 0 };
  const planes = samplePlanes(picture, whole, SIDE, [-1, 1], false);
  const input = new ort.Tensor("float32", planes, [1, 3, SIDE, SIDE]);
  const output = await session.run({ [session.inputNames[0]]: input });
  const pixels = ([x, y]) => [whole.x + (x - 0.5) * size, whole.y + (y - 0.5) * size];
  return suppress(decode(output.Identity.data, output.Identity_1.data, minScore)).map(({ points }) =>
    squareOf(pixels(points[0]), pixels(points[1])),
  );
}
