// Looking at a page: screenshots and axe, light and dark, on a desk and on a phone.

import AxeBuilder from '@axe-core/playwright';
import { expect, type Page } from '@playwright/test';

const SIZES = { desk: { width: 1280, height: 900 }, phone: { width: 390, height: 844 } };

/** No serious fault, nothing wider than the screen; leaves screenshots in `test-results/looks`. */
export async function looks(page: Page, name: string): Promise<void> {
  for (const scheme of ['light', 'dark'] as const) {
    await page.emulateMedia({ colorScheme: scheme });
    for (const [size, viewport] of Object.entries(SIZES)) {
      await page.setViewportSize(viewport);
      await page.waitForTimeout(200);
      await page.screenshot({ path: `test-results/looks/${name}-${scheme}-${size}.png`, fullPage: true });
      const wide = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
      expect(wide, `${name} (${size}) is wider than the screen`).toBeLessThanOrEqual(0);
    }
    const { violations } = await new AxeBuilder({ page }).analyze();
    const grave = violations.filter((one) => one.impact === 'serious' || one.impact === 'critical');
    expect(grave.map((one) => [one.id, one.nodes.map((node) => node.html)]), `${name} (${scheme})`).toEqual([]);
  }
  await page.setViewportSize(SIZES.desk);
  await page.emulateMedia({ colorScheme: 'light' });
}
