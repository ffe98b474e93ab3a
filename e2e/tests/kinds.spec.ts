// Each kind of escalation that is not about logins, in a browser, from observation or request to its end.
import type { Page } from '@playwright/test';
import type { Escalation } from '../support/api.ts';
import { expect, type Open, test } from '../support/fixtures.ts';
import { EscalationPage, ListPage } from '../support/pages.ts';
import { Things } from '../support/things.ts';

/** Opens `escalation` as an account admin. */
async function opened(open: Open, escalation: Escalation, role: 'admin' | 'viewer' = 'admin'): Promise<EscalationPage> {
  const page = new EscalationPage(await open(role));
  await page.page.goto(new URL(escalation.url).pathname);
  await expect(page.page.getByRole('heading', { level: 1 })).toBeVisible();
  return page;
}

/** Chooses for one entity of several. */
async function decide(page: Page, name: string, choice: string): Promise<void> {
  const decision = page.getByRole('radiogroup', { name: `Decision about ${name}` });
  await decision.getByRole('radio', { name: choice }).check({ force: true });
}

/** The row of one entity. */
function row(page: Page, name: string) {
  return page.getByRole('main').getByRole('row').filter({ hasText: name });
}

/** Presses the button that does it, and types the word that confirms it where one is asked for. */
async function commit(page: Page, button: RegExp, word?: string): Promise<void> {
  await page.getByRole('main').getByRole('button', { name: button }).click();
  if (!word) return;
  const dialog = page.getByRole('dialog');
  await dialog.getByRole('textbox').fill(word);
  await dialog.getByRole('button', { name: button }).click();
  await expect(dialog).toBeHidden();
}

test('isolated endpoints: one is kept, one released after a remedy that failed', async ({ open, world }) => {
  const [things, organization] = [new Things(world), world.unique()];
  expect((await things.isolate(organization, 'WS-01')).outcome).toBe('pending');
  const question = await things.escalation(await things.isolate(organization, 'WS-02'));
  const [admin, viewer] = [await opened(open, question), await opened(open, question, 'viewer')];
  await expect(viewer.main.getByRole('radio')).toHaveCount(0);
  await decide(admin.page, 'WS-01', 'Keep isolated');
  await decide(admin.page, 'WS-02', 'Release');
  await expect(admin.consequences).toContainText('WS-02');
  await admin.page.getByRole('main').getByRole('button', { name: /release/i }).last().click();
  const dialog = admin.page.getByRole('dialog');
  await dialog.getByRole('textbox').fill('something else');
  await dialog.getByRole('button', { name: /release/i }).click();
  await expect(dialog).toContainText('Type “release” here');
  await dialog.getByRole('textbox').fill('release');
  await dialog.getByRole('button', { name: /release/i }).click();
  await expect(row(admin.page, 'WS-01')).toContainText('Stays isolated');
  await expect(row(viewer.page, 'WS-02')).toContainText('ordered');

  expect(await things.carryOut(question, 'The agent is offline')).toEqual(['release_host']);
  await expect(viewer.main).toContainText('The agent is offline');
  await decide(admin.page, 'WS-02', 'Release');
  await commit(admin.page, /release/i, 'release');
  await expect(row(admin.page, 'WS-02')).toContainText('ordered');
  await things.carryOut(question);
  await expect(row(admin.page, 'WS-02')).toContainText('waiting for it to be observed');
  expect((await world.admin.escalation(question.id)).status).toBe('open');
  await things.isolate(organization, 'WS-02', false);
  for (const page of [admin, viewer]) await expect(page.resolved).toContainText('by itself');
});

