// Signing in by password and second factor, one's own sign-in, and the proof before something sensitive.
import type { Page } from '@playwright/test';
import { code } from '../support/authenticator.ts';
import { expect, test } from '../support/fixtures.ts';

// What is changed here is how the demo's people sign in.
test.use({ untouched: 'sign-in' });

const PASSWORD = 'tulips under the viaduct';

async function email(page: Page): Promise<string> {
  const { user } = (await (await page.request.get('/v1/user')).json()) as { user: { email: string } };
  return user.email;
}

async function setPassword(page: Page, password = PASSWORD): Promise<void> {
  await page.goto('/profile');
  await page.getByLabel('New password').fill(password);
  await page.getByRole('button', { name: /^(Set|Change) the password$/ }).click();
}

async function signIn(page: Page, address: string, password = PASSWORD): Promise<void> {
  await page.getByLabel('Email').fill(address);
  await page.getByLabel('Password').fill(password);
  await page.keyboard.press('Enter');
}

test('a password is set, and signs in where one stands', async ({ open }) => {
  const own = await open('viewer');
  await setPassword(own, 'qwertyuiop12');
  await expect(own.getByRole('alert').filter({ hasText: 'guessed first' })).toBeVisible();
  await setPassword(own);
  await expect(own.getByText('You have one.')).toBeVisible();
  const address = await email(own);

  const page = await open(null);
  await page.goto('/rules');
  await expect(page.getByRole('heading', { name: 'Sign in to Beckon' })).toBeVisible();
  await expect(page.getByLabel('Email')).toHaveAttribute('autocomplete', 'username');
  await expect(page.getByLabel('Password')).toHaveAttribute('autocomplete', 'current-password');
  await signIn(page, address, 'not this one');
  await expect(page.getByRole('alert').filter({ hasText: 'do not fit' })).toBeVisible();
  await signIn(page, address);
  await expect(page.getByRole('heading', { level: 1, name: 'Access rules' })).toBeVisible();
});

test('a second factor is turned on, asked for, and stood in for by a recovery code', async ({ open, world }) => {
  const own = await open('admin');
  await setPassword(own);
  await expect(own.getByText('You have one.')).toBeVisible();
  const address = await email(own);
  await own.getByRole('button', { name: 'Turn it on' }).click();
  await expect(own.getByAltText(/authenticator/)).toBeVisible();
  const secret = (await own.locator('.snippet code').innerText()).trim();
  await own.getByLabel('Code').fill(code(secret, await world.now()));
  await own.getByLabel('Code').press('Enter');
  await expect(own.getByText('Each of these stands in')).toBeVisible();
  const [recovery, second] = (await own.locator('.snippet code').innerText()).trim().split(' ');
  await own.getByRole('button', { name: 'I have kept them' }).click();
  await expect(own.getByText('10 recovery codes are left')).toBeVisible();

  const byLink = await open(null);
  await byLink.goto(world.account.sign_in.admin);
  await byLink.getByLabel(/Code of your authenticator/).fill(second!);
  await byLink.getByRole('button', { name: 'Try again' }).click();
  await expect(byLink.getByRole('heading', { level: 1, name: 'Escalations' })).toBeVisible();

  const page = await open(null);
  await page.goto('/');
  await signIn(page, address);
  const asked = page.getByLabel(/Code of your authenticator/);
  await expect(asked).toBeFocused();
  await expect(asked).toHaveAttribute('autocomplete', 'one-time-code');
  await asked.fill('000000');
  await asked.press('Enter');
  await expect(page.getByRole('alert').filter({ hasText: 'do not fit' })).toBeVisible();
  await asked.fill(recovery!);
  await asked.press('Enter');
  await expect(page.getByRole('heading', { level: 1, name: 'Escalations' })).toBeVisible();
  await page.goto('/profile');
  await expect(page.getByText('8 recovery codes are left')).toBeVisible();
  await page.getByRole('button', { name: 'Turn it off' }).click();
  await expect(page.getByRole('button', { name: 'Turn it on' })).toBeVisible();
});

test('what is sensitive asks who it is, and then goes on by itself', async ({ open, world }) => {
  const page = await open('admin');
  await setPassword(page);
  await expect(page.getByLabel('New password')).toHaveValue('');
  await world.turn(11);
  await setPassword(page, 'another one, just as long');
  const dialog = page.getByRole('dialog', { name: 'Is it still you?' });
  await expect(dialog).toBeVisible();
  await dialog.getByLabel('Password').fill('not this one');
  await dialog.getByRole('button', { name: 'It is me' }).click();
  await expect(dialog.getByRole('alert')).toContainText('do not fit');
  await dialog.getByLabel('Password').fill(PASSWORD);
  await dialog.getByRole('button', { name: 'It is me' }).click();
  await expect(dialog).toBeHidden();
  await expect(page.getByLabel('New password')).toHaveValue('');

  await world.turn(11);
  await setPassword(page);
  await page.keyboard.press('Escape');
  await expect(dialog).toBeHidden();
  await expect(page.getByRole('alert').filter({ hasText: 'prove it again' })).toBeVisible();
});

test('a link is asked for, whoever it is', async ({ open }) => {
  const page = await open(null);
  await page.goto('/');
  await page.getByRole('button', { name: /sign-in link/ }).click();
  await expect(page.getByRole('alert').filter({ hasText: 'Enter your email address' })).toBeVisible();
  await page.getByLabel('Email').fill('nobody@example.test');
  await page.getByRole('button', { name: /sign-in link/ }).click();
  await expect(page.getByRole('main').getByText('If this address is known here')).toBeVisible();
});

test('other sessions are seen and ended', async ({ open }) => {
  const first = await open('viewer');
  const second = await open('viewer');
  await second.goto('/profile');
  const rows = second.getByRole('region', { name: 'Where you are signed in' }).getByRole('listitem');
  await expect(rows.filter({ hasText: 'This one' })).toHaveCount(1);
  await expect(rows.first()).toContainText(/Chrome on/);
  await second.getByRole('button', { name: 'End all others' }).click();
  await expect(rows).toHaveCount(1);
  await first.goto('/profile');
  await expect(first.getByRole('heading', { name: 'Sign in to Beckon' })).toBeVisible();
  await expect(second.getByRole('heading', { level: 1, name: 'Profile' })).toBeVisible();
});
