// node run.js WEIGHTS.json LIST.json OUT_FOLDER
//
// LIST.json is [{name, width, height, rgb}] where rgb is a file of raw 8-bit RGB. For each picture OUT_FOLDER gets
// NAME.input.f32 (257×257×3, as resized, before /127.5 − 1) and NAME.features.f32 (17×17×51), and stdout one JSON list
// with the 17 keypoints in the picture's pixels.
//
// The functions called are those that @teachablemachine/pose 0.8.6 calls: posenet's padAndResizeTo, the base model's
// predict (heatmap after sigmoid, raw offsets), decodeMultiplePoses with its arguments.
const fs = require('fs');
const path = require('path');
const tf = require('@tensorflow/tfjs');
const posenet = require('@tensorflow-models/posenet');
const { padAndResizeTo, scaleAndFlipPoses, toTensorBuffers3D } = require('@tensorflow-models/posenet/dist/util');

const RESOLUTION = 257;
const STRIDE = 16;

/** The graph model's files as an IO handler, since this tfjs has no file:// in plain Node. */
function fromFiles(json) {
  return {
    load: async () => {
      const model = JSON.parse(fs.readFileSync(json));
      const specs = model.weightsManifest.flatMap((group) => group.weights);
      const shards = model.weightsManifest.flatMap((group) => group.paths);
      const bytes = Buffer.concat(shards.map((shard) => fs.readFileSync(path.join(path.dirname(json), shard))));
      const weightData = bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.byteLength);
      return { modelTopology: model.modelTopology, weightSpecs: specs, weightData };
    },
  };
}

async function main([weights, list, out]) {
  tf.setBackend('cpu');
  const net = await posenet.load({
    architecture: 'MobileNetV1',
    outputStride: STRIDE,
    inputResolution: RESOLUTION,
    multiplier: 0.75,
    quantBytes: 4,
    modelUrl: fromFiles(weights),
  });
  const report = [];
  for (const { name, width, height, rgb } of JSON.parse(fs.readFileSync(list))) {
    const pixels = tf.tensor3d(new Uint8Array(fs.readFileSync(rgb)), [height, width, 3], 'int32');
    const { resized, padding } = padAndResizeTo(pixels, [RESOLUTION, RESOLUTION]);
    const outputs = net.baseModel.predict(resized);
    const features = tf.concat([outputs.heatmapScores, outputs.offsets], 2);
    const save = (kind, tensor) =>
      fs.writeFileSync(path.join(out, `${name}.${kind}.f32`), Buffer.from(Float32Array.from(tensor.dataSync()).buffer));
    save('input', resized);
    save('features', features);

    const maps = [outputs.heatmapScores, outputs.offsets, outputs.displacementFwd, outputs.displacementBwd];
    const buffers = await toTensorBuffers3D(maps);
    const poses = posenet.decodeMultiplePoses(...buffers, STRIDE, 3, 0.5, 20);
    const [pose] = scaleAndFlipPoses(poses, [height, width], [RESOLUTION, RESOLUTION], padding);
    report.push({
      name,
      resized: resized.dtype,
      score: pose ? pose.score : null,
      keypoints: pose ? pose.keypoints.map((k) => [k.position.x, k.position.y, k.score]) : [],
    });
    tf.dispose([pixels, resized, features, ...maps]);
  }
  console.log(JSON.stringify(report));
}

main(process.argv.slice(2)).catch((error) => {
  console.error(error);
  process.exit(1);
});
