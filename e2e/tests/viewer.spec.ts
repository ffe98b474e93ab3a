// An account user sees everything and can change nothing, and is told who can.
import { expect, test } from '../support/fixtures.ts';
import { EscalationPage } from '../support/pages.ts';

test('in place of the answer stands who can give it', async ({ open, world }) => {
  const question = await world.raise(['joey']);
  const viewer = new EscalationPage(await open('viewer'));
  await viewer.goto(question);

  const only = viewer.main.getByText(/Only account admins can answer/);
  await expect(only).toBeVisible();
  for (const name of await world.admins()) {
    await expect(viewer.main).toContainText(name);
  }
  await expect(viewer.page.getByRole('radio')).toHaveCount(0);
  await expect(viewer.commit).toHaveCount(0);
  await expect(viewer.page.getByRole('textbox', { name: 'Comment' })).toHaveCount(0);
  await expect(viewer.timeline).toBeVisible();
});

test('the rules can be read and not changed', async ({ open, world }) => {
  await world.admin.post('/v1/unwanted_access_rules', { type: 'expected', country_code: world.country() });
  const viewer = await open('viewer');
  await viewer.goto('/rules');
  await expect(viewer.getByRole('heading', { level: 1, name: 'Access rules' })).toBeVisible();
  await expect(viewer.getByRole('row').nth(1)).toBeVisible();
  await expect(viewer.getByRole('button', { name: /delete|end/i })).toHaveCount(0);
  await expect(viewer.getByRole('link', { name: /add|new rule/i })).toHaveCount(0);
});

test('the API refuses with the reason, and changes nothing', async ({ world }) => {
  const question = await world.raise(['joey']);
  const writes: [string, string, unknown][] = [
    ['POST', `/v1/escalations/${question.id}/resolution`, {}],
    ['POST', `/v1/escalations/${question.id}/comments`, { text: 'hello' }],
    ['POST', '/v1/unwanted_access_rules', { type: 'expected', country_code: 'FR' }],
    ['POST', '/v1/unwanted_access_rules/preview', { type: 'expected', country_code: 'FR' }],
    ['POST', '/v1/observations', []],
  ];
  for (const [method, path, body] of writes) {
    const answer = await world.viewer.call<{ error: string }>(method, path, body);
    expect(answer.status, path).toBe(403);
    expect(answer.body.error, path).toMatch(/only|ask/);
  }
  const after = await world.viewer.escalation(question.id);
  expect(after.status).toBe('open');
  expect(after.revision).toBe(question.revision);
});
