// Runs a TensorFlow.js model on one input, for check_conversions.py.
//   node run_tfjs.mjs graph|layers MODEL.json INPUT.bin SHAPE float32|int32 OUT_FOLDER
// INPUT.bin: raw little-endian values. Each output is written to OUT_FOLDER as NUMBER.bin and listed on stdout as JSON.
// Needs @tensorflow/tfjs from npm where node finds it (NODE_PATH does not work for modules: run it beside node_modules).
import fs from 'node:fs';
import path from 'node:path';
import * as tf from '@tensorflow/tfjs';

const [kind, modelPath, inputPath, shapeText, dtype, outFolder] = process.argv.slice(2);
const model = JSON.parse(fs.readFileSync(modelPath));
const folder = path.dirname(modelPath);
const shards = model.weightsManifest.flatMap((group) => group.paths).map((name) => fs.readFileSync(path.join(folder, name)));
const joined = Buffer.concat(shards);
const handler = tf.io.fromMemory({
  modelTopology: model.modelTopology,
  weightSpecs: model.weightsManifest.flatMap((group) => group.weights),
  weightData: joined.buffer.slice(joined.byteOffset, joined.byteOffset + joined.length),
  signature: typeof model.signature === 'string' ? undefined : model.signature,
  format: model.format,
});
await tf.setBackend('cpu');
const bytes = fs.readFileSync(inputPath);
const raw = bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.length);
const values = dtype === 'int32' ? new Int32Array(raw) : new Float32Array(raw);
const input = tf.tensor(values, shapeText.split(',').map(Number), dtype);
const network = kind === 'graph' ? await tf.loadGraphModel(handler) : await tf.loadLayersModel(handler);
const made = kind === 'graph' ? await network.executeAsync(input) : network.predict(input);
const outputs = Array.isArray(made) ? made : [made];
const names = kind === 'graph' ? network.outputNodes : outputs.map((_, i) => String(i));
const listing = [];
for (const [number, output] of outputs.entries()) {
  fs.writeFileSync(path.join(outFolder, `${number}.bin`), Buffer.from(Float32Array.from(await output.data()).buffer));
  listing.push({ name: names[number].replace(/:0$/, ''), shape: output.shape });
}
console.log(JSON.stringify(listing));
