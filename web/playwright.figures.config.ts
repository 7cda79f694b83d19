import { defineConfig } from '@playwright/test';

// Measurements, run by hand: `npm run figures`. KIHAP_MINUTES (1) says how long each lasts.
export default defineConfig({
  testDir: 'tests',
  testMatch: '*.figures.ts',
  outputDir: 'test-results',
  timeout: 0,
  workers: 1,
  reporter: [['list']],
});
