// Each kind of the catalogue but the logins, from what was observed or asked to its resolution, in front of an admin.
import { expect, test } from '../support/fixtures.ts';
import { EscalationPage } from '../support/pages.ts';

test('protection off: one is turned on, one is excluded with a reason, and it resolves when the first reports', async ({ open, world }) => {
  // One question is for a whole account: in the other account nobody asks it.
  const account = world.otherAccount;
  const organization_id = world.unique();
  const report = (hostname: string, on: boolean, minutesAgo = 0) => {
    const endpoint = { id: `${hostname}-${organization_id}`, hostname, os: 'Windows 11' };
    const status = { managed_antivirus: 'enforce', real_time_protection: on };
    return world.observe({ type: 'defender_status', organization_id, endpoint, ...status }, minutesAgo, account.id);
  };
  await report('WS-ON', false, 180);
  await report('WS-OUT', false, 180);
  const raised = await report('WS-ON', false);
  expect(raised.outcome).toBe('raised');
  await report('WS-OUT', false);

  const page = await open('admin', {}, account);
  const admin = new EscalationPage(page);
  await page.goto(`/escalations/${raised.escalation_id}`);
  await expect(admin.entity('WS-OUT')).toBeVisible();
  await admin.decide('WS-ON', 'Turn it on');
  await admin.decide('WS-OUT', 'Exclude');
  await expect(admin.consequences).toContainText('Turn protection on for');
  await expect(admin.consequences).toContainText('stays unprotected');
  const commit = admin.button('Turn protection on for 1, exclude 1');
  await commit.click();
  await expect(admin.main.getByRole('alert')).toContainText('needs a reason');
  await expect(admin.note).toBeFocused();
  await admin.note.fill('It is retired on Friday');
  await commit.click();

  const dialog = page.getByRole('dialog');
  await expect(dialog.getByRole('heading')).toContainText('exclude 1?');
  await dialog.getByRole('textbox').fill('yes');
  await page.keyboard.press('Enter');
  await expect(dialog.getByRole('alert')).toContainText('exclude');
  await admin.confirm('exclude');

  await expect(admin.entity('WS-OUT')).toContainText('Excluded');
  await expect(admin.entity('WS-ON')).toContainText('ordered');
  await expect(commit).toBeHidden();
  const escalation = { id: raised.escalation_id! } as Parameters<typeof world.onlyRemedy>[0];
  await world.carryOut(await world.onlyRemedy(escalation));
  await expect(admin.entity('WS-ON')).toContainText('waiting for its report');
  await report('WS-ON', true);
  await expect(admin.entity('WS-ON')).toContainText('Protected again');
  await expect(admin.resolved).toContainText('Resolved by itself');
});

test('several isolated: one is kept, the other released at the second attempt', async ({ open, world }) => {
  const { question, releases } = await world.isolate(['WS-KEEP', 'WS-FREE']);
  const admin = new EscalationPage(await open('admin'));
  await admin.goto(question);
  await admin.decide('WS-KEEP', 'Keep isolated');
  await expect(admin.consequences).toContainText('Leave 1 undecided');
  await admin.decide('WS-FREE', 'Release');
  await admin.button('Keep 1 isolated, release 1').click();
  await admin.confirm('release');
  await expect(admin.entity('WS-KEEP')).toContainText('Stays isolated');
  await expect(admin.entity('WS-FREE')).toContainText('ordered');
  await expect(admin.card).toContainText('Nothing is left for you to do now');

  await world.carryOut(await world.onlyRemedy(question), 'WS-FREE does not answer');
  await expect(admin.card.getByRole('alert')).toContainText('WS-FREE does not answer');
  await expect(admin.entity('WS-FREE')).toContainText('failed');
  await admin.decide('WS-FREE', 'Release');
  await admin.button('Release 1').click();
  await admin.confirm('release');
  await world.carryOut(await world.onlyRemedy(question));
  await expect(admin.entity('WS-FREE')).toContainText('waiting for it to be observed');
  await releases('WS-FREE');
  await expect(admin.entity('WS-FREE')).toContainText('Released');
  await expect(admin.resolved).toBeVisible();
});

