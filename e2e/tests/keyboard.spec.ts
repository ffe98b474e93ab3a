// From the list to an answer without a mouse.
import { expect, test } from '../support/fixtures.ts';
import { EscalationPage, ListPage } from '../support/pages.ts';

test('search, walk the rows, open, choose, commit', async ({ open, world }) => {
  const person = `joey-${world.unique()}`;
  const [first, second] = [await world.raise([person]), await world.raise([person])];
  const list = new ListPage(await open('admin'));
  const { keyboard } = list.page;
  await list.goto();
  await expect(list.page.getByRole('row').nth(1)).toBeVisible();

  await keyboard.press('/');
  await expect(list.search).toBeFocused();
  await keyboard.type(person);
  await expect(list.row(first)).toBeVisible();
  await expect(list.page.locator('tbody').getByRole('link')).toHaveCount(2);
  await keyboard.press('Escape');
  await expect(list.search).not.toBeFocused();

  await keyboard.press('j');
  await expect(list.row(first)).toBeFocused();
  await keyboard.press('j');
  await expect(list.row(second)).toBeFocused();
  await keyboard.press('k');
  await expect(list.row(first)).toBeFocused();
  await keyboard.press('Enter');

  const detail = new EscalationPage(list.page);
  await expect(detail.heading(first)).toBeVisible();
  await keyboard.press('1');
  await expect(list.page.getByRole('radio', { name: 'Expected', exact: true })).toBeChecked();
  await expect(detail.commit).toBeEnabled();
  await keyboard.press('Control+Enter');
  await expect(detail.resolved).toBeVisible();
  expect((await world.admin.escalation(first.id)).status).toBe('resolved');
});

test('a question mark shows all keys, and Escape closes that again', async ({ open }) => {
  const page = await open('viewer');
  await page.keyboard.press('?');
  await expect(page.getByRole('dialog')).toBeVisible();
  await page.keyboard.press('Escape');
  await expect(page.getByRole('dialog')).toBeHidden();
});

test('the first Tab leads past the navigation, on the page where one is', async ({ open, world }) => {
  const question = await world.raise();
  const detail = new EscalationPage(await open('viewer'));
  await detail.goto(question);
  await detail.page.keyboard.press('Tab');
  await expect(detail.page.getByRole('link', { name: 'Skip to content' })).toBeFocused();
  await detail.page.keyboard.press('Enter');
  await expect(detail.main).toBeFocused();
  await expect(detail.heading(question)).toBeVisible();
});
