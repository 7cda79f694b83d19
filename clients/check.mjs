// node check.mjs JOBS.json → one JSON document: [{client, rows, refused}], the client run on each job.
// JOBS.json: [{client, folder, pictures: [files]}] or [{client, folder, landmarks: [[…]], shape: […]}]; rows are the probabilities
// of each, in its order. All jobs share one Chromium.
import { readFile } from "node:fs/promises";
import { basename, dirname, resolve } from "node:path";
import { MODULES, open } from "./browser.mjs";
import { serve } from "./serve.mjs";

const SCRIPTS = {
  "tm-pose": ["@tensorflow/tfjs/dist/tf.min.js", "@teachablemachine/pose/dist/teachablemachine-pose.min.js"],
  "tm-image": ["@tensorflow/tfjs/dist/tf.min.js", "@teachablemachine/image/dist/teachablemachine-image.min.js"],
  "ort-web": ["onnxruntime-web/dist/ort.wasm.min.js"],
  "tfjs-web": ["tfjs-current/dist/tf.min.js"],
};

const jobs = JSON.parse(await readFile(process.argv[2]));
const browser = await open();
try {
  const answers = [];
  for (const job of jobs) answers.push(await answer(job));
  console.log(JSON.stringify(answers));
} catch (error) {
  console.error(String(error), browser.errors.join("\n"));
  process.exitCode = 1;
} finally {
  await browser.close();
}

async function answer({ client, folder, pictures: files = [], landmarks, shape }) {
  if (!SCRIPTS[client]) throw new Error(`no client ${client}; there are ${Object.keys(SCRIPTS)}`);
  const scripts = SCRIPTS[client].map((path) => `<script src="/modules/${path}"></script>`).join("");
  const html = Buffer.from(`<!doctype html><meta charset="utf-8">${scripts}`);
  const folders = [...new Set(files.map((file) => dirname(resolve(file))))];
  const server = await serve([
    ...folders.map((path, index) => [`/pictures/${index}/`, path]),
    ["/modules/", MODULES],
    ["/export/", resolve(folder)],
    ["/", () => html],
  ]);
  const pictures = files.map(
    (file) => `/pictures/${folders.indexOf(dirname(resolve(file)))}/${encodeURIComponent(basename(file))}`,
  );
  try {
    await browser.page.goto(server.url + "/");
    const rows = await browser.page.evaluate(run, { client, pictures, landmarks, shape });
    return { client, rows, refused: browser.refused.splice(0) };
  } finally {
    server.close();
  }
}

// Runs in the page.
async function run({ client, pictures, landmarks, shape }) {
  const load = (url) =>
    new Promise((done, failed) => {
      const image = new Image();
      image.onload = () => done(image);
      image.onerror = () => failed(new Error(`cannot load ${url}`));
      image.src = url;
    });
  const probabilities = (answer) => answer.map((one) => one.probability);
  if (client === "tm-pose") {
    const model = await tmPose.load("/export/model.json", "/export/metadata.json");
    const rows = [];
    for (const url of pictures) {
      const { posenetOutput } = await model.estimatePose(await load(url));
      rows.push(probabilities(await model.predict(posenetOutput)));
    }
    return rows;
  }
  if (client === "tm-image") {
    const model = await tmImage.load("/export/model.json", "/export/metadata.json");
    const rows = [];
    for (const url of pictures) rows.push(probabilities(await model.predict(await load(url))));
    return rows;
  }
  if (client === "tfjs-web") {
    const model = await tf.loadLayersModel("/export/model.json");
    const rows = [];
    for (const numbers of landmarks) rows.push(Array.from(await model.predict(tf.tensor(numbers, [1, ...shape])).data()));
    return rows;
  }
  ort.env.wasm.wasmPaths = "/modules/onnxruntime-web/dist/";
  ort.env.wasm.numThreads = 1;
  const session = await ort.InferenceSession.create("/export/model.onnx");
  const rows = [];
  for (const url of pictures) {
    const image = await load(url);
    const canvas = document.createElement("canvas");
    [canvas.width, canvas.height] = [image.naturalWidth, image.naturalHeight];
    const context = canvas.getContext("2d", { willReadFrequently: true });
    context.drawImage(image, 0, 0);
    const { data } = context.getImageData(0, 0, canvas.width, canvas.height);
    const pixels = new Uint8Array(canvas.width * canvas.height * 3);
    for (let i = 0, j = 0; i < data.length; i += 4) pixels.set([data[i], data[i + 1], data[i + 2]], (j += 3) - 3);
    const input = new ort.Tensor("uint8", pixels, [1, canvas.height, canvas.width, 3]);
    rows.push(Array.from((await session.run({ image: input })).probabilities.data));
  }
  for (const numbers of landmarks ?? []) {
    const input = new ort.Tensor("float32", Float32Array.from(numbers), [1, ...shape]);
    rows.push(Array.from((await session.run({ landmarks: input })).probabilities.data));
  }
  return rows;
}