test('one choice for all, by the keyboard alone', async ({ open, world }) => {
  const { question } = await world.isolate(['WS-1', 'WS-2', 'WS-3']);
  const admin = new EscalationPage(await open('admin'));
  const { keyboard } = admin.page;
  await admin.goto(question);
  await expect(admin.entity('WS-3')).toBeVisible();
  await keyboard.press('1');
  await expect(admin.button('Keep 3 isolated')).toBeVisible();
  await keyboard.press('Control+Enter');
  await expect(admin.resolved).toBeVisible();
  expect((await world.admin.escalation(question.id)).resolution?.method).toBe('direct');
});

test('a tenant that cannot be read: done, unheard, done again, observed', async ({ open, world }) => {
  const organization_id = world.unique();
  const tenant_id = `00000000-0000-4000-8000-000000${organization_id}`;
  const application = '8a3c55d2-71b4-4f0e-9f6c-2d1f5c7e9a10';
  const error = `AADSTS700016: Application with identifier '${application}' was not found in the directory.`;
  const access = (error: string | null) => world.observe({ type: 'tenant_access', organization_id, tenant_id, error });
  const question = await world.admin.escalation((await access(error)).escalation_id!);

  const admin = new EscalationPage(await open('admin'));
  await admin.goto(question);
  await expect(admin.entity(tenant_id)).toContainText(error);
  const consent = admin.card.getByRole('link', { name: /Grant admin consent/ });
  await expect(consent).toHaveAttribute('href', new RegExp(`^https://login.microsoftonline.com/${tenant_id}/adminconsent`));
  await expect(consent).toHaveAttribute('rel', 'noopener');
  const done = admin.button('Say that the change is made');
  await done.click();
  await expect(done).toBeHidden();
  await expect(admin.card).toContainText('Under way');
  await world.carryOut(await world.onlyRemedy(question));
  await expect(admin.card).toContainText('Done');

  await world.turn(65);
  await expect(admin.card.getByRole('alert')).toContainText('Nothing was heard');
  await done.click();
  await expect(done).toBeHidden();
  await world.carryOut(await world.onlyRemedy(question));
  await access(null);
  await expect(admin.resolved).toContainText('Resolved by itself');
  await expect(admin.entity(tenant_id)).toContainText('Can be read again');
});

test('a command of the instructions can be copied', async ({ open, world }) => {
  const organization_id = world.unique();
  const error = "AADSTS7000112: Application '8a3c55d2-71b4-4f0e-9f6c-2d1f5c7e9a10' is disabled.";
  const tenant_id = `00000000-0000-4000-8000-000000${organization_id}`;
  const question = await world.asked({ type: 'tenant_access', organization_id, tenant_id, error });
  const admin = new EscalationPage(await open('admin', { permissions: ['clipboard-read', 'clipboard-write'] }));
  await admin.goto(question);
  await admin.button('Copy').click();
  await expect(admin.button('Copied')).toBeVisible();
  await expect(admin.page.getByRole('status').filter({ hasText: 'Copied' })).toBeAttached();
  const copied = await admin.page.evaluate(() => navigator.clipboard.readText());
  expect(copied).toContain("appId eq '8a3c55d2-71b4-4f0e-9f6c-2d1f5c7e9a10'");
});

test('reports that do not go out: one turns it critical live; repaired, tested, sent', async ({ open, world }) => {
  const organization_id = world.unique();
  // One question is for one integration of the account, so each run has its own.
  const integration = `psa-${organization_id}`;
  const report = (title: string, severity: string, error: string | null) => {
    const report = { id: `${title}-${organization_id}`, title, severity };
    return world.observe({ type: 'report_delivery', organization_id, report, integration, error });
  };
  const first = await report('Odd extension', 'low', '401 Unauthorized');
  const question = await world.admin.escalation(first.escalation_id!);
  const admin = new EscalationPage(await open('admin'));
  await admin.goto(question);
  await expect(admin.entity('Odd extension')).toContainText('401 Unauthorized');
  await report('Files encrypted', 'critical', '401 Unauthorized');
  await expect(admin.entity('Files encrypted')).toContainText('Critical');
  await expect(admin.timeline).toContainText('Severity raised to critical');

  await admin.choose('It is repaired');
  await expect(admin.consequences).toContainText('We test the connection');
  await admin.button('Say that it is repaired').click();
  await expect(admin.card).toContainText('Test the connection');
  const test = await world.onlyRemedy(question);
  expect(test.action).toBe('test_connection');
  await world.carryOut(test);
  await expect(admin.card).toContainText('Send the failed reports again');
  const send = await world.onlyRemedy(question);
  expect(send.action).toBe('send_reports');
  await world.carryOut(send);
  await report('Odd extension', 'low', null);
  await expect(admin.entity('Odd extension')).toContainText('Gone out');
  await report('Files encrypted', 'critical', null);
  await expect(admin.resolved).toContainText('Resolved by itself');
});

