// The example portal, as `cargo xtask run` starts it beside the demo.
import { AxeBuilder } from '@axe-core/playwright';
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { BLOCKED, expect, test } from '../support/fixtures.ts';

// Its embed would be one too many for whoever counts them.
test.use({ untouched: 'example' });

async function portal(folder: string): Promise<[ChildProcess, string]> {
  const script = join(import.meta.dirname, '../../examples/portal/server.mjs');
  const child = spawn(process.execPath, [script, '--data', folder, '--port', '0'], { stdio: ['ignore', 'pipe', 'inherit'] });
  for await (const line of createInterface({ input: child.stdout })) {
    const address = /portal: (http:\S+)/.exec(line)?.[1];
    if (address) return [child, address];
  }
  throw new Error('the portal ended before it listened');
}

test('a visitor is an admin, a reader and an organization user in the example portal', async ({ browser, server, world }) => {
  const [child, address] = await portal(server.folder);
  try {
    for (const [role, heading] of [['Account admin', 'Escalations'], ['Account user', 'Escalations'], ['Organization user', BLOCKED]] as const) {
      const context = await browser.newContext();
      const page = await context.newPage();
      await page.goto(address);
      expect((await new AxeBuilder({ page }).analyze()).violations).toEqual([]);
      await page.getByRole('button', { name: role }).click();
      const panel = page.frameLocator('beckon-escalations iframe');
      await expect(panel.getByRole('heading', { name: heading })).toBeVisible();
      // What is inside the frame too: axe looks into all of them.
      expect((await new AxeBuilder({ page }).analyze()).violations).toEqual([]);
      await page.getByLabel('Look').selectOption('dark');
      await expect.poll(() => panel.locator('html').evaluate((html) => getComputedStyle(html).colorScheme)).toBe('dark');
      expect((await new AxeBuilder({ page }).analyze()).violations).toEqual([]);
      expect(await page.content()).not.toContain(world.account.keys.admin.split(':')[1]);
      await page.getByRole('button', { name: 'Sign out' }).click();
      await expect(page.getByRole('heading', { name: 'Who are you today?' })).toBeVisible();
      await context.close();
    }
  } finally {
    child.kill('SIGTERM');
    await once(child, 'exit');
  }
});
