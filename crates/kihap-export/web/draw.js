// The picture and the skeleton on it.
const BONES = [
  [11, 12], [11, 13], [13, 15], [12, 14], [14, 16], [11, 23], [12, 24], [23, 24], [23, 25], [25, 27], [24, 26], [26, 28],
  [27, 31], [28, 32], [27, 29], [28, 30], [15, 19], [16, 20], [0, 7], [0, 8],
];
const SEEN = 0.5;

export function draw(overlay, picture, joints) {
  [overlay.width, overlay.height] = [picture.width, picture.height];
  const context = overlay.getContext("2d");
  context.drawImage(picture, 0, 0);
  if (!joints) return;
  const seen = (k) => joints.pixels[k][2] >= SEEN;
  context.lineWidth = Math.max(2, picture.height / 160);
  context.lineCap = "round";
  for (const [a, b] of BONES) {
    if (!seen(a) || !seen(b)) continue;
    context.strokeStyle = a % 2 === b % 2 ? (a % 2 ? "#ff9f1c" : "#2ec4b6") : "#ffffff";
    context.beginPath();
    context.moveTo(joints.pixels[a][0], joints.pixels[a][1]);
    context.lineTo(joints.pixels[b][0], joints.pixels[b][1]);
    context.stroke();
  }
}
