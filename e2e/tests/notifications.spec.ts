// Who hears of what: the recipients and their one rule, the channels, a test message, and what messages say.
import { expect, test } from '../support/fixtures.ts';

interface Settings {
  notification_settings: {
    recipients: number[] | null;
    psa_and_email: boolean;
    team: { user_id: number; name: string; role: string; told: boolean }[];
    kinds: { type: string; psa_wanted: boolean }[];
  };
}

test('people are chosen, one account admin remains, and everybody is told again', async ({ open, world }) => {
  const settings = async () => (await world.admin.get<Settings>('/v1/notification_settings')).notification_settings;
  const page = await open('admin');
  await page.goto('/notifications');
  const card = page.getByRole('region', { name: 'Who gets the mails' });
  await card.getByRole('radio', { name: 'People you choose' }).check({ force: true });
  const { team } = await settings();
  const admins = team.filter((one) => one.role === 'account_admin');
  for (const admin of admins.slice(1)) {
    await card.getByRole('checkbox', { name: admin.name }).click();
    await expect(card.getByRole('checkbox', { name: admin.name })).not.toBeChecked();
  }
  const last = card.getByRole('checkbox', { name: admins[0]!.name });
  await expect(last).toBeDisabled();
  await expect(last).toBeChecked();
  await expect(card).toContainText('One account admin has to be told');
  expect((await settings()).recipients).toEqual([admins[0]!.user_id]);

  await card.getByRole('radio', { name: 'All account admins' }).check({ force: true });
  await expect(card.getByRole('checkbox')).toHaveCount(0);
  expect((await settings()).recipients).toBeNull();
});

test('a kind is switched to the PSA and back, and logins to both', async ({ open, world }) => {
  const wanted = async () => {
    const { kinds, psa_and_email } = (await world.admin.get<Settings>('/v1/notification_settings')).notification_settings;
    return [psa_and_email, ...kinds.filter((one) => one.psa_wanted).map((one) => one.type)];
  };
  const page = await open('admin');
  await page.goto('/notifications');
  await expect(page.getByRole('region', { name: 'What goes where' })).toContainText('No PSA is connected');
  await expect(page.getByRole('row', { name: /unexpected country/i })).toContainText('In the PSA, else by email');
  const own = page.getByRole('row', { name: /provider/i }).getByRole('switch');
  const both = page.getByRole('switch', { name: /PSA and email for logins/ });
  for (const on of [true, false]) {
    await own.click();
    await expect(own).toBeChecked({ checked: on });
    await both.click();
    await expect(both).toBeChecked({ checked: on });
    await expect.poll(wanted).toEqual(on ? [true, 'provider.question'] : [false]);
  }
});

test('a test message is sent to one person, and the page says that it arrived', async ({ open, world }) => {
  const [name] = await world.admins();
  const page = await open('admin');
  await page.goto('/notifications');
  await page.getByRole('button', { name: `Send test to ${name}` }).click();
  await expect(page.getByRole('list', { name: 'Test messages' })).toContainText(`${name}: Delivered`);
});

test('a message is shown as mail and as text', async ({ open, world }) => {
  await world.request({ type: 'provider.question', subject: 'Night traffic', question: 'Is it yours?', choices: [{ slug: 'yes', label: 'Yes' }, { slug: 'no', label: 'No' }] });
  const page = await open('admin');
  await page.goto('/notifications');
  const card = page.getByRole('region', { name: 'What a message says' });
  await card.getByRole('combobox', { name: 'Question' }).selectOption('provider.question');
  await card.getByRole('combobox', { name: 'Because' }).selectOption('overdue');
  await expect(card).toContainText('Night traffic');
  await expect(card.frameLocator('iframe').getByText('Is it yours?').last()).toBeVisible();
  await expect(card.getByTitle('The mail')).toHaveAttribute('sandbox', '');
  await card.getByRole('radio', { name: 'As plain text' }).check({ force: true });
  await expect(card.locator('pre')).toContainText('Is it yours?');
});

test('a viewer reads the same, and can change nothing', async ({ open, world }) => {
  const viewer = await open('viewer');
  await viewer.goto('/notifications');
  const main = viewer.getByRole('main');
  await expect(main).toContainText('Only account admins can change this');
  for (const name of await world.admins()) await expect(main).toContainText(name);
  await expect(main.getByRole('row', { name: /unexpected country/i })).toBeVisible();
  await expect(main.getByRole('switch')).toHaveCount(0);
  await expect(main.getByRole('checkbox')).toHaveCount(0);
  await expect(main.getByRole('button', { name: /test/i })).toHaveCount(0);
});