test('a false positive is allow-listed for one organization, once the word is typed', async ({ open, world }) => {
  const question = await world.request({
    type: 'potential_threat.false_positive',
    organization_id: (await world.raise()).organizations[0]!.id,
    subject: 'invoicer.exe',
    evidence: [{ label: 'Signer', value: 'Tailspin Toys Ltd' }],
  });
  const admin = new EscalationPage(await open('admin'));
  await admin.goto(question);
  await expect(admin.main).toContainText('Tailspin Toys Ltd');
  await admin.choose('Allow-list it');
  const commit = admin.button('Allow-list it');
  await commit.click();
  await expect(admin.card.getByRole('alert')).toContainText('Required');
  await admin.level('This organization');
  await commit.click();
  const dialog = admin.page.getByRole('dialog');
  await expect(dialog).toContainText('runs there without being looked at again');
  await admin.page.keyboard.press('Escape');
  await expect(dialog).toBeHidden();
  await expect(admin.resolved).toBeHidden();
  await commit.click();
  await admin.confirm('allow');

  const remedy = await world.onlyRemedy(question);
  expect(remedy.parameters).toMatchObject({ scope: 'organization' });
  await expect(admin.card).toContainText('Under way');
  await world.carryOut(remedy);
  await expect(admin.resolved).toContainText('Allow-list it');
  await expect(admin.resolved).toContainText('This organization');
});

test('details are checked while they are filled in', async ({ open, world }) => {
  const question = await world.request({
    type: 'potential_threat.more_information',
    subject: 'A task that starts a deleted program',
    question: 'Where did it lie?',
    fields: [
      { slug: 'path', label: 'Path', type: 'windows_path', required: true },
      { slug: 'hash', label: 'Hash', type: 'sha256' },
    ],
  });
  const admin = new EscalationPage(await open('admin'));
  await admin.goto(question);
  const path = admin.card.getByRole('textbox', { name: 'Path' });
  await admin.button('Send 2 details').click();
  await expect(admin.card.getByRole('alert')).toContainText('Required, and missing');
  await expect(path).toBeFocused();
  await path.fill('agent.exe');
  await expect(admin.card.getByRole('alert')).toContainText('begin with a drive');
  await expect(path).toHaveAttribute('aria-invalid', 'true');
  await path.fill('"C:\\Tools\\agent.exe"');
  await expect(admin.card.getByRole('alert')).toHaveCount(0);
  await admin.card.getByRole('textbox', { name: /Hash/ }).fill('a1');
  await admin.note.focus();
  await expect(admin.card.getByRole('alert')).toContainText('2 digits');
  await admin.card.getByRole('textbox', { name: /Hash/ }).fill('');
  await admin.page.keyboard.press('Control+Enter');
  await expect(admin.resolved).toContainText('C:\\Tools\\agent.exe');
  const { answer } = await world.admin.escalation(question.id);
  expect(answer?.fields).toEqual({ path: 'C:\\Tools\\agent.exe' });
});

test('a question in two steps: one admin chooses, and in another browser the details are given', async ({ open, world }) => {
  const question = await world.request({
    type: 'provider.question',
    subject: 'Backup traffic at night',
    question: 'Is this transfer yours?',
    choices: [{ slug: 'yes', label: 'Yes, ours' }, { slug: 'no', label: 'No' }],
    fields: [{ slug: 'program', label: 'Which program?', type: 'text', required: true }],
  });
  const first = new EscalationPage(await open('admin'));
  const second = new EscalationPage(await open('admin'));
  await first.goto(question);
  await second.goto(question);
  await first.choose('Yes, ours');
  await expect(first.button('Answer “Yes, ours”')).toBeVisible();
  await first.button(/leave the details/).click();

  await expect(second.main.getByRole('list', { name: 'Steps' })).toContainText((await world.admins())[0]!);
  await expect(second.page.getByRole('radio')).toHaveCount(0);
  await second.card.getByRole('textbox', { name: 'Which program?' }).fill('Veeam');
  await second.button('Send 1 detail').click();
  for (const page of [first, second]) {
    await expect(page.resolved).toContainText('Yes, ours');
    await expect(page.resolved).toContainText('Veeam');
  }
});

