// node run.js WEIGHTS.json LIST.json OUT_FOLDER
//
// LIST.json is [{name, width, height, rgb}] where rgb is a file of raw 8-bit RGB. For each picture OUT_FOLDER gets
// NAME.input.u8, the 256×256×3 crop that the client feeds to the network, and stdout is one JSON list with the client's 17
// keypoints in the picture's pixels and the network's raw 17 × [y, x, score] of that crop.
//
// The client is @tensorflow-models/pose-detection's MoveNet. Before every picture it is given the crop that it falls back
// to when it has lost the person: the whole picture, padded to a square by zeros. (Its guess for a first frame is the
// middle square, which cuts off feet and heads of upright pictures.)
const fs = require('fs');
const path = require('path');
const tf = require('@tensorflow/tfjs');
require('@tensorflow/tfjs-backend-wasm');
const poseDetection = require('@tensorflow-models/pose-detection');
const { initCropRegion } = require('@tensorflow-models/pose-detection/dist/movenet/crop_utils');

/** The graph model's files as an IO handler, since tfjs has no file:// in plain Node. */
function fromFiles(json) {
  return {
    load: async () => {
      const model = JSON.parse(fs.readFileSync(json));
      const specs = model.weightsManifest.flatMap((group) => group.weights);
      const shards = model.weightsManifest.flatMap((group) => group.paths);
      const bytes = Buffer.concat(shards.map((shard) => fs.readFileSync(path.join(path.dirname(json), shard))));
      const weightData = bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.byteLength);
      return { ...model, weightSpecs: specs, weightData };
    },
  };
}

async function main([weights, list, out]) {
  await tf.setBackend('wasm');
  const detector = await poseDetection.createDetector(poseDetection.SupportedModels.MoveNet, {
    modelType: poseDetection.movenet.modelType.SINGLEPOSE_THUNDER,
    modelUrl: fromFiles(weights),
    enableSmoothing: false,
    minPoseScore: 1e-6, // 0 would mean the default
  });
  // What the network was given and what it said, on the way past.
  let crop;
  let raw;
  const network = detector.moveNetModel;
  const execute = network.execute.bind(network);
  network.execute = (input) => {
    const output = execute(input);
    crop = Uint8Array.from(input.dataSync());
    raw = Array.from(output.dataSync());
    return output;
  };
  const report = [];
  for (const { name, width, height, rgb } of JSON.parse(fs.readFileSync(list))) {
    const pixels = tf.tensor3d(new Uint8Array(fs.readFileSync(rgb)), [height, width, 3], 'int32');
    detector.reset();
    detector.cropRegion = initCropRegion(false, { width, height });
    const [pose] = await detector.estimatePoses(pixels);
    fs.writeFileSync(path.join(out, `${name}.input.u8`), crop);
    const keypoints = pose ? pose.keypoints.map((k) => [k.x, k.y, k.score]) : [];
    report.push({ name, score: pose ? pose.score : null, keypoints, raw });
    pixels.dispose();
  }
  console.log(JSON.stringify(report));
}

main(process.argv.slice(2)).catch((error) => {
  console.error(error);
  process.exit(1);
});
