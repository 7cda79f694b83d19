// node web.mjs JOB.json → {rows, refused, errors, frames, camera}: the exported page itself, from a plain static server.
// JOB.json: {folder, pictures: [files], camera?: file for Chromium's fake camera}
import { readFile } from "node:fs/promises";
import { basename, dirname, resolve } from "node:path";
import { open } from "./browser.mjs";
import { serve } from "./serve.mjs";

const job = JSON.parse(await readFile(process.argv[2]));
const folders = [...new Set(job.pictures.map((file) => dirname(resolve(file))))];
const server = await serve([
  ...folders.map((path, index) => [`/pictures/${index}/`, path]),
  ["/", resolve(job.folder)],
]);
const browser = await open({ camera: job.camera });
const { page } = browser;
try {
  await page.goto(server.url + "/");
  await page.waitForFunction(() => window.kihap || document.documentElement.dataset.status !== "loading");
  const rows = [];
  for (const file of job.pictures) {
    const url = `/pictures/${folders.indexOf(dirname(resolve(file)))}/${encodeURIComponent(basename(file))}`;
    rows.push(
      await page.evaluate(async (url) => {
        const picture = await createImageBitmap(await (await fetch(url)).blob());
        const { probabilities, joints } = await window.kihap.lookAt(picture, picture.width, picture.height);
        return { probabilities, pixels: joints && joints.pixels };
      }, url),
    );
  }
  const language = await page.textContent("#language");
  await page.click("#language");
  const other = await page.textContent("#language");
  let camera = null;
  if (job.camera) {
    await page.click("#start");
    await page.waitForFunction(() => {
      const sum = [...document.querySelectorAll("#bars progress")].reduce((all, bar) => all + bar.value, 0);
      return Number(document.documentElement.dataset.frames) >= 3 && sum > 0;
    }, null, { timeout: 60_000 });
    camera = {
      verdict: await page.textContent("#verdict"),
      bars: await page.$$eval("#bars progress", (bars) => bars.map((bar) => bar.value)),
      width: await page.$eval("#overlay", (canvas) => canvas.width),
    };
  }
  console.log(JSON.stringify({ rows, refused: browser.refused, errors: browser.errors, languages: [language, other], camera }));
} catch (error) {
  console.error(String(error), browser.errors.join("\n"), await page.textContent("#status").catch(() => ""));
  process.exitCode = 1;
} finally {
  await browser.close();
  server.close();
}
