// Signing in by a provider of OpenID Connect that is one: who gets in, and what everybody else is told. What a real provider
// cannot be made to do wrong, such as a token for somebody else, is in server/tests/api/oidc.
import { AxeBuilder } from '@axe-core/playwright';
import type { APIRequestContext, BrowserContext } from '@playwright/test';
import { expect, test } from '../support/fixtures.ts';
import { OidcProvider, type Person } from '../support/oidc.ts';
import type { World } from '../support/world.ts';

interface Provider {
  sign_in_provider: { id: number };
}

interface Actor {
  user: { name: string; role: string } | null;
}

const JOEY: Person = {
  sub: 'joey',
  name: 'Joey Doe',
  email: 'joey@sso.example',
  email_verified: true,
  groups: ['everybody', 'readers'],
};

for (const says of ['in the token', 'when asked'] as const) {
  test.describe(`a provider that says who it is ${says}`, () => {
    let oidc: OidcProvider;
    let context: BrowserContext;
    let id: number;

    test.beforeEach(async ({ browser, world }) => {
      oidc = await OidcProvider.start(`${world.demo.base_url}/sign-in/provider/callback`, says);
      oidc.person = JOEY;
      id = await added(world, oidc);
      context = await browser.newContext({ baseURL: world.demo.base_url });
    });

    test.afterEach(async ({ world }) => {
      await context.close();
      await world.admin.call('DELETE', `/v1/sign_in_providers/${id}`);
      oidc.stop();
    });

    /** Follows a link in the browser, and returns the path where it ends. */
    async function follow(path: string): Promise<string> {
      const page = await context.newPage();
      const response = await page.goto(path);
      const url = new URL(response!.url());
      await page.close();
      return url.pathname + url.search;
    }

    /** Makes the provider forget who was there in this browser. */
    const forget = () => context.clearCookies({ domain: new URL(oidc.issuer).hostname });

    async function signIn(): Promise<string> {
      await forget();
      return follow(`/sign-in/provider/${id}?return=/escalations`);
    }

    async function who(): Promise<Actor['user']> {
      const answer = await context.request.get('/v1/actor');
      return answer.ok() ? ((await answer.json()) as Actor).user : null;
    }

    test('lets somebody in a group in, and changes the role with the group', async () => {
      expect(await signIn()).toBe('/escalations');
      expect(await who()).toMatchObject({ name: 'Joey Doe', role: 'account_user' });
      oidc.person = { ...JOEY, groups: ['admins'] };
      expect(await signIn()).toBe('/escalations');
      expect(await who()).toMatchObject({ name: 'Joey Doe', role: 'account_admin' });
    });

    test('signs in again after its keys have changed', async () => {
      expect(await signIn()).toBe('/escalations');
      oidc.rotate();
      expect(await signIn()).toBe('/escalations');
      expect(await who()).toMatchObject({ name: 'Joey Doe' });
    });

    test('asks anew who it is where that has to be proved again', async () => {
      await signIn();
      const session = async () => (await context.cookies()).find((cookie) => cookie.name === 'beckon_session')?.value;
      const [before, asked] = [await session(), oidc.asked];
      expect(await follow(`/sign-in/provider/${id}?again=1&return=/rules`)).toBe('/rules');
      expect(oidc.asked).toBe(asked + 1);
      expect(await session()).not.toBe(before);
      oidc.person = { ...JOEY, sub: 'another', email: 'another@sso.example' };
      await forget();
      expect(await follow(`/sign-in/provider/${id}?again=1`)).toBe('/sign-in?problem=another_person');
    });

    test('lets others not in, and each is told why', async () => {
      await signIn();
      await context.request.delete('/v1/session');
      const check = async (change: () => void, problem: string) => {
        [oidc.person, oidc.refuses, oidc.down] = [JOEY, false, 'not'];
        change();
        expect(await signIn()).toBe(`/sign-in?problem=${problem}`);
        expect(await who()).toBeNull();
      };
      const is = (other: Partial<Person>) => () => (oidc.person = { ...JOEY, ...other });
      await check(is({ groups: ['others'] }), 'unknown_group');
      await check(is({ sub: 'b', email: 'b@sso.example', email_verified: false }), 'unverified_email');
      await check(is({ sub: 'c', email: 'c@evil.example' }), 'unverified_email');
      await check(is({ sub: 'another who got the address' }), 'not_a_member');
      await check(() => (oidc.refuses = true), 'refused_by_provider');
      await check(() => (oidc.down = 'token'), 'provider_down');
    });

    test('answers once, to the browser that asked, and under the state that was sent', async ({ playwright, world }) => {
      const made = () => playwright.request.newContext({ baseURL: world.demo.base_url });
      const [own, other] = [await made(), await made()];
      const back = await untilBack(own, `/sign-in/provider/${id}`);
      expect(await place(other, back)).toBe('/sign-in?problem=wrong_state');
      expect(await place(own, back.replace('state=', 'state=x'))).toBe('/sign-in?problem=wrong_state');
      expect(await place(own, back)).toBe('/');
      expect(await place(own, back)).toBe('/sign-in?problem=replayed');
      const again = await untilBack(own, `/sign-in/provider/${id}`);
      const code = (url: string) => new URL(url).searchParams.get('code')!;
      expect(await place(own, again.replace(code(again), code(back)))).toBe('/sign-in?problem=replayed');
      await own.dispose();
      await other.dispose();
    });

    test('sends nobody to another site', async () => {
      for (const elsewhere of ['https://evil.example', '//evil.example', '/\\evil.example', '/\t/evil.example']) {
        expect(await follow(`/sign-in/provider/${id}?return=${encodeURIComponent(elsewhere)}`)).toBe('/');
      }
    });
  });
}

