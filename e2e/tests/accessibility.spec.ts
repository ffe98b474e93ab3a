// axe finds nothing on any page, light and dark, wide and narrow, and nothing sticks out sideways.
import { AxeBuilder } from '@axe-core/playwright';
import type { Page } from '@playwright/test';
import { BLOCKED, expect, type Open, test } from '../support/fixtures.ts';
import { EscalationPage } from '../support/pages.ts';
import type { World } from '../support/world.ts';

const sizes = { wide: { width: 1440, height: 900 }, narrow: { width: 390, height: 844 } };

for (const colorScheme of ['light', 'dark'] as const) {
  for (const [name, viewport] of Object.entries(sizes)) {
    test(`${colorScheme}, ${name}: what an admin sees`, async ({ open, world }) => {
      const page = await open('admin', { colorScheme, viewport });
      await adminPages(page, world);
    });

    test(`${colorScheme}, ${name}: what everybody else sees`, async ({ open, world }) => {
      await otherPages(open, world, { colorScheme, viewport });
    });
  }
}

async function adminPages(page: Page, world: World): Promise<void> {
  const country = world.country();
  await world.admin.post('/v1/unwanted_access_rules', { type: 'expected', country_code: country, notes: 'A branch' });
  const question = await world.raise(['joey', 'anna']);
  await world.admin.post(`/v1/escalations/${question.id}/comments`, { text: 'I will ask her' });

  await page.goto('/escalations');
  await expect(page.getByRole('row').nth(1)).toBeVisible();
  await check(page, 'the list');

  await page.goto('/escalations?search=nobody-is-called-this');
  await expect(page.getByRole('heading', { name: 'Nothing matches' })).toBeVisible();
  await check(page, 'an empty list');

  const detail = new EscalationPage(page);
  await detail.goto(question);
  for (const answer of ['Expected', 'Unauthorized', 'Dismiss for now']) {
    await detail.choose(answer);
    await expect(detail.consequences).toBeVisible();
    await expect(detail.commit).toBeEnabled();
    await check(page, `a question, about to answer "${answer}"`);
  }
  await detail.commit.click();
  await expect(detail.resolved).toBeVisible();
  await check(page, 'a resolved question');

  await page.goto('/rules');
  await expect(page.getByRole('heading', { level: 1, name: 'Access rules' })).toBeVisible();
  await expect(page.getByRole('row').nth(1)).toBeVisible();
  await check(page, 'the rules');

  await page.goto('/rules/new');
  await expect(page.getByRole('heading', { level: 1 })).toBeVisible();
  await expect(page.getByRole('radio').first()).toBeVisible();
  await check(page, 'a new rule');

  await page.goto('/nothing/here');
  await expect(page.getByRole('heading', { level: 1 })).toBeVisible();
  await check(page, 'a page that does not exist');

  await page.goto('/escalations');
  await expect(page.getByRole('row').nth(1)).toBeVisible();
  await page.keyboard.press('?');
  await expect(page.getByRole('dialog')).toBeVisible();
  await check(page, 'the help');
}

async function otherPages(open: Open, world: World, look: Parameters<Open>[1]): Promise<void> {
  const question = await world.raise(['joey']);
  const viewer = new EscalationPage(await open('viewer', look));
  await viewer.goto(question);
  await expect(viewer.main.getByText(/Only account admins can answer/)).toBeVisible();
  await check(viewer.page, 'a question, for a viewer');

  const blocked = await open('organization_user', look);
  await expect(blocked.getByRole('heading', { level: 1, name: BLOCKED })).toBeVisible();
  await check(blocked, 'the blocked page');

  const nobody = await open(null, look);
  await nobody.goto('/');
  await expect(nobody.getByRole('heading', { level: 1 })).toBeVisible();
  await check(nobody, 'signed out');
  await nobody.goto('/sign-in/no-such-token');
  await expect(nobody.getByRole('alert')).toBeVisible();
  await check(nobody, 'a link that does not work');
}

async function check(page: Page, what: string): Promise<void> {
  const { violations } = await new AxeBuilder({ page })
    .withTags(['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'])
    .analyze();
  const found = violations.flatMap((rule) => rule.nodes.map((node) => `${rule.id}: ${node.html}\n${node.failureSummary}`));
  expect(found, what).toEqual([]);
  const sideways = await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
  expect(sideways, `${what}: pixels that stick out`).toBeLessThanOrEqual(0);
}