test('disabled antivirus: all at once, then one excluded with a reason', async ({ open, world }) => {
  const [things, organization] = [new Things(world), world.unique()];
  const hosts = ['PC-A', 'PC-B', 'PC-C'].map((host) => `${host}-${organization}`);
  for (const host of hosts) expect((await things.defender(organization, host, false, 180)).outcome).toBe('pending');
  let result;
  for (const host of hosts) result = await things.defender(organization, host, false);
  const question = await things.escalation(result!);
  const admin = await opened(open, question);
  await decide(admin.page, hosts[0]!, 'Turn it on');
  await decide(admin.page, hosts[1]!, 'Exclude, with a reason');
  await commit(admin.page, /exclude/i);
  await expect(admin.note).toHaveAttribute('aria-invalid', 'true');
  await admin.note.fill('Runs another product');
  await commit(admin.page, /exclude/i, 'exclude');
  await expect(row(admin.page, hosts[1]!)).toContainText('Excluded');
  await expect(row(admin.page, hosts[0]!)).toContainText('ordered');
  await things.carryOut(question);
  await things.defender(organization, hosts[0]!, true);
  await expect(row(admin.page, hosts[0]!)).toContainText('Protected again');
  await decide(admin.page, hosts[2]!, 'Set to Audit');
  await commit(admin.page, /audit/i);
  await expect(row(admin.page, hosts[2]!)).toContainText('ordered');
  // The question is one for the whole account, so that the demo's own endpoints are listed too.
  await things.protectAll(question);
  await expect(admin.resolved).toContainText('by itself');
});

test('an inaccessible tenant: what to do, silence that says so, and access that ends it', async ({ open, world }) => {
  const [things, organization] = [new Things(world), world.unique()];
  const application = '3f1c9a52-0b7e-4d7a-9a36-5a1c1f2f7d10';
  const error = `AADSTS700016: Application with identifier '${application}' was not found`;
  const question = await things.escalation(await things.access(organization, error));
  const admin = await opened(open, question);
  const consent = admin.main.getByRole('link', { name: /grant admin consent/i });
  await expect(consent).toHaveAttribute('href', new RegExp(`adminconsent\\?client_id=${application}$`));
  await expect(consent).toHaveAttribute('rel', /noopener/);
  await commit(admin.page, /change is made/i);
  await expect(admin.main).toContainText('Nothing is left for you to do now');
  await things.carryOut(question);
  await things.advance(61);
  await expect(admin.main).toContainText('Nothing was heard');
  await commit(admin.page, /change is made/i);
  await expect(admin.main).toContainText('Nothing is left for you to do now');
  await things.access(organization, null);
  await expect(admin.resolved).toContainText('Access to the tenant is observed again');
});

test('undelivered reports: the severity rises live, the connection is repaired, and they go out', async ({ open, world }) => {
  const [things, integration] = [new Things(world), `psa-${world.unique()}`];
  const question = await things.escalation(await things.delivery(integration, 'First', 'low', '401 Unauthorized'));
  const list = new ListPage(await open('viewer'));
  await list.goto(`?search=${integration}`);
  await expect(list.page.getByRole('row').filter({ hasText: integration })).toContainText('Low');
  await things.delivery(integration, 'Second', 'critical', '401 <b>Unauthorized</b>');
  await expect(list.page.getByRole('row').filter({ hasText: integration })).toContainText('Critical');

  const admin = await opened(open, question);
  await expect(row(admin.page, 'Second')).toContainText('401 <b>Unauthorized</b>');
  await admin.choose('It is repaired');
  await expect(admin.consequences).toContainText('test the connection');
  await commit(admin.page, /repaired|test/i);
  await expect(admin.main.getByRole('listitem').filter({ hasText: /^Under way/ })).toContainText('Test the connection');
  expect(await things.carryOut(question, 'Wrong key')).toEqual(['test_connection']);
  await expect(admin.main).toContainText('Wrong key');
  await admin.choose('It is repaired');
  await commit(admin.page, /repaired|test/i);
  expect(await things.carryOut(question)).toEqual(['test_connection']);
  expect(await things.carryOut(question)).toEqual(['send_reports']);
  await things.delivery(integration, 'First', 'low', null);
  await expect(row(admin.page, 'First')).toContainText('Gone out');
  await things.delivery(integration, 'Second', 'critical', null);
  await expect(admin.resolved).toContainText('by itself');
});

