// A static server on the loopback address: each mount is a path prefix and a folder.
import { createServer } from "node:http";
import { readFile } from "node:fs/promises";
import { extname, join, normalize } from "node:path";

const TYPES = {
  ".html": "text/html; charset=utf-8",
  ".js": "text/javascript",
  ".mjs": "text/javascript",
  ".json": "application/json",
  ".wasm": "application/wasm",
  ".png": "image/png",
  ".jpg": "image/jpeg",
};

export async function serve(mounts) {
  const server = createServer(async (request, response) => {
    const path = decodeURIComponent(new URL(request.url, "http://localhost").pathname);
    const mount = mounts.find(([prefix]) => path.startsWith(prefix));
    try {
      const rest = normalize(path.slice(mount[0].length)).replace(/^\.$/, "");
      if (rest.startsWith("..")) throw new Error("outside");
      const bytes = typeof mount[1] === "string" ? await readFile(join(mount[1], rest || "index.html")) : mount[1]();
      response.writeHead(200, { "content-type": TYPES[extname(rest)] ?? (rest ? "application/octet-stream" : TYPES[".html"]) });
      response.end(bytes);
    } catch {
      response.writeHead(404).end();
    }
  });
  await new Promise((ready) => server.listen(0, "127.0.0.1", ready));
  return { url: `http://127.0.0.1:${server.address().port}`, close: () => server.close() };
}
