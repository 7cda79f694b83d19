// The page: camera or picture in, skeleton and bars out.
import { load } from "./recogniser.js";
import { draw } from "./draw.js";
import { TEXTS, preferred } from "./texts.js";

const element = (id) => document.getElementById(id);
const [video, overlay, stage] = [element("video"), element("overlay"), document.querySelector(".stage")];
const canvas = document.createElement("canvas");
let [language, recogniser, stream, last] = [preferred(), null, null, null];
let status = "loading";

function say() {
  const texts = TEXTS[language];
  document.documentElement.lang = language;
  element("language").textContent = texts.language;
  element("start").textContent = stream ? texts.stop : texts.start;
  element("choose").textContent = texts.choose;
  element("card").textContent = texts.card;
  element("card").href = texts.cardFile;
  element("status").textContent = texts[status] ?? texts.failed + status;
  document.documentElement.dataset.status = status;
  if (last) show(last);
}

function setStatus(value) {
  status = value;
  say();
}

function bars() {
  const list = element("bars");
  list.replaceChildren(
    ...recogniser.config.labels.map((label) => {
      const item = document.createElement("li");
      item.innerHTML = '<span class="name"><span></span><span></span></span><progress max="1" value="0"></progress>';
      item.querySelector(".name span").textContent = label;
      item.querySelector("progress").setAttribute("aria-label", label);
      return item;
    }),
  );
}

function show({ probabilities, joints, ms }) {
  const { config } = recogniser;
  const texts = TEXTS[language];
  const top = probabilities.indexOf(Math.max(...probabilities));
  const nobody = config.landmarks && !joints && !config.knowsNobody;
  const unsure = probabilities[top] < config.threshold;
  element("verdict").textContent = nobody ? texts.nobody : unsure ? texts.unsure : config.labels[top];
  [...element("bars").children].forEach((item, i) => {
    item.querySelector("progress").value = nobody ? 0 : probabilities[i];
    item.querySelector(".name span:last-child").textContent = nobody ? "" : `${(probabilities[i] * 100).toFixed(0)} %`;
  });
  element("speed").textContent = texts.speed(ms);
}

/** Looks at anything that can be drawn, of the given size; gives {probabilities, joints, ms}. */
async function lookAt(source, width, height, thorough = true) {
  [canvas.width, canvas.height] = [width, height];
  const context = canvas.getContext("2d", { willReadFrequently: true });
  context.drawImage(source, 0, 0, width, height);
  const picture = context.getImageData(0, 0, width, height);
  const start = performance.now();
  const answer = await recogniser.recognise(picture, thorough);
  last = { ...answer, ms: performance.now() - start };
  draw(overlay, canvas, answer.joints);
  show(last);
  return last;
}

async function follow() {
  while (stream) {
    if (video.readyState >= 2) {
      await lookAt(video, video.videoWidth, video.videoHeight, false);
      document.documentElement.dataset.frames = Number(document.documentElement.dataset.frames ?? 0) + 1;
    }
    await new Promise(requestAnimationFrame);
  }
}

async function toggleCamera() {
  if (stream) {
    stream.getTracks().forEach((track) => track.stop());
    stream = null;
    return say();
  }
  try {
    stream = await navigator.mediaDevices.getUserMedia({ video: { width: 640, height: 480 } });
  } catch {
    return setStatus("refused");
  }
  video.srcObject = stream;
  await video.play();
  stage.classList.add("mirrored");
  setStatus("ready");
  follow().catch((error) => setStatus(String(error)));
}

async function choosePicture(event) {
  const [file] = event.target.files;
  if (!file || !recogniser) return;
  if (stream) await toggleCamera();
  stage.classList.remove("mirrored");
  const picture = await createImageBitmap(file);
  await lookAt(picture, picture.width, picture.height);
}

element("language").addEventListener("click", () => {
  language = language === "ko" ? "en" : "ko";
  say();
});
element("start").addEventListener("click", toggleCamera);
element("file").addEventListener("change", choosePicture);
say();
try {
  recogniser = await load();
  document.title = element("title").textContent = recogniser.config.name;
  bars();
  // for whoever builds on this page
  window.kihap = { lookAt, config: recogniser.config };
  setStatus("ready");
} catch (error) {
  setStatus(String(error));
}
