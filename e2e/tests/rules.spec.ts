// Rules made and deleted by hand, on the page of access rules.
import { expect, test } from '../support/fixtures.ts';

test('a new rule does what its preview says, and once it is deleted the next login asks again', async ({ open, world }) => {
  const ip = '203.0.113.77';
  const question = await world.raise(['joey'], { ip });
  const organization = question.organizations[0]!;
  const page = await open('admin');
  await page.goto('/rules');
  await page.getByRole('link', { name: 'New rule' }).click();

  await page.getByRole('radio', { name: 'IP address', exact: true }).check({ force: true });
  await page.getByRole('textbox', { name: 'Addresses' }).fill(ip);
  const consequences = page.getByRole('region', { name: 'What this will do' });
  await expect(consequences).toContainText('Resolve 1 open escalation');
  await expect(consequences).toContainText(organization.name);
  await page.getByRole('textbox', { name: 'Note' }).fill('The branch office');
  await page.getByRole('button', { name: 'Make 1 rule and resolve 1 escalation' }).click();

  const row = page.getByRole('row').filter({ hasText: ip });
  await expect(row).toContainText('The branch office');
  expect((await world.admin.escalation(question.id)).status).toBe('resolved');
  const again = { organization: organization.id, person: 'anna', country: question.subtype!, ip };
  expect((await world.report(again)).outcome).toBe('expected');

  await row.getByRole('button', { name: /^Delete/ }).click();
  const dialog = page.getByRole('dialog', { name: 'Delete this rule' });
  await dialog.getByRole('button', { name: /^Delete/ }).click();
  await expect(row).toHaveCount(0);
  expect((await world.report(again)).outcome).toBe('raised');
});

test('a rule without what it is about is not made, and the page says what is missing', async ({ open }) => {
  const page = await open('admin');
  await page.goto('/rules/new');
  await page.getByRole('radio', { name: 'IP address', exact: true }).check({ force: true });
  await expect(page.getByRole('region', { name: 'What this will do' })).toContainText('Enter an address or a range');
  await page.keyboard.press('Control+Enter');
  await expect(page.getByRole('alert')).toContainText('Enter an address or a range');
  await expect(page).toHaveURL(/\/rules\/new$/);
});
