// Who was told, and whether it arrived: the list with its filters, the attempts, sending again, and each escalation.
import { expect, test } from '../support/fixtures.ts';
import { EscalationPage } from '../support/pages.ts';

test('an escalation tells who was told, and leads to each message and its attempts', async ({ open, world }) => {
  const question = await world.raise(['joey']);
  const admins = await world.admins();
  const page = await open('admin');
  const detail = new EscalationPage(page);
  await detail.goto(question);
  await expect(detail.timeline).toContainText(`Told ${admins.length} people by email`);
  await expect(detail.timeline).toContainText('all arrived');
  await detail.timeline.getByRole('link', { name: 'All messages about it' }).click();
  await expect(page).toHaveURL(new RegExp(`/deliveries\\?escalation_id=${question.id}$`));
  await expect(page.getByRole('main')).toContainText(`Only those of escalation ${question.id}`);

  const row = page.getByRole('row').filter({ hasText: admins[0]! });
  await expect(row).toContainText('Delivered');
  await row.getByRole('button', { name: /Attempts/ }).click();
  await expect(page.getByText('Arrived', { exact: true })).toBeVisible();
  await row.getByRole('button', { name: /Send again/ }).click();
  const dialog = page.getByRole('dialog', { name: 'Send this message again?' });
  await expect(dialog).toContainText('a second time');
  await dialog.getByRole('button', { name: 'Send it again' }).click();
  await expect(dialog).toBeHidden();
  await expect(row).toContainText('2 attempts');
  await row.getByRole('link', { name: `Escalation ${question.id}` }).click();
  await expect(detail.heading(question)).toBeVisible();
});

test('the address holds the filters, and clearing them shows everything', async ({ open, world }) => {
  await world.raise(['joey']);
  const page = await open('admin');
  await page.goto('/deliveries');
  await page.getByRole('button', { name: 'State' }).click();
  await page.getByRole('dialog', { name: 'State' }).getByRole('radio', { name: 'Not delivered' }).click();
  await expect(page).toHaveURL(/status=undelivered/);
  await expect(page.getByRole('heading', { name: 'Nothing matches' })).toBeVisible();
  await page.keyboard.press('Escape');
  await page.getByRole('link', { name: 'Clear filters' }).click();
  await expect(page.getByRole('row').nth(1)).toBeVisible();
});

test('a viewer reads all of it, and sends nothing again', async ({ open, world }) => {
  const question = await world.raise(['joey']);
  const viewer = await open('viewer');
  await viewer.goto(`/deliveries?escalation_id=${question.id}`);
  await expect(viewer.getByRole('row').nth(1)).toContainText('Delivered');
  await expect(viewer.getByRole('button', { name: /Attempts/ }).first()).toBeVisible();
  await expect(viewer.getByRole('button', { name: /Send again/ })).toHaveCount(0);
});
