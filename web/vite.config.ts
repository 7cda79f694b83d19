import { svelte } from '@sveltejs/vite-plugin-svelte';
import { defineConfig } from 'vite';

// `npm run dev` shows the page while `kihap studio` runs beside it.
const studio = 'http://127.0.0.1:8787';

export default defineConfig({
  plugins: [svelte()],
  build: { target: 'es2022', reportCompressedSize: true },
  server: { host: '127.0.0.1', proxy: { '/api': { target: studio, ws: true, changeOrigin: true } } },
});
