// From a picture to probabilities: the person, the joints, the model.
import * as ort from "./ort/ort.wasm.min.mjs";
import { findPerson } from "./person.js";

/** Loads config.json and the networks it names. */
export async function load() {
  ort.env.wasm.wasmPaths = new URL("./ort/", import.meta.url).href;
  ort.env.wasm.numThreads = 1;
  const config = await (await fetch("config.json")).json();
  const open = (file) => ort.InferenceSession.create(file);
  const [model, detector, landmarks] = await Promise.all([
    open("model.onnx"),
    config.landmarks ? open("blazepose-detector.onnx") : null,
    config.landmarks ? open(config.landmarks.network) : null,
  ]);

  /**
   * What the model says of a picture (`ImageData`): {probabilities, joints}; joints are null where nobody is. `thorough` takes up
   * to nine times as long where nobody is found at once.
   */
  async function recognise(picture, thorough) {
    let joints = null;
    const inputs = {};
    if (config.landmarks) {
      joints = await findPerson(detector, landmarks, ort, picture, thorough);
      const channels = config.landmarks.channels;
      const numbers = new Float32Array(33 * channels);
      joints?.world.forEach((joint, k) => numbers.set(joint.slice(0, channels), k * channels));
      inputs.landmarks = new ort.Tensor("float32", numbers, [1, 33, channels]);
    }
    if (config.picture) {
      const { data, width, height } = picture;
      const pixels = new Uint8Array(width * height * 3);
      for (let i = 0, j = 0; i < data.length; i += 4, j += 3) {
        pixels[j] = data[i];
        pixels[j + 1] = data[i + 1];
        pixels[j + 2] = data[i + 2];
      }
      inputs.image = new ort.Tensor("uint8", pixels, [1, height, width, 3]);
    }
    const output = await model.run(inputs);
    return { probabilities: Array.from(output.probabilities.data), joints };
  }

  return { config, recognise };
}