test('a false positive: allow-listed for the organization once that is confirmed and carried out', async ({ open, world }) => {
  const things = new Things(world);
  const subject = `tool-${world.unique()}.exe`;
  const question = await things.ask({
    type: 'potential_threat.false_positive',
    organization_id: 1,
    subject,
    evidence: [{ label: 'SHA-256', value: 'a1'.repeat(32) }],
  });
  const admin = await opened(open, question);
  await expect(admin.main).toContainText('a1'.repeat(32));
  await admin.choose('Allow-list it');
  await commit(admin.page, /allow-list/i);
  await expect(admin.main.getByRole('alert').first()).toBeVisible();
  await admin.level('This organization');
  await commit(admin.page, /allow-list/i, 'allow');
  await expect(admin.main).toContainText('Under way');
  expect(await things.carryOut(question)).toEqual(['allow_list_application']);
  await expect(admin.resolved).toContainText('Allow-list it');
});

test('more information: a path is checked while it is typed, and sent when it is right', async ({ open, world }) => {
  const things = new Things(world);
  const question = await things.ask({
    type: 'potential_threat.more_information',
    subject: `Task ${world.unique()}`,
    question: 'Where is the file?',
    fields: [{ slug: 'path', label: 'Path', type: 'windows_path', required: true }],
  });
  const admin = await opened(open, question);
  const path = admin.main.getByRole('textbox', { name: 'Path' });
  await path.fill('agent.exe');
  await path.blur();
  await expect(admin.main).toContainText('begin with a drive');
  await path.fill('C:\\Tools\\agent.exe');
  await expect(admin.main).not.toContainText('begin with a drive');
  await commit(admin.page, /send 1 detail/i);
  await expect(admin.resolved).toContainText('C:\\Tools\\agent.exe');
});

test('a question: one admin chooses, the details are left to the next', async ({ open, world }) => {
  const things = new Things(world);
  const question = await things.ask({
    type: 'provider.question',
    subject: `Transfer ${world.unique()}`,
    question: 'Is this yours?',
    choices: [
      { slug: 'yes', label: 'Yes, ours' },
      { slug: 'no', label: 'No' },
    ],
    fields: [{ slug: 'program', label: 'Which program?', type: 'text', required: true }],
  });
  const first = await opened(open, question);
  await first.choose('Yes, ours');
  await first.main.getByRole('button', { name: /leave the details/i }).click();
  await expect(first.main.getByRole('radio')).toHaveCount(0);
  const second = await opened(open, question);
  await expect(second.main).toContainText('Yes, ours');
  await second.main.getByRole('textbox', { name: 'Which program?' }).fill('Backup 7');
  await commit(second.page, /send/i);
  await expect(second.resolved).toContainText('Backup 7');
  await expect(first.resolved).toBeVisible();
});

test('a question that is taken back says why, live, for everybody', async ({ open, world }) => {
  const things = new Things(world);
  const question = await things.ask({
    type: 'provider.question',
    subject: `\u202eReversed <img src=x onerror=alert(1)> ${world.unique()}`,
    question: 'Is this yours?',
    choices: [
      { slug: 'yes', label: '<b>Yes</b>' },
      { slug: 'no', label: '=NO()' },
    ],
  });
  const viewer = await opened(open, question, 'viewer');
  await expect(viewer.page.getByRole('heading', { level: 1 })).toHaveText(/^Reversed <img src=x onerror=alert\(1\)> \d+$/);
  await expect(viewer.main.getByText(/Only account admins can answer/)).toBeVisible();
  await world.operator.post(`/v1/escalations/${question.id}/withdrawal`, { reason: 'Found it in the logs' });
  await expect(viewer.main.getByRole('region', { name: 'Withdrawn' })).toContainText('Found it in the logs');
});
