import { defineConfig } from '@playwright/test';

// Debian's Chromium; Playwright's own browsers are not downloaded.
const chromium = process.env['KIHAP_CHROMIUM'] ?? '/usr/bin/chromium';

export default defineConfig({
  testDir: 'tests',
  outputDir: 'test-results',
  timeout: 120_000,
  expect: { timeout: 15_000 },
  // The studio runs networks on all cores; two tests at once would only starve each other.
  workers: 1,
  reporter: [['list']],
  use: { launchOptions: { executablePath: chromium }, screenshot: 'only-on-failure' },
});
