// What the page says when the camera is missing, refused, in use, or pulled out.

import { drawnPerformance } from './support/camera';
import { browserWith, expect, test } from './support/studio';

test('without a camera the page says so and what to do', async ({ studio }) => {
  const context = await browserWith(null, 'en-GB');
  // Somebody who is asked and allows, but has no camera.
  await context.grantPermissions(['camera'], { origin: new URL(studio.url).origin });
  const page = await context.newPage();
  await page.goto(`${studio.url}#/live`);
  await page.getByRole('button', { name: 'Start the camera' }).click();
  await expect(page.getByRole('alert')).toContainText('No camera was found. Plug one in');
  await expect(page.getByRole('button', { name: 'Try again' })).toBeVisible();
  await context.close();
});

test('refused, it says where to allow it; allowed later, it works', async ({ studio }) => {
  const context = await browserWith(drawnPerformance('taegeuk-1:1'), 'ko-KR', false);
  const page = await context.newPage();
  const session = await context.newCDPSession(page);
  const origin = new URL(studio.url).origin;
  const set = (setting: 'denied') => session.send('Browser.setPermission', { origin, permission: { name: 'camera' }, setting });
  await set('denied');
  await page.goto(`${studio.url}#/live`);
  await page.getByRole('button', { name: '카메라 켜기' }).click();
  await expect(page.getByRole('alert')).toContainText('카메라를 허용하고 다시 시도하세요');
  await context.grantPermissions(['camera'], { origin });
  await page.getByRole('button', { name: '다시 시도' }).click();
  await expect(page.getByTestId('figures')).toContainText('초당', { timeout: 30_000 });
  await context.close();
});

test('pulled out in the middle, it says so, and goes on when it is back', async ({ studio }) => {
  const context = await browserWith(drawnPerformance('taegeuk-1:1'), 'en-GB');
  const page = await context.newPage();
  await page.goto(`${studio.url}#/live`);
  await page.getByRole('button', { name: 'Start the camera' }).click();
  await expect(page.getByTestId('figures')).toContainText('frames a second', { timeout: 30_000 });
  // What the browser does when a camera is pulled out: the track ends by itself.
  await page.evaluate(() => {
    const stream = document.querySelector('video')?.srcObject as MediaStream;
    stream.getVideoTracks().forEach((track) => {
      track.stop();
      track.dispatchEvent(new Event('ended'));
    });
  });
  await expect(page.getByRole('alert')).toContainText('The camera has gone. Plug it in again');
  await page.getByRole('button', { name: 'Try again' }).click();
  await expect(page.getByTestId('figures')).toContainText('frames a second', { timeout: 30_000 });
  await expect(page.getByRole('alert')).toHaveCount(0);
  await context.close();
});

test('the studio killed and started again: the page connects by itself', async ({ studio }) => {
  const context = await browserWith(drawnPerformance('taegeuk-1:1'), 'en-GB');
  const page = await context.newPage();
  await page.goto(`${studio.url}#/live`);
  await page.getByRole('button', { name: 'Start the camera' }).click();
  await expect(page.getByTestId('figures')).toContainText('frames a second', { timeout: 30_000 });
  await studio.stop('SIGKILL');
  await expect(page.getByText('The connection to the studio broke off')).toBeVisible();
  await studio.start();
  await expect(page.getByTestId('figures')).toContainText('frames a second', { timeout: 30_000 });
  await expect(page.getByText('The connection to the studio broke off')).toHaveCount(0);
  await context.close();
});
