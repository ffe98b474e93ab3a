// The picture in the README: the list of a fresh demo. `UPDATE_SCREENSHOT=1 cargo xtask test --browser-only -- screenshot`
// writes it into docs/; every other run only takes it.
import { fileURLToPath } from 'node:url';
import { expect, test } from '@playwright/test';
import { Server } from '../support/server.ts';

const picture = fileURLToPath(new URL('../../docs/screenshot.png', import.meta.url));

test('the list of a fresh demo', async ({ browser }, info) => {
  const server = await Server.start();
  try {
    const page = await browser.newPage({ colorScheme: 'light', viewport: { width: 1440, height: 900 } });
    await page.goto(server.demo.accounts[0]!.sign_in.admin);
    await expect(page.getByRole('row').nth(1)).toBeVisible();
    await page.evaluate(() => document.fonts.ready);
    const path = process.env.UPDATE_SCREENSHOT ? picture : info.outputPath('list.png');
    await page.screenshot({ path, animations: 'disabled' });
    await page.close();
  } finally {
    await server.stop();
  }
});
