// Who is in the account: inviting, changing, removing; API keys; and the log of all that.
import { Api } from '../support/api.ts';
import { expect, test } from '../support/fixtures.ts';

// What is changed here is who is in the demo's accounts.
test.use({ untouched: 'members' });

test('somebody is invited, changed and removed, and each is in the activity', async ({ open, world }) => {
  const page = await open('admin');
  await page.getByRole('navigation').getByRole('link', { name: 'Members' }).click();
  await expect(page.getByRole('heading', { level: 1, name: 'Members' })).toBeVisible();
  await page.getByRole('button', { name: 'Invite somebody' }).click();
  const dialog = page.getByRole('dialog', { name: 'Invite somebody' });
  await dialog.getByLabel('Name').fill('Mara Lindt');
  await dialog.getByLabel('Email').fill('tom@northwind.example');
  await dialog.getByLabel('Email').press('Enter');
  await expect(dialog.getByRole('alert')).toContainText('already');
  await dialog.getByLabel('Email').fill('mara@northwind.example');
  await dialog.getByLabel('Role').selectOption('organization_user');
  await dialog.getByRole('button', { name: 'Send the invitation' }).click();
  await expect(dialog.getByRole('alert')).toContainText('organization');
  await dialog.getByLabel('Contoso Dental').check();
  await dialog.getByRole('button', { name: 'Send the invitation' }).click();
  const row = page.getByRole('row', { name: /Mara Lindt/ });
  await expect(row).toContainText('Contoso Dental');
  await expect(row).toContainText('Never');

  await row.getByRole('button', { name: /^Change/ }).click();
  const change = page.getByRole('dialog', { name: 'Change a member' });
  await change.getByLabel('Role').selectOption('account_admin');
  await expect(change.getByText('signs the person out')).toBeVisible();
  await change.getByRole('button', { name: 'Save' }).click();
  await expect(row).toContainText('Account admin');
  await expect(row).not.toContainText('Contoso Dental');

  await row.getByRole('button', { name: /^Remove/ }).click();
  const asked = page.getByRole('dialog', { name: 'Remove Mara Lindt?' });
  await expect(asked).toContainText('The mails go to');
  await asked.getByRole('button', { name: 'Remove the member' }).click();
  await expect(row).toHaveCount(0);

  await page.getByRole('navigation').getByRole('link', { name: 'Activity' }).click();
  await page.getByRole('button', { name: 'What' }).click();
  await page.getByLabel('Settings, members and keys').check();
  await expect(page).toHaveURL(/event=configured/);
  const log = page.getByRole('row').filter({ hasText: 'Mara Lindt' });
  await expect(log).toHaveCount(3);
  await expect(log.first()).toContainText((await world.admins())[0]!);
});

test('the last account admin stays, and is told why', async ({ open, world }) => {
  const page = await open('admin', {}, world.otherAccount);
  await page.goto('/members');
  const admins = page.getByRole('row').filter({ hasText: 'Account admin' });
  await expect(admins.first()).toBeVisible();
  while ((await admins.count()) > 1) {
    const others = admins.filter({ hasNotText: '· you' });
    const number = await admins.count();
    await others.first().getByRole('button', { name: /^Remove/ }).click();
    await page.getByRole('dialog').getByRole('button', { name: 'Remove the member' }).click();
    await expect(admins).toHaveCount(number - 1);
  }
  await admins.getByRole('button', { name: /^Remove/ }).click();
  await expect(page.getByRole('alert').filter({ hasText: 'cannot be removed' })).toBeVisible();
});

test('who works for two accounts looks at one and then at the other', async ({ open, world }) => {
  const page = await open('admin');
  await page.goto('/profile');
  await page.getByLabel('Look at').selectOption({ label: world.otherAccount.name });
  await expect(page.getByRole('heading', { level: 1, name: 'Escalations' })).toBeVisible();
  await expect(page.getByText(world.otherAccount.name)).toBeVisible();
  // In the other account the same person reads along.
  await expect(page.getByText('Account user')).toBeVisible();
  await page.goto('/profile');
  await page.getByLabel('Look at').selectOption({ label: world.account.name });
  await expect(page.getByText('Account admin')).toBeVisible();
});

test('a viewer reads who is there, and can change nothing', async ({ open }) => {
  const page = await open('viewer');
  await page.goto('/members');
  await expect(page.getByRole('row').nth(1)).toBeVisible();
  await expect(page.getByText('Only account admins can change this')).toBeVisible();
  await expect(page.getByRole('main').getByRole('button')).toHaveCount(0);
  await expect(page.getByRole('navigation').getByRole('link', { name: 'API keys' })).toHaveCount(0);
  await page.goto('/keys');
  await expect(page.getByText('Keys are for account admins')).toBeVisible();
});

test('a key is made, works as far as it may, is rotated and ended', async ({ open, world }) => {
  const page = await open('admin');
  await page.goto('/keys');
  await page.getByRole('button', { name: 'Make a key' }).click();
  await page.getByLabel('What it is for').fill('Nightly report');
  await page.getByRole('button', { name: 'Make it and show its secret' }).click();
  const shown = page.getByRole('dialog', { name: 'The key and its secret' }).locator('.snippet code');
  const first = (await shown.innerText()).replace(/\s/g, '');
  const key = first.split(':')[0]!;
  await page.getByRole('button', { name: 'I have copied it' }).click();
  const row = page.getByRole('row', { name: /Nightly report/ });
  await expect(row).toContainText('Read only');

  const before = new Api(world.demo.base_url, first);
  expect((await before.call('GET', '/v1/escalations')).status).toBe(200);
  const refused = await before.call('POST', '/v1/webhooks', { url: 'https://hooks.example.com/beckon' });
  expect(refused.status).toBe(403);

  await row.getByRole('button', { name: /^New secret/ }).click();
  await page.getByLabel('The old secret still works').selectOption('0');
  await page.getByRole('dialog').getByRole('button', { name: 'Make a new secret' }).click();
  const second = (await shown.innerText()).replace(/\s/g, '');
  expect(second).not.toBe(first);
  expect(second.split(':')[0]).toBe(key);
  expect((await before.call('GET', '/v1/escalations')).status).toBe(401);
  const after = new Api(world.demo.base_url, second);
  expect((await after.call('GET', '/v1/escalations')).status).toBe(200);
  await page.getByRole('button', { name: 'I have copied it' }).click();

  await row.getByRole('button', { name: /^End/ }).click();
  await page.getByRole('dialog', { name: /^End/ }).getByRole('button', { name: 'End the key' }).click();
  await expect(row).toHaveCount(0);
  expect((await after.call('GET', '/v1/escalations')).status).toBe(401);
});