test('a question that is taken back says why, live', async ({ open, world }) => {
  const question = await world.request({
    type: 'provider.question',
    subject: 'A call that nobody made',
    question: 'Did you call us?',
    choices: [{ slug: 'yes', label: 'Yes' }, { slug: 'no', label: 'No' }],
  });
  const viewer = new EscalationPage(await open('viewer'));
  await viewer.goto(question);
  await expect(viewer.main.getByText(/Only account admins can answer/)).toBeVisible();
  await world.operator.post(`/v1/escalations/${question.id}/withdrawal`, { reason: 'It was somebody else' });
  await expect(viewer.resolved).toContainText('Withdrawn');
  await expect(viewer.resolved).toContainText('It was somebody else');
});

test('a viewer reads along in every state, and can press nothing', async ({ open, world }) => {
  const { question } = await world.isolate(['WS-A', 'WS-B']);
  const viewer = new EscalationPage(await open('viewer'));
  await viewer.goto(question);
  const pressesNothing = async () => {
    await expect(viewer.page.getByRole('radio')).toHaveCount(0);
    await expect(viewer.card.getByRole('button')).toHaveCount(0);
    await expect(viewer.page.getByRole('textbox')).toHaveCount(0);
  };
  await expect(viewer.entity('WS-A')).toContainText('Isolated');
  await pressesNothing();

  const { items } = question.entities;
  const id = items.find((item) => item.details.name === 'WS-A')!.id;
  const other = items.find((item) => item.details.name === 'WS-B')!.id;
  const answer = { entities: { [id]: 'release', [other]: 'keep_isolated' } };
  await world.admin.post(`/v1/escalations/${question.id}/resolution`, answer);
  await expect(viewer.entity('WS-A')).toContainText('ordered');
  await pressesNothing();

  await world.carryOut(await world.onlyRemedy(question), 'It does not answer');
  await expect(viewer.card.getByRole('alert')).toContainText('It does not answer');
  await expect(viewer.main.getByText(/Only account admins can answer/)).toBeVisible();
  await pressesNothing();
});

test('names, titles and errors of others are text, whatever is in them', async ({ open, world }) => {
  const hostname = '<img src=x onerror=alert(1)>';
  const { question } = await world.isolate([hostname, 'שרת-01'], '<b>Bold</b> “title”');
  const admin = new EscalationPage(await open('admin'));
  await admin.page.goto(`/escalations/${question.id}`);
  await expect(admin.entity(hostname)).toBeVisible();
  await expect(admin.entity('שרת-01').locator('bdi').first()).toHaveText('שרת-01');
  await expect(admin.page.getByRole('heading', { level: 1 })).toContainText('<b>Bold</b>');
  await admin.decide(hostname, 'Keep isolated');
  await expect(admin.consequences).toContainText(hostname);
  await expect(admin.main.locator('img, b')).toHaveCount(0);
});

test('the list says in which state each one is', async ({ open, world }) => {
  const { question } = await world.isolate(['WS-X', 'WS-Y'], `Incident ${world.unique()}`);
  const page = await open('admin');
  const title = /Incident \d+/.exec(question.subject)![0];
  await page.goto(`/escalations?search=${encodeURIComponent(title)}`);
  const row = page.getByRole('row').filter({ hasText: title });
  await expect(row).toContainText('Waiting for you');
  await world.admin.post(`/v1/escalations/${question.id}/resolution`, { answer: 'release' });
  await expect(row).toContainText('Under way');
  const [remedy] = await world.operator.ordered(question);
  await world.carryOut(remedy!, 'It does not answer');
  await expect(row).toContainText('Needs you again');
});
