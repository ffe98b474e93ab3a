// The PSA: refused, connected, chosen, mapped, paused and disconnected. The demo's other account has one of its own,
// which an emulator serves; in the tests' account there is none.
import { expect, test } from '../support/fixtures.ts';

// Which organizations have a company in the demo's PSA is counted, and the PSA is disconnected in the end.
test.use({ untouched: 'integrations' });

test('a connection that does not work is not kept, and the form says what was answered', async ({ open, world }) => {
  const page = await open('admin');
  await page.goto('/integrations');
  await page.getByRole('radio', { name: 'HaloPSA' }).check({ force: true });
  await page.getByRole('textbox', { name: 'URL' }).fill('https://127.0.0.1:1');
  await page.getByRole('textbox', { name: 'Client ID' }).fill('beckon');
  await page.getByRole('textbox', { name: 'Client secret' }).fill('client-secret-of-the-tests');
  await expect(page.getByRole('textbox', { name: 'Client secret' })).toHaveAttribute('type', 'password');
  await page.getByRole('button', { name: 'Test and connect HaloPSA' }).click();
  await expect(page.getByRole('main').getByRole('alert')).toBeVisible();
  const { integrations } = await world.admin.get<{ integrations: unknown[] }>('/v1/integrations');
  expect(integrations).toEqual([]);
});

test('what is connected is tested, chosen, mapped, paused, resumed and disconnected', async ({ open, world }) => {
  const page = await open('admin', {}, world.otherAccount);
  const main = page.getByRole('main');
  await page.goto('/integrations');
  await expect(main).toContainText('Tickets are made in ConnectWise PSA');

  const connection = page.getByRole('region', { name: 'Connection' });
  await expect(connection).toContainText('Kept, encrypted');
  await connection.getByRole('button', { name: 'Test the connection' }).click();
  await expect(connection).toContainText('It works');
  await connection.getByRole('button', { name: 'Change' }).click();
  await expect(connection.getByRole('textbox', { name: 'Private key' })).toHaveValue('');
  await connection.getByRole('button', { name: 'Test and save' }).click();
  await expect(connection.getByRole('button', { name: 'Test the connection' })).toBeVisible();

  const slots = page.getByRole('region', { name: 'Where tickets go' });
  const board = slots.getByRole('combobox', { name: 'Service board' });
  await expect(board).not.toHaveValue('');
  await board.selectOption({ index: 0 });
  await expect(slots).toContainText('Choose first: Service board');
  await slots.getByRole('button', { name: 'Save where tickets go' }).click();
  await expect(main).toContainText('No ticket is made yet');
  await board.selectOption({ index: 1 });
  await slots.getByRole('combobox', { name: /closed ticket/ }).selectOption({ index: 1 });
  await slots.getByRole('button', { name: 'Save where tickets go' }).click();
  await expect(main).toContainText('Tickets are made in ConnectWise PSA');

  const companies = page.getByRole('region', { name: 'Companies' });
  await expect(companies.getByRole('row').filter({ hasText: 'no company has this name' })).toHaveCount(1);
  const found = companies.getByRole('row').filter({ hasText: 'found by its exact name' }).first();
  const organization = await found.getByRole('rowheader').innerText();
  await expect(found.getByRole('cell').first()).toContainText(organization);
  const row = companies.getByRole('row').filter({ has: page.getByRole('rowheader', { name: organization, exact: true }) });
  const before = await row.innerText();
  await row.getByRole('button', { name: /Choose/ }).click();
  const dialog = page.getByRole('dialog');
  await dialog.getByRole('radio').last().check({ force: true });
  await dialog.getByRole('button', { name: /^Use/ }).click();
  await expect(row).toContainText('chosen by hand');
  await row.getByRole('button', { name: /Choose/ }).click();
  await dialog.getByRole('radio', { name: /By its exact name/ }).check({ force: true });
  await dialog.getByRole('button', { name: 'Find it by its name' }).click();
  await expect(row).toContainText('found by its exact name');
  expect(await row.innerText()).toBe(before);

  await main.getByRole('button', { name: 'Pause' }).click();
  await dialog.getByRole('button', { name: 'Pause it' }).click();
  await expect(main).toContainText('is paused');
  await main.getByRole('button', { name: 'Resume' }).click();
  await dialog.getByRole('button', { name: 'Resume it' }).click();
  await expect(main).toContainText('Tickets are made in ConnectWise PSA');

  await main.getByRole('button', { name: 'Disconnect' }).click();
  await expect(dialog).toContainText('questions about logins go by email');
  await dialog.getByRole('textbox').fill('yes');
  await page.keyboard.press('Enter');
  await expect(dialog.getByRole('alert')).toContainText('disconnect');
  await dialog.getByRole('textbox').fill('disconnect');
  await page.keyboard.press('Enter');
  await expect(main).toContainText('Which PSA do you use?');
});

test('a viewer reads that none is connected, and who can change that', async ({ open }) => {
  const viewer = await open('viewer');
  await viewer.goto('/integrations');
  await expect(viewer.getByRole('heading', { name: 'No PSA is connected' })).toBeVisible();
  await expect(viewer.getByRole('main')).toContainText('Only account admins can change this');
  await expect(viewer.getByRole('main').getByRole('textbox')).toHaveCount(0);
});
