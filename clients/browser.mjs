// Chromium, which reaches the loopback address and nothing else.
import { chromium } from "playwright-core";
import { readFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

export const MODULES = join(dirname(fileURLToPath(import.meta.url)), "node_modules");

// Where Teachable Machine's pose client fetches PoseNet from, and the registry's copy of the same weights.
const POSENET = "https://storage.googleapis.com/tfjs-models/savedmodel/posenet/mobilenet/float/075/";
const POSENET_FILES = { "model-stride16.json": "posenet.json", "posenet.bin": "posenet.bin" };

export async function open({ camera } = {}) {
  const executablePath = process.env.KIHAP_CHROMIUM ?? "/usr/bin/chromium";
  const args = ["--no-sandbox", "--use-angle=swiftshader", "--enable-unsafe-swiftshader", "--ignore-gpu-blocklist"];
  if (camera) {
    args.push("--use-fake-ui-for-media-stream", "--use-fake-device-for-media-stream");
    args.push(`--use-file-for-fake-video-capture=${camera}`);
  }
  const browser = await chromium.launch({ executablePath, args, timeout: 300_000 });
  const page = await browser.newPage();
  page.setDefaultTimeout(300_000); // on a busy machine scripts of megabytes take their time
  const refused = [];
  const errors = [];
  page.on("pageerror", (error) => errors.push(String(error)));
  page.on("console", (message) => message.type() === "error" && errors.push(message.text()));
  await page.route("**/*", async (route) => {
    const url = route.request().url();
    if (/^(http:\/\/127\.0\.0\.1:|data:|blob:)/.test(url)) return route.continue();
    const file = url.startsWith(POSENET) && POSENET_FILES[url.slice(POSENET.length)];
    if (!file) {
      refused.push(url);
      return route.abort();
    }
    const body = await readFile(join(MODULES, "@vladmandic/human/models", file));
    const headers = { "access-control-allow-origin": "*" };
    return route.fulfill({ body, headers, contentType: file.endsWith("json") ? "application/json" : "application/octet-stream" });
  });
  return { page, refused, errors, close: () => browser.close() };
}
