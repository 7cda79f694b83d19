// BlazePose's landmark network: 33 joints inside a turned square, in pixels and in metres.
import { samplePlanes } from "./sample.js";

const SIDE = 256;
const JOINTS = 33;
const VALUES = 5;
const POINTS = 39;
const MAP_SIDE = 64;
const REACH = 3;

const sigmoid = (x) => 1 / (1 + Math.exp(-x));

/** Moves a point to the centre of mass of its heat map around it, where the map is sure enough. */
function refine(x, y, k, maps) {
  const [column, row] = [Math.trunc(x * MAP_SIDE), Math.trunc(y * MAP_SIDE)];
  if (column < 0 || row < 0 || column >= MAP_SIDE || row >= MAP_SIDE) return [x, y];
  let [sum, peak, sumX, sumY] = [0, 0, 0, 0];
  for (let r = Math.max(0, row - REACH); r < Math.min(MAP_SIDE, row + REACH + 1); r++) {
    for (let c = Math.max(0, column - REACH); c < Math.min(MAP_SIDE, column + REACH + 1); c++) {
      const confidence = sigmoid(maps[(r * MAP_SIDE + c) * POINTS + k]);
      sum += confidence;
      peak = Math.max(peak, confidence);
      sumX += c * confidence;
      sumY += r * confidence;
    }
  }
  return peak < 0.5 || sum <= 0 ? [x, y] : [sumX / MAP_SIDE / sum, sumY / MAP_SIDE / sum];
}

/**
 * The joints of the person in a square, or null where the network sees nobody: `pixels` [x, y, visibility] and `world`
 * [x, y, z, visibility] in metres about the hips.
 */
export async function look(session, ort, picture, square) {
  if (!(square.size >= 1)) return null;
  const planes = samplePlanes(picture, square, SIDE, [0, 1], true);
  const input = new ort.Tensor("float32", planes, [1, 3, SIDE, SIDE]);
  const output = await session.run({ [session.inputNames[0]]: input });
  if (!(output.Identity_1.data[0] >= 0.5)) return null;
  const [points, maps, world] = [output.Identity.data, output.Identity_3.data, output.Identity_4.data];
  const [cos, sin] = [Math.cos(square.rotation), Math.sin(square.rotation)];
  const joints = Array.from({ length: JOINTS }, (_, k) => k);
  const visibility = joints.map((k) => sigmoid(points[k * VALUES + 3]));
  return {
    score: output.Identity_1.data[0],
    pixels: joints.map((k) => {
      const [x, y] = refine(points[k * VALUES] / SIDE, points[k * VALUES + 1] / SIDE, k, maps);
      const [dx, dy] = [(x - 0.5) * square.size, (y - 0.5) * square.size];
      return [square.x + cos * dx - sin * dy, square.y + sin * dx + cos * dy, visibility[k]];
    }),
    world: joints.map((k) => {
      const [x, y, z] = [world[k * 3], world[k * 3 + 1], world[k * 3 + 2]];
      return [cos * x - sin * y, sin * x + cos * y, z, visibility[k]];
    }),
  };
}
