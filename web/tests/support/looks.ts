// Looking at a page: screenshots and axe, light and dark, on a desk and on a phone.

import { expect, type Page } from '@playwright/test';

import { seriousIssues } from './axe';

const SIZES = { desk: { width: 1280, height: 900 }, phone: { width: 390, height: 844 } };

/** No serious fault (where `axe` is asked), nothing wider than the screen; leaves screenshots in `test-results/looks`. */
export async function looks(page: Page, name: string, axe = true): Promise<void> {
  for (const scheme of ['light', 'dark'] as const) {
    await page.emulateMedia({ colorScheme: scheme });
    for (const [size, viewport] of Object.entries(SIZES)) {
      await page.setViewportSize(viewport);
      await page.waitForTimeout(200);
      await page.screenshot({ path: `test-results/looks/${name}-${scheme}-${size}.png`, fullPage: true });
      const wide = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
      expect(wide, `${name} (${size}) is wider than the screen`).toBeLessThanOrEqual(0);
    }
    if (axe) expect(await seriousIssues(page), `${name} (${scheme})`).toEqual([]);
  }
  await page.setViewportSize(SIZES.desk);
  await page.emulateMedia({ colorScheme: 'light' });
}
