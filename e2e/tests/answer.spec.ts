// An account admin answers, and what the answer says happens, in front of everybody who looks.
import { expect, test } from '../support/fixtures.ts';
import { EscalationPage, ListPage } from '../support/pages.ts';

test('expected for the organization: it resolves, live for a viewer, and the next login asks nobody', async ({ open, world }) => {
  const question = await world.raise(['joey', 'anna']);
  const organization = question.organizations[0]!;
  const [admin, viewer] = [new EscalationPage(await open('admin')), new EscalationPage(await open('viewer'))];
  await admin.goto(question);
  await viewer.goto(question);
  await expect(viewer.resolved).toBeHidden();

  await admin.choose('Expected');
  await admin.level(organization.name);
  await admin.note.fill('Opening an office there, ticket 8817');
  await expect(admin.consequences).toContainText(organization.name);
  await admin.commit.click();

  await expect(admin.resolved).toBeVisible();
  for (const page of [admin, viewer]) {
    await expect(page.resolved).toContainText((await world.admins())[0]!);
    await expect(page.timeline).toContainText('Opening an office there, ticket 8817');
  }
  expect((await world.admin.escalation(question.id)).resolution?.method).toBe('rule');
  const next = await world.report({ organization: organization.id, person: 'ben', country: question.subtype! });
  expect(next.outcome).toBe('expected');
});

test('expected for these people alone: one rule each, and somebody else is asked about again', async ({ open, world }) => {
  const question = await world.raise(['joey', 'anna']);
  const organization = question.organizations[0]!.id;
  const admin = new EscalationPage(await open('admin'));
  await admin.goto(question);
  await admin.choose('Expected');
  await admin.level(/^these 2 people$/i);
  await admin.commit.click();
  await expect(admin.resolved).toBeVisible();

  expect((await world.admin.escalation(question.id)).resolution?.rule_ids).toHaveLength(2);
  const outcome = async (person: string) =>
    (await world.report({ organization, person, country: question.subtype! })).outcome;
  expect(await outcome('joey')).toBe('expected');
  expect(await outcome('ben')).toBe('raised');
});

test('dismiss makes no rule: the next login asks again', async ({ open, world }) => {
  const question = await world.raise(['joey']);
  const organization = question.organizations[0]!.id;
  const admin = new EscalationPage(await open('admin'));
  await admin.goto(question);
  await admin.choose('Dismiss for now');
  await admin.commit.click();
  await expect(admin.resolved).toBeVisible();

  const again = await world.report({ organization, person: 'joey', country: question.subtype! });
  expect(again.outcome).toBe('raised');
  expect(again.escalation_id).not.toBe(question.id);
});

test('unauthorized asks what becomes of the accounts, and disables nobody unless told', async ({ open, world }) => {
  const question = await world.raise(['joey']);
  const admin = new EscalationPage(await open('admin'));
  await admin.goto(question);
  await admin.choose('Unauthorized');
  await admin.commit.click();
  await expect(admin.main.getByRole('alert')).toContainText('leave the accounts alone');
  expect((await world.admin.escalation(question.id)).status).toBe('open');

  await admin.accounts('Leave their accounts alone');
  await expect(admin.consequences).toContainText('nobody is disabled');
  await admin.commit.click();
  await expect(admin.resolved).toBeVisible();

  const { timeline } = await world.admin.get<{ timeline: { event: string }[] }>(
    `/v1/escalations/${question.id}/timeline?limit=500`,
  );
  expect(timeline.map((entry) => entry.event)).not.toContain('remedy_ordered');
});

test('a new question appears in an open list, and leaves it when it is answered elsewhere', async ({ open, world }) => {
  const person = `joey-${world.unique()}`;
  const list = new ListPage(await open('viewer'));
  await list.goto(`?search=${person}`);
  await expect(list.search).toHaveValue(person);

  const question = await world.raise([person]);
  await expect(list.row(question)).toBeVisible();
  await world.admin.post(`/v1/escalations/${question.id}/resolution`, {});
  await expect(list.row(question)).toBeHidden();
});

test('a row that somebody else answers says by whom before it leaves', async ({ open, world }) => {
  const person = `joey-${world.unique()}`;
  const [question, other] = [await world.raise([person]), await world.raise([person])];
  const list = new ListPage(await open('viewer'));
  await list.goto(`?search=${person}`);
  await expect(list.row(other)).toBeVisible();
  await world.admin.post(`/v1/escalations/${question.id}/resolution`, {});
  await expect(list.page.getByRole('row').filter({ has: list.row(question) })).toContainText('Dismissed · ');
  await expect(list.row(question)).toBeHidden();
  await expect(list.row(other)).toBeVisible();
});
