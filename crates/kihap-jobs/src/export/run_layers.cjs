// Runs a layers model on rows of numbers: node run_layers.cjs PACKAGE FOLDER
// FOLDER holds model.json, weights.bin, job.json {shape, count} and input.bin (32-bit floats); output.json is written.
const fs = require("fs");
const path = require("path");

const [, , packageFolder, folder] = process.argv;
const tf = require(packageFolder);
const read = (name) => fs.readFileSync(path.join(folder, name));
const buffer = (bytes) => bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.byteLength);

async function main() {
  const description = JSON.parse(read("model.json"));
  const job = JSON.parse(read("job.json"));
  const specs = description.weightsManifest.flatMap((group) => group.weights);
  const artefacts = {
    modelTopology: description.modelTopology,
    weightSpecs: specs,
    weightData: buffer(read("weights.bin")),
  };
  const model = await tf.loadLayersModel({ load: async () => artefacts });
  const all = new Float32Array(buffer(read("input.bin")));
  const size = job.shape.reduce((a, b) => a * b, 1);
  const rows = [];
  for (let i = 0; i < job.count; i++) {
    const input = tf.tensor(all.subarray(i * size, (i + 1) * size), [1, ...job.shape]);
    const output = model.predict(input);
    rows.push(Array.from(await output.data()));
    input.dispose();
    output.dispose();
  }
  fs.writeFileSync(path.join(folder, "output.json"), JSON.stringify({ version: tf.version.tfjs, rows }));
}

main().catch((error) => {
  console.error(error && error.stack ? error.stack : error);
  process.exit(1);
});
