// The person in a picture: who is found for sure, else the best of what might be somebody in the picture turned by quarters.
import { FAINT, SURE, detect } from "./detector.js";
import { look } from "./landmarks.js";

/** The picture turned clockwise by quarter turns. */
function turned(picture, quarters) {
  if (quarters === 0) return picture;
  const { width, height } = picture;
  const out = quarters % 2 ? new ImageData(height, width) : new ImageData(width, height);
  const [from, to] = [new Uint32Array(picture.data.buffer), new Uint32Array(out.data.buffer)];
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const place = [null, [height - 1 - y, x], [width - 1 - x, height - 1 - y], [y, width - 1 - x]][quarters];
      to[place[1] * out.width + place[0]] = from[y * width + x];
    }
  }
  return out;
}

/** A square of the turned picture as a square of the picture itself. */
function turnedBack({ x, y, size, rotation }, quarters, { width, height }) {
  const [ownX, ownY] = [[x, y], [y, height - x], [width - x, height - y], [width - y, x]][quarters];
  return { x: ownX, y: ownY, size, rotation: rotation - (quarters * Math.PI) / 2 };
}

/** The joints of the most certain person, or null. `thorough`: also look for people lying or upside down. */
export async function findPerson(detector, landmarks, ort, picture, thorough) {
  const [square] = await detect(detector, ort, picture, SURE);
  const joints = square && (await look(landmarks, ort, picture, square));
  if (joints || !thorough) return joints || null;
  let best = null;
  for (let quarters = 0; quarters < 4; quarters++) {
    const faint = await detect(detector, ort, turned(picture, quarters), FAINT);
    for (const square of faint.slice(0, 2)) {
      const seen = await look(landmarks, ort, picture, turnedBack(square, quarters, picture));
      if (seen && (!best || best.score < seen.score)) best = seen;
    }
  }
  return best;
}
