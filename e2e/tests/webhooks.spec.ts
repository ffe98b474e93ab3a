// Webhook endpoints: added, tried, changed, given a new secret, switched off, deleted.
import { expect, test } from '../support/fixtures.ts';
import { Receiver } from '../support/receiver.ts';

test('an endpoint from its first request to its end', async ({ open, world }) => {
  const receiver = await Receiver.start();
  const page = await open('admin');
  await page.goto('/webhooks');
  await page.getByRole('button', { name: 'Add an endpoint' }).click();
  const form = page.getByRole('dialog', { name: 'Add an endpoint' });
  await form.getByRole('textbox', { name: 'Address' }).fill(receiver.url);
  await form.getByRole('checkbox', { name: /Somebody answers/ }).click();
  await form.getByRole('button', { name: 'Add it and show its secret' }).click();
  const shown = page.getByRole('dialog', { name: /secret/ });
  await expect(shown).toContainText('whsec_');
  await shown.getByRole('button', { name: 'I have copied it' }).click();
  await expect(page.getByText('whsec_')).toHaveCount(0);

  const tile = page.locator('.tiles > li').filter({ hasText: receiver.url });
  await expect(tile).toContainText('A question is raised');
  await expect(tile).not.toContainText('Somebody answers');
  await tile.getByRole('button', { name: /Send test/ }).click();
  const outcome = page.getByRole('list', { name: 'Test messages' });
  await expect(outcome).toContainText('Delivered');
  expect(receiver.signatures.at(-1)).toMatch(/^v1,\S+$/);

  await tile.getByRole('button', { name: /New secret/ }).click();
  const question = page.getByRole('dialog', { name: 'Make a new secret?' });
  await expect(question).toContainText('For 24 hours each request carries two signatures');
  await question.getByRole('button', { name: 'Make a new secret' }).click();
  await shown.getByRole('button', { name: 'I have copied it' }).click();
  await expect(tile).toContainText('the old secret signs along');
  await tile.getByRole('button', { name: /Send test/ }).click();
  await expect.poll(() => receiver.signatures.at(-1)?.split(' ').length).toBe(2);

  receiver.status = 503;
  await tile.getByRole('button', { name: /Send test/ }).click();
  await expect(outcome).toContainText('Waiting');
  await expect(tile).toContainText('Failing since');
  await expect(tile).toContainText('Nothing is lost: 1 message waits');
  await tile.getByRole('link', { name: 'Requests that were sent' }).click();
  await expect(page).toHaveURL(/webhook_id=/);
  const row = page.getByRole('row').filter({ hasText: 'Waiting' });
  await row.getByRole('button', { name: /Attempts/ }).click();
  await expect(page.getByRole('main')).toContainText('not today');

  await page.goto('/webhooks');
  await tile.getByRole('button', { name: /Switch off/ }).click();
  await expect(tile).toContainText('Switched off');
  await tile.getByRole('button', { name: /Delete/ }).click();
  await page.getByRole('dialog').getByRole('button', { name: 'Delete the endpoint' }).click();
  await expect(tile).toHaveCount(0);
  const left = await world.admin.get<{ webhooks: { url: string }[] }>('/v1/webhooks');
  expect(left.webhooks.map((one) => one.url)).not.toContain(receiver.url);
  receiver.stop();
});

test('what is wrong with an address is said where it was entered', async ({ open }) => {
  const page = await open('admin');
  await page.goto('/webhooks');
  await page.getByRole('button', { name: 'Add an endpoint' }).click();
  const form = page.getByRole('dialog', { name: 'Add an endpoint' });
  await form.getByRole('textbox', { name: 'Address' }).fill('ftp://hooks.example/in');
  await form.getByRole('button', { name: 'Add it and show its secret' }).click();
  await expect(form.getByRole('alert')).toBeVisible();
  await page.keyboard.press('Escape');
  await expect(form).toBeHidden();
});

test('a viewer reads which there are, and can change nothing', async ({ open, world }) => {
  const made = await world.admin.post<{ webhook: { id: number } }>('/v1/webhooks', { url: 'https://hooks.example/in' });
  const viewer = await open('viewer');
  await viewer.goto('/webhooks');
  await expect(viewer.getByRole('main')).toContainText('https://hooks.example/in');
  await expect(viewer.getByRole('main')).toContainText('Only account admins can change this');
  await expect(viewer.getByRole('main').getByRole('button')).toHaveCount(0);
  await world.admin.call('DELETE', `/v1/webhooks/${made.webhook.id}`);
});
