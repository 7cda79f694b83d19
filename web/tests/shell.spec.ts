import { browserWith, expect, foreignRequests, test } from './support/studio';

for (const [locale, projects] of [
  ['ko-KR', '프로젝트'],
  ['en-GB', 'Projects'],
] as const) {
  test(`the page speaks ${locale} at once and asks nobody else`, async ({ studio }) => {
    const context = await browserWith(null, locale);
    const page = await context.newPage();
    const foreign = foreignRequests(page, studio);
    await page.goto(studio.url);
    await expect(page.getByRole('heading', { name: projects, exact: true })).toBeVisible();
    await page.getByTestId('language').selectOption(locale === 'ko-KR' ? 'en' : 'ko');
    await expect(page.getByRole('heading', { name: locale === 'ko-KR' ? 'Projects' : '프로젝트', exact: true })).toBeVisible();
    expect(foreign).toEqual([]);
    await context.close();
  });
}