test('the sign-in page offers the provider of a domain, brings back to where one stood, and says what went wrong', async ({ browser, world }) => {
  const oidc = await OidcProvider.start(`${world.demo.base_url}/sign-in/provider/callback`, 'in the token');
  oidc.person = JOEY;
  const id = await added(world, oidc);
  const context = await browser.newContext({ baseURL: world.demo.base_url });
  const page = await context.newPage();
  await page.goto('/rules');
  await expect(page.getByRole('heading', { name: 'Sign in to Beckon' })).toBeVisible();
  await page.getByLabel('Email').fill('somebody@elsewhere.example');
  await page.getByLabel('Password').focus();
  await expect(page.getByRole('link', { name: /^Continue with/ })).toHaveCount(0);
  await page.getByLabel('Email').fill('joey@sso.example');
  await page.getByLabel('Password').focus();
  await page.getByRole('link', { name: /^Continue with/ }).click();
  await expect(page.getByRole('heading', { level: 1, name: 'Access rules' })).toBeVisible();
  await expect(page.getByText('Joey Doe')).toBeVisible();

  await page.getByRole('button', { name: 'Sign out' }).click();
  await expect(page.getByRole('heading', { name: 'Sign in to Beckon' })).toBeVisible();
  await context.clearCookies({ domain: new URL(oidc.issuer).hostname });
  oidc.person = { ...JOEY, groups: ['others'] };
  await page.goto(`/sign-in/provider/${id}`);
  await expect(page.getByRole('alert')).toContainText('no group that may use Beckon');
  await expect(page.getByLabel('Email')).toBeVisible();
  expect((await new AxeBuilder({ page }).analyze()).violations).toEqual([]);
  for (const [problem, words] of [
    ['wrong_audience', 'another application'],
    ['expired', 'took too long'],
    ['replayed', 'used before'],
    ['wrong_state', 'does not belong'],
    ['provider_down', 'does not answer'],
  ] as const) {
    await page.goto(`/sign-in?problem=${problem}`);
    await expect(page.getByRole('alert')).toContainText(words);
  }
  await page.goto('/sign-in?problem=%3Cscript%3E');
  await expect(page.getByLabel('Email')).toBeVisible();
  await expect(page.getByRole('alert')).toHaveCount(0);
  await context.close();
  await world.admin.call('DELETE', `/v1/sign_in_providers/${id}`);
  oidc.stop();
});

