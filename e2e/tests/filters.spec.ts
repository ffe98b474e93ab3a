// The address holds every filter: reloading keeps them, and Back undoes them one by one.
import { expect, test } from '../support/fixtures.ts';
import { ListPage } from '../support/pages.ts';

test('search, filters and tabs survive reload and back', async ({ open, world }) => {
  const person = `joey-${world.unique()}`;
  const byCountry = await world.raise([person]);
  const byVpn = await world.raise([person], { vpn: 'NORD_VPN' });
  const list = new ListPage(await open('admin'));
  const { page } = list;
  await list.goto();

  await list.search.fill(person);
  await expect(page).toHaveURL(new RegExp(`search=${person}`));
  await expect(list.row(byCountry)).toBeVisible();
  await expect(list.row(byVpn)).toBeVisible();

  await list.filter('Kind', 'Login through an unexpected VPN');
  await expect(page).toHaveURL(/type=login\.unexpected_vpn/);
  await expect(list.row(byCountry)).toBeHidden();
  await expect(list.row(byVpn)).toBeVisible();

  await page.reload();
  await expect(list.search).toHaveValue(person);
  await expect(page.getByRole('button', { name: 'Kind: 1' })).toBeVisible();
  await expect(list.row(byVpn)).toBeVisible();
  await expect(list.row(byCountry)).toBeHidden();

  await list.tab('Resolved').click();
  await expect(page).toHaveURL(/status=resolved/);
  await expect(list.row(byVpn)).toBeHidden();
  await page.goBack();
  await expect(page).not.toHaveURL(/status=resolved/);
  await expect(list.row(byVpn)).toBeVisible();

  await list.row(byVpn).click();
  await expect(page.getByRole('heading', { level: 1, name: byVpn.subject })).toBeVisible();
  await page.goBack();
  await expect(list.search).toHaveValue(person);
  await expect(list.row(byVpn)).toBeVisible();
  await page.goBack();
  await expect(page).not.toHaveURL(/type=/);
  await expect(list.row(byCountry)).toBeVisible();
});

test('filters that leave nothing say so and can be cleared', async ({ open, world }) => {
  const question = await world.raise();
  const list = new ListPage(await open('viewer'));
  await list.goto('?search=nobody-is-called-this');
  await expect(list.page.getByRole('heading', { name: 'Nothing matches' })).toBeVisible();
  await list.page.getByRole('link', { name: 'Clear filters' }).click();
  await expect(list.page).not.toHaveURL(/search=/);
  await list.search.fill(question.entities.items[0]!.details.username);
  await expect(list.row(question)).toBeVisible();
});
