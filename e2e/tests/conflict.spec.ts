// Two admins answer at once: one wins, the other is told who did what, and nothing is lost.
import { expect, test } from '../support/fixtures.ts';
import { EscalationPage } from '../support/pages.ts';

test('by API: one answer and one conflict that names the other', async ({ world }) => {
  const question = await world.raise(['joey']);
  const path = `/v1/escalations/${question.id}/resolution`;
  const body = { determination: 'expected', scope: 'organization', revision: question.revision };
  const answers = await Promise.all([1, 2, 3, 4].map(() => world.admin.call<{ error: string }>('POST', path, body)));

  expect(answers.map((answer) => answer.status).sort()).toEqual([201, 409, 409, 409]);
  for (const late of answers.filter((answer) => answer.status === 409)) {
    expect(late.body.error).toContain((await world.admins())[0]!);
  }
  const after = await world.admin.escalation(question.id);
  expect(after.resolution?.rule_ids).toHaveLength(1);
});

test('in the browser: the slower one reads who answered and how', async ({ open, world }) => {
  const question = await world.raise(['joey']);
  const page = await open('admin');
  // This browser hears nothing of what others do, as on a train.
  await page.route('**/v1/events*', (route) => route.abort());
  const slower = new EscalationPage(page);
  await slower.goto(question);
  await slower.choose('Unauthorized');
  await slower.accounts('Sign them out and disable');
  await slower.note.fill('She is at home');
  await expect(slower.commit).toBeEnabled();

  await world.admin.post(`/v1/escalations/${question.id}/resolution`, {
    determination: 'expected',
    scope: 'organization',
    note: 'She is on a train to Kyiv',
  });
  await slower.commit.click();

  await expect(slower.main.getByRole('alert')).toContainText((await world.admins())[0]!);
  await expect(slower.resolved).toContainText('She is on a train to Kyiv');
  const { resolution } = await world.admin.escalation(question.id);
  expect(resolution?.rule_ids).toHaveLength(1);
});

test('who joined since the admin looked is not answered for unseen', async ({ open, world }) => {
  const question = await world.raise(['joey']);
  const page = await open('admin');
  await page.route('**/v1/events*', (route) => route.abort());
  const admin = new EscalationPage(page);
  await admin.goto(question);
  await admin.choose('Expected');
  await expect(admin.commit).toBeEnabled();

  const organization = question.organizations[0]!.id;
  expect((await world.report({ organization, person: 'anna', country: question.subtype! })).outcome).toBe('joined');
  await admin.commit.click();

  await expect(admin.main.getByRole('alert')).toBeVisible();
  await expect(admin.main).toContainText('anna@e2e.example');
  expect((await world.admin.escalation(question.id)).status).toBe('open');
});

test('who decides about an endpoint that another admin has just decided about reads what is under way', async ({ open, world }) => {
  const { question } = await world.isolate(['WS-1', 'WS-2']);
  const page = await open('admin');
  await page.route('**/v1/events*', (route) => route.abort());
  const slower = new EscalationPage(page);
  await slower.goto(question);
  await slower.decide('WS-1', 'Keep isolated');
  await slower.decide('WS-2', 'Keep isolated');

  const id = question.entities.items.find((item) => item.details.name === 'WS-1')!.id;
  await world.admin.post(`/v1/escalations/${question.id}/resolution`, { entities: { [id]: 'release' } });
  await slower.button('Keep 2 isolated').click();

  await expect(slower.main.getByRole('alert')).toContainText('is under way for WS-1');
  await expect(slower.entity('WS-1')).toContainText('ordered');
  await slower.button('Keep 1 isolated').click();
  await expect(slower.entity('WS-2')).toContainText('Stays isolated');
  expect((await world.admin.escalation(question.id)).status).toBe('open');
});

test('what was left as it is can be changed while the rest is under way', async ({ open, world }) => {
  const { question } = await world.isolate(['WS-1', 'WS-2']);
  const admin = new EscalationPage(await open('admin'));
  await admin.goto(question);
  await admin.decide('WS-1', 'Keep isolated');
  await admin.decide('WS-2', 'Release');
  await admin.button('Keep 1 isolated, release 1').click();
  await admin.confirm('release');

  await admin.button('Change what was left as it is').click();
  await admin.button('Change: WS-1').click();
  await admin.decide('WS-1', 'Release');
  await admin.button('Release 1').click();
  await admin.confirm('release');
  await expect(admin.entity('WS-1')).toContainText('ordered');
  await expect(admin.page.getByRole('radio')).toHaveCount(0);
  expect(await world.operator.ordered(question)).toHaveLength(2);
});
