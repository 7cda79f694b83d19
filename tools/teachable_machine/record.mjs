// Records what Teachable Machine's own clients answer, in Chromium:
//   node record.mjs image MODEL.zip PICTURES.zip OUT.json      @teachablemachine/image
//   node record.mjs pose POSENET.json PICTURES.zip OUT.json    @teachablemachine/pose, a head whose weights are a formula
// A number after OUT.json takes only every so many-th picture.
//
// Pictures are encoded files of a zip, decoded by the browser. The golden holds names, sizes and probabilities, no pixels.
// Needs `npm install` here, `chromium` (or $CHROMIUM) and `unzip`.
import { execFileSync, spawn } from 'node:child_process';
import fs from 'node:fs';
import http from 'node:http';
import os from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

const [kind, model, pictures, out, step = 1] = process.argv.slice(2);
const own = path.dirname(fileURLToPath(import.meta.url));
const scratch = fs.mkdtempSync(path.join(os.tmpdir(), 'kihap-record-'));

const entries = (zip) => execFileSync('unzip', ['-Z1', zip], { encoding: 'utf8' }).split('\n');
const content = (zip, name) => execFileSync('unzip', ['-p', zip, name], { maxBuffer: 1 << 30 });
const all = entries(pictures).filter((name) => /\.(png|jpe?g)$/i.test(name) && !name.startsWith('__MACOSX'));
const names = all.sort().filter((_, place) => place % Number(step) === 0);

/** Number i of the head's weight p: small, so that no answer is certain. crates/kihap-jobs/tests/teachable_machine.rs has it too. */
const weight = (p, i) => Math.fround(0.02 * Math.sin(0.7 * i + 1.3 * p));

/** A pose export of two classes, as the site writes it. */
function poseExport() {
  const shapes = [['dense_Dense1/kernel', [14739, 100]], ['dense_Dense1/bias', [100]], ['dense_Dense2/kernel', [100, 2]]];
  const counts = shapes.map(([, shape]) => shape.reduce((a, b) => a * b));
  const weights = new Float32Array(counts.reduce((a, b) => a + b));
  let at = 0;
  counts.forEach((count, p) => {
    for (let i = 0; i < count; i++) weights[at++] = weight(p, i);
  });
  const dense = (name, units, activation, use_bias, more) => ({
    class_name: 'Dense',
    config: { name, units, activation, use_bias, trainable: true, dtype: 'float32', ...more },
  });
  const layers = [
    dense('dense_Dense1', 100, 'relu', true, { batch_input_shape: [null, 14739] }),
    { class_name: 'Dropout', config: { name: 'dropout_Dropout1', rate: 0.5, trainable: true, dtype: 'float32' } },
    dense('dense_Dense2', 2, 'softmax', false, {}),
  ];
  const specs = shapes.map(([name, shape]) => ({ name, shape, dtype: 'float32' }));
  return {
    'model.json': JSON.stringify({
      modelTopology: { class_name: 'Sequential', config: { name: 'sequential_1', layers }, keras_version: 'tfjs-layers 1.3.1', backend: 'tensor_flow.js' },
      weightsManifest: [{ paths: ['weights.bin'], weights: specs }],
    }),
    'metadata.json': JSON.stringify({ packageName: '@teachablemachine/pose', labels: ['first', 'second'], modelSettings: { posenet: { architecture: 'MobileNetV1', outputStride: 16, inputResolution: 257, multiplier: 0.75 } } }),
    'weights.bin': Buffer.from(weights.buffer),
  };
}

const files = kind === 'image' ? Object.fromEntries(entries(model).filter(Boolean).map((name) => [name, content(model, name)])) : poseExport();

const page = `<!doctype html><script src="/npm/@tensorflow/tfjs/dist/tf.min.js"></script>
<script src="/npm/@teachablemachine/${kind}/dist/teachablemachine-${kind}.min.js"></script><script type="module">
const names = ${JSON.stringify(names)};
try {
  await tf.setBackend('cpu');
  // PoseNet's weights come from this server instead of the network
  const fetched = window.fetch.bind(window);
  window.fetch = (address, options) => fetched(String(address.url ?? address).replace(/^https:\\/\\/storage.googleapis.com\\/tfjs-models\\/savedmodel\\/posenet\\/mobilenet\\/float\\/075\\//, '/posenet/'), options);
  const client = ${kind === 'image' ? 'tmImage' : 'tmPose'};
  const model = await client.load('/model/model.json', '/model/metadata.json');
  const answers = [];
  for (const name of names) {
    const image = new Image();
    image.src = '/picture/' + encodeURIComponent(name);
    await image.decode();
    const found = ${kind === 'image' ? 'await model.predict(image)' : 'await model.predict((await model.estimatePose(image)).posenetOutput)'};
    answers.push({ name, width: image.naturalWidth, height: image.naturalHeight, probabilities: found.map((p) => p.probability) });
  }
  await fetch('/done', { method: 'POST', body: JSON.stringify({ labels: model.getClassLabels(), answers }) });
} catch (error) {
  await fetch('/done', { method: 'POST', body: JSON.stringify({ error: String(error.stack ?? error) }) });
}
</script>`;

const server = http.createServer((request, response) => {
  const place = decodeURIComponent(new URL(request.url, 'http://x').pathname);
  const send = (body, type = 'application/octet-stream') => {
    response.writeHead(200, { 'content-type': type });
    response.end(body);
  };
  if (place === '/') return send(page, 'text/html');
  if (place.startsWith('/npm/')) return send(fs.readFileSync(path.join(own, 'node_modules', place.slice(5))), 'text/javascript');
  if (place.startsWith('/model/')) return send(files[place.slice(7)], 'application/json');
  if (place.startsWith('/picture/')) return send(content(pictures, place.slice(9)), 'image/png');
  if (place.startsWith('/posenet/')) {
    const asked = path.basename(place);
    const file = asked.endsWith('.json') ? model : path.join(path.dirname(model), asked);
    return send(fs.readFileSync(file));
  }
  if (place !== '/done') return response.writeHead(404).end();
  let body = '';
  request.on('data', (chunk) => (body += chunk));
  request.on('end', () => {
    send('');
    const found = JSON.parse(body);
    if (found.error) console.error(found.error);
    else {
      const version = JSON.parse(fs.readFileSync(path.join(own, 'node_modules/@teachablemachine', kind, 'package.json'))).version;
      const rounded = found.answers.map((a) => ({ ...a, probabilities: a.probabilities.map((p) => Number(p.toPrecision(7))) }));
      const golden = { client: `@teachablemachine/${kind} ${version}`, labels: found.labels, answers: rounded };
      fs.writeFileSync(out, JSON.stringify(golden, null, 1) + '\n');
      console.log(`${rounded.length} answers in ${out}`);
    }
    browser.kill();
    server.close();
    server.closeAllConnections();
    process.exitCode = found.error ? 1 : 0;
  });
});
let browser;
server.listen(0, '127.0.0.1', () => {
  const address = `http://127.0.0.1:${server.address().port}/`;
  const options = ['--headless=new', '--no-sandbox', '--disable-gpu', `--user-data-dir=${scratch}`, address];
  browser = spawn(process.env.CHROMIUM ?? 'chromium', options, { stdio: 'ignore' });
  browser.on('exit', () => fs.rmSync(scratch, { recursive: true, force: true }));
});
