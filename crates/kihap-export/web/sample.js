// Cutting a turned square out of a picture: bilinear, pixel (i, j) looks at (i/side, j/side) of the square, as Kihap does it.

/**
 * @param {ImageData} picture
 * @param {{x: number, y: number, size: number, rotation: number}} square centre and side in pixels, turn in radians
 * @param {number} side of the result
 * @param {[number, number]} range that 0 to 255 becomes
 * @param {boolean} replicate whether the edge goes on outside; else it is black there
 * @returns {Float32Array} planes red, green, blue
 */
export function samplePlanes(picture, square, side, [low, high], replicate) {
  const { data, width, height } = picture;
  const plane = side * side;
  const out = new Float32Array(3 * plane);
  const scale = (high - low) / 255;
  const step = square.size / side;
  const [cos, sin] = [Math.cos(square.rotation), Math.sin(square.rotation)];
  const clamp = (v, limit) => Math.max(0, Math.min(limit - 1, v));
  const texel = (x, y, channel) => {
    if (replicate) return data[(clamp(y, height) * width + clamp(x, width)) * 4 + channel];
    return x < 0 || y < 0 || x >= width || y >= height ? 0 : data[(y * width + x) * 4 + channel];
  };
  for (let j = 0; j < side; j++) {
    const down = (j - side / 2) * step;
    const left = (-side / 2) * step;
    const startX = square.x + cos * left - sin * down;
    const startY = square.y + sin * left + cos * down;
    for (let i = 0; i < side; i++) {
      const x = startX + cos * step * i;
      const y = startY + sin * step * i;
      const [x0, y0] = [Math.floor(x), Math.floor(y)];
      const [fx, fy] = [x - x0, y - y0];
      for (let c = 0; c < 3; c++) {
        const value =
          (1 - fx) * (1 - fy) * texel(x0, y0, c) +
          fx * (1 - fy) * texel(x0 + 1, y0, c) +
          (1 - fx) * fy * texel(x0, y0 + 1, c) +
          fx * fy * texel(x0 + 1, y0 + 1, c);
        out[c * plane + j * side + i] = low + value * scale;
      }
    }
  }
  return out;
}
