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

    test(`${colorScheme}, ${name}: what is no login`, async ({ open, world }) => {
      await kindPages(await open('admin', { colorScheme, viewport }), world);
    });

    test(`${colorScheme}, ${name}: who is told`, async ({ open, world }) => {
      await toldPages(open, world, { colorScheme, viewport });
    });

    test(`${colorScheme}, ${name}: who gets in`, async ({ open, world }) => {
      await accessPages(await open('admin', { colorScheme, viewport }), world);
    });

    test(`${colorScheme}, ${name}: the settings, as a viewer`, async ({ open }) => {
      await settingsAsViewer(await open('viewer', { colorScheme, viewport }));
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

/** What the kinds that are no logins have of their own. */
async function kindPages(page: Page, world: World): Promise<void> {
  const detail = new EscalationPage(page);
  const { question, releases } = await world.isolate(['WS-A', 'WS-B', 'WS-C']);
  await detail.goto(question);
  await detail.decide('WS-A', 'Keep isolated');
  await detail.decide('WS-B', 'Release');
  await check(page, 'decisions one by one');
  await detail.button('Keep 1 isolated, release 1').click();
  const dialog = page.getByRole('dialog');
  await dialog.getByRole('textbox').fill('no');
  await page.keyboard.press('Enter');
  await expect(dialog.getByRole('alert')).toBeVisible();
  await check(page, 'the dialog that asks for a word');
  await detail.confirm('release');
  await world.carryOut(await world.onlyRemedy(question), 'It does not answer');
  await expect(detail.card.getByRole('alert')).toBeVisible();
  await check(page, 'a remedy that failed');
  for (const name of ['WS-A', 'WS-B', 'WS-C']) await releases(name);
  await expect(detail.resolved).toContainText('Resolved by itself');
  await check(page, 'what resolved by itself');

  const organization_id = world.unique();
  const error = "AADSTS7000112: Application '8a3c55d2-71b4-4f0e-9f6c-2d1f5c7e9a10' is disabled.";
  const tenant_id = `00000000-0000-4000-8000-000000${organization_id}`;
  const tenant = await world.asked({ type: 'tenant_access', organization_id, tenant_id, error });
  await detail.goto(tenant);
  await check(page, 'instructions with a command and a link');
  await detail.button('Say that the change is made').click();
  await expect(detail.card).toContainText('Under way');
  await check(page, 'a remedy that is under way');

  const form = await world.request({
    type: 'provider.question',
    subject: 'Backup traffic at night',
    question: 'Is this transfer yours?',
    choices: [{ slug: 'yes', label: 'Yes, ours' }, { slug: 'no', label: 'No' }],
    fields: [
      { slug: 'path', label: 'Path', type: 'windows_path', required: true },
      { slug: 'text', label: 'What is it for?', type: 'text' },
      { slug: 'size', label: 'Size', type: 'choice', options: [{ slug: 's', label: 'Small' }, { slug: 'l', label: 'Large' }] },
      { slug: 'day', label: 'Day', type: 'choice', options: [1, 2, 3, 4, 5].map((n) => ({ slug: `d${n}`, label: `Day ${n}` })) },
    ],
    evidence: [{ label: 'Volume', value: '40 GB' }],
  });
  await detail.goto(form);
  await detail.choose('Yes, ours');
  await detail.button('Answer “Yes, ours”').click();
  await expect(detail.card.getByRole('alert')).toBeVisible();
  await check(page, 'a typed form with a mistake');

  await page.goto('/escalations');
  await page.getByRole('button', { name: 'Kind' }).click();
  await expect(page.getByRole('dialog', { name: 'Kind' })).toBeVisible();
  await check(page, 'the kinds by category');
}

async function toldPages(open: Open, world: World, look: Parameters<Open>[1]): Promise<void> {
  const made = await world.admin.post<{ webhook: { id: number } }>('/v1/webhooks', { url: 'https://hooks.example/in' });
  const question = await world.raise(['joey']);
  const page = await open('admin', look);
  const main = page.getByRole('main');
  await page.goto('/notifications');
  await expect(main.getByRole('row').nth(1)).toBeVisible();
  // axe waits for an answer from every frame, and in the preview of a mail nothing may run.
  await main.getByRole('radio', { name: 'As plain text' }).check({ force: true });
  await expect(main.locator('iframe')).toHaveCount(0);
  await check(page, 'who hears of what');
  await main.getByRole('radio', { name: 'People you choose' }).check({ force: true });
  await expect(main.getByRole('checkbox').first()).toBeVisible();
  await check(page, 'chosen recipients');
  await main.getByRole('radio', { name: 'All account admins' }).check({ force: true });
  await main.getByRole('button', { name: /^Send a test/ }).click();
  await expect(page.getByRole('list', { name: 'Test messages' })).toContainText('Delivered');
  await check(page, 'test messages');

  await page.goto('/integrations');
  await expect(main.getByRole('heading', { name: 'Which PSA do you use?' })).toBeVisible();
  await check(page, 'connecting a PSA');

  await page.goto('/webhooks');
  await expect(main.getByRole('listitem').first()).toBeVisible();
  await check(page, 'the webhooks');
  await main.getByRole('button', { name: 'Add an endpoint' }).click();
  await expect(page.getByRole('dialog', { name: 'Add an endpoint' })).toBeVisible();
  await check(page, 'a new endpoint');
  await page.keyboard.press('Escape');

  await page.goto(`/deliveries?escalation_id=${question.id}`);
  await expect(main.getByRole('row').nth(1)).toContainText('Delivered');
  await main.getByRole('button', { name: /Attempts/ }).first().click();
  await expect(main.getByText('Arrived', { exact: true })).toBeVisible();
  await check(page, 'deliveries and attempts');
  await main.getByRole('button', { name: /Send again/ }).first().click();
  await expect(page.getByRole('dialog')).toBeVisible();
  await check(page, 'a question before a message is sent again');

  const connected = await open('admin', look, world.otherAccount);
  await connected.goto('/integrations');
  await expect(connected.getByRole('region', { name: 'Companies' })).toBeVisible();
  await expect(connected.locator('.skeleton')).toHaveCount(0);
  await check(connected, 'a PSA that is connected');
  await world.admin.call('DELETE', `/v1/webhooks/${made.webhook.id}`);
}

async function accessPages(page: Page, world: World): Promise<void> {
  const main = page.getByRole('main');
  // Something has happened.
  await world.raise(['joey']);
  await page.goto('/profile');
  await expect(main.getByRole('listitem').first()).toBeVisible();
  await check(page, 'how one signs in');
  await main.getByRole('button', { name: 'Turn it on' }).click();
  await expect(main.getByAltText(/authenticator/)).toBeVisible();
  await check(page, 'a second factor that is begun');

  await page.goto('/members');
  await expect(main.getByRole('row').nth(1)).toBeVisible();
  await check(page, 'the members');
  await main.getByRole('button', { name: 'Invite somebody' }).click();
  await page.getByLabel('Role').selectOption('organization_user');
  await expect(page.getByRole('dialog').getByRole('radio').first()).toBeVisible();
  await check(page, 'an invitation');
  await page.keyboard.press('Escape');
  await main.getByRole('button', { name: /^Remove/ }).first().click();
  await expect(page.getByRole('dialog')).toBeVisible();
  await check(page, 'a question before somebody is removed');

  await page.goto('/keys');
  await expect(main.getByRole('row').nth(1)).toBeVisible();
  await check(page, 'the keys');
  await main.getByRole('button', { name: 'Make a key' }).click();
  await check(page, 'a new key');
  await page.keyboard.press('Escape');
  await main.getByRole('button', { name: /^New secret/ }).first().click();
  await check(page, 'a new secret for a key');

  await page.goto('/embeds');
  await main.getByRole('link', { name: 'Add an embed' }).first().click();
  await page.getByLabel('Name').fill('Portal');
  await page.getByLabel('Pages that show it').fill('https://portal.example');
  await check(page, 'a new embed');
  await page.getByLabel('Accent', { exact: true }).fill('#ffff00');
  await expect(main.getByRole('alert')).toContainText('contrast');
  await check(page, 'an embed that nobody could read');
  await page.getByLabel('Accent', { exact: true }).fill('');
  await main.getByRole('button', { name: 'Add the embed' }).click();
  await expect(main.getByRole('heading', { name: 'Code' })).toBeVisible();
  await check(page, 'an embed with its code');
  await main.getByRole('link', { name: 'Back' }).click();
  await expect(main.getByRole('listitem').first()).toBeVisible();
  await check(page, 'the embeds');

  await page.goto('/activity');
  await expect(main.getByRole('row').nth(1)).toBeVisible();
  await check(page, 'the activity');
}

async function settingsAsViewer(viewer: Page): Promise<void> {
  for (const path of ['/notifications', '/integrations', '/webhooks', '/deliveries', '/members', '/keys', '/activity', '/embeds']) {
    await viewer.goto(path);
    await expect(viewer.getByRole('heading', { level: 1 }).first()).toBeVisible();
    await expect(viewer.locator('.skeleton')).toHaveCount(0);
    if (path === '/notifications') {
      await viewer.getByRole('radio', { name: 'As plain text' }).check({ force: true });
      await expect(viewer.locator('iframe')).toHaveCount(0);
    }
    await check(viewer, `${path}, for a viewer`);
  }
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
  await nobody.getByRole('button', { name: /sign-in link/ }).click();
  await expect(nobody.getByRole('alert').filter({ hasText: 'email' })).toBeVisible();
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
