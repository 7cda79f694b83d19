// What axe finds wrong with a page.

import AxeBuilder from '@axe-core/playwright';
import type { Page } from '@playwright/test';

/** Serious and critical issues, with the elements they were found on; none is what is wanted. */
export async function seriousIssues(page: Page): Promise<string[]> {
  const { violations } = await new AxeBuilder({ page }).analyze();
  const grave = violations.filter((issue) => issue.impact === 'serious' || issue.impact === 'critical');
  return grave.map((issue) => `${issue.id}: ${issue.nodes.map((node) => node.html.slice(0, 150)).join(' | ')}`);
}
