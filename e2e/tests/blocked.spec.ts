// Organization users are kept out of everything, and told why and whom to ask. Other accounts are invisible.
import { BLOCKED, expect, test } from '../support/fixtures.ts';
import { Api } from '../support/api.ts';

test('every address shows the one blocked page', async ({ open, world }) => {
  const question = await world.raise(['joey']);
  const page = await open('organization_user');
  for (const path of ['/', '/escalations', `/escalations/${question.id}`, '/rules', '/rules/new', '/nothing/here']) {
    await page.goto(path);
    await expect(page.getByRole('heading', { level: 1, name: BLOCKED }), path).toBeVisible();
    await expect(page.getByRole('main'), path).toContainText((await world.admins())[0]!);
    await expect(page.getByText(question.subject), path).toHaveCount(0);
    await expect(page.getByRole('navigation'), path).toHaveCount(0);
  }
});

test('every route answers 403 with the reason and whom to ask', async ({ world }) => {
  const question = await world.raise(['joey']);
  const routes: [string, string, unknown?][] = [
    ['GET', '/v1/actor'],
    ['GET', '/v1/account'],
    ['GET', '/v1/organizations'],
    ['GET', '/v1/identities'],
    ['GET', '/v1/memberships'],
    ['GET', '/v1/known_vpns'],
    ['GET', '/v1/escalations'],
    ['GET', `/v1/escalations/${question.id}`],
    ['GET', '/v1/escalations/999999999'],
    ['GET', `/v1/escalations/${question.id}/timeline`],
    ['POST', `/v1/escalations/${question.id}/resolution`, {}],
    ['POST', `/v1/escalations/${question.id}/comments`, { text: 'hello' }],
    ['GET', '/v1/unwanted_access_rules'],
    ['POST', '/v1/unwanted_access_rules', { type: 'expected', country_code: 'FR' }],
    ['POST', '/v1/unwanted_access_rules/preview', { type: 'expected', country_code: 'FR' }],
    ['GET', '/v1/unwanted_access_rules/coverage'],
    ['GET', '/v1/events'],
    ['POST', '/v1/observations', []],
  ];
  for (const [method, path, body] of routes) {
    const answer = await world.organizationUser.call<{ error: string; blocked: { ask: string[] } }>(method, path, body);
    expect(answer.status, `${method} ${path}`).toBe(403);
    expect(answer.body.error, path).toBeTruthy();
    expect(answer.body.blocked.ask, path).toEqual(await world.admins());
  }
});

test('an id of another account answers exactly like one that does not exist', async ({ world }) => {
  const { id: account, keys } = world.otherAccount;
  const organization = world.unique();
  const { escalation_id: foreign } = await world.report({ organization, person: 'eve', country: 'BR' }, account);
  const stranger = new Api(world.demo.base_url, keys.admin);
  expect((await stranger.call('GET', `/v1/escalations/${foreign}`)).status).toBe(200);

  const rule = await stranger.post<{ unwanted_access_rule: { id: number } }>('/v1/unwanted_access_rules', {
    type: 'expected',
    country_code: 'CL',
  });
  const pairs: [string, (id: number) => string, number, unknown?][] = [
    ['GET', (id) => `/v1/escalations/${id}`, foreign!],
    ['GET', (id) => `/v1/escalations/${id}/timeline`, foreign!],
    ['POST', (id) => `/v1/escalations/${id}/resolution`, foreign!, {}],
    ['POST', (id) => `/v1/escalations/${id}/comments`, foreign!, { text: 'hello' }],
    ['GET', (id) => `/v1/unwanted_access_rules/${id}`, rule.unwanted_access_rule.id],
    ['PATCH', (id) => `/v1/unwanted_access_rules/${id}`, rule.unwanted_access_rule.id, { notes: 'mine' }],
    ['DELETE', (id) => `/v1/unwanted_access_rules/${id}`, rule.unwanted_access_rule.id],
    ['GET', (id) => `/v1/organizations/${id}`, organization],
  ];
  for (const [method, path, id, body] of pairs) {
    const theirs = await world.admin.call(method, path(id), body);
    const nobodys = await world.admin.call(method, path(999_999_999), body);
    expect(theirs.status, path(id)).toBe(404);
    expect(theirs, path(id)).toEqual(nobodys);
  }
});