test('a provider that does not answer is down, and its test says so', async ({ world, browser }) => {
  const oidc = await OidcProvider.start(`${world.demo.base_url}/sign-in/provider/callback`, 'in the token');
  const id = await added(world, oidc);
  const tried = () => world.admin.post<{ works: boolean; keys: number }>(`/v1/sign_in_providers/${id}/test`, {});
  oidc.down = 'all';
  const page = await browser.newPage({ baseURL: world.demo.base_url });
  const response = await page.goto(`/sign-in/provider/${id}`);
  expect(response!.url()).toBe(`${world.demo.base_url}/sign-in?problem=provider_down`);
  expect(await tried()).toMatchObject({ works: false });
  oidc.down = 'not';
  expect(await tried()).toMatchObject({ works: true, keys: 1, error: null });
  await page.close();
  await world.admin.call('DELETE', `/v1/sign_in_providers/${id}`);
  oidc.stop();
});

test('the operator sets up a provider for everybody by the command line', async ({ world, server, browser }) => {
  const oidc = await OidcProvider.start(`${world.demo.base_url}/sign-in/provider/callback`, 'in the token');
  const id = await server.run(
    ...['provider', 'add', 'Staff', '--issuer', oidc.issuer, '--client-id', 'beckon', '--email-domain', 'sso.example'],
    ...['--client-secret-file', await server.file('client-secret', oidc.secret), '--role-claim', 'groups', '--scope', 'email'],
    ...['--scope', 'profile', '--scope', 'groups', '--role', 'soc=operator', '--just-in-time', '--allow-private-destinations'],
  );
  type Options = { providers: { id: number; name: string; account: string | null; url: string }[] };
  const offered = (await world.viewer.get<Options>('/v1/sign_in_options')).providers;
  const url = `${world.demo.base_url}/sign-in/provider/${id}`;
  expect(offered).toEqual([{ id: Number(id), name: 'Staff', account: null, url }]);
  oidc.person = { sub: 'soc-1', name: 'Sam Oduya', email: 'sam@sso.example', email_verified: true, groups: ['soc'] };
  const page = await browser.newPage({ baseURL: world.demo.base_url });
  await page.goto(url);
  const actor = await page.request.get('/v1/actor');
  expect(await actor.json()).toMatchObject({ actor: { operator: 'Sam Oduya' } });
  await server.run('provider', 'remove', id);
  expect((await page.request.get('/v1/actor')).status()).toBe(401);
  await page.close();
  oidc.stop();
});

/** Adds a provider to the account of the tests, and returns its number. */
async function added(world: World, oidc: OidcProvider): Promise<number> {
  const body = { settings: oidc.settings, client_secret: oidc.secret };
  return (await world.admin.post<Provider>('/v1/sign_in_providers', body)).sign_in_provider.id;
}

/** Follows redirects from `path` until the way back to Beckon, which is not taken yet. */
async function untilBack(context: APIRequestContext, path: string): Promise<string> {
  for (let url = path; ; ) {
    const next = await location(context, url);
    if (next.includes('/sign-in/provider/callback?')) return next;
    url = next;
  }
}

/** Where Beckon sends whoever comes back, as a path. */
async function place(context: APIRequestContext, url: string): Promise<string> {
  const { pathname, search } = new URL(await location(context, url));
  return pathname + search;
}

async function location(context: APIRequestContext, url: string): Promise<string> {
  const response = await context.get(url, { maxRedirects: 0 });
  expect([302, 303], url).toContain(response.status());
  return new URL(response.headers()['location']!, response.url()).href;
}
