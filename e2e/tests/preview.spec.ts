// What the page says a rule will do is what then happens, and what the server says too.
import { expect, test } from '../support/fixtures.ts';
import { EscalationPage } from '../support/pages.ts';

interface Preview {
  preview: { resolves: number[]; covers: number[]; silenced_logins: number };
}

test('an answer for the whole account resolves just what the preview listed', async ({ open, world }) => {
  const country = world.country();
  const [here, there] = [
    await world.raise(['joey', 'anna'], { country }),
    await world.raise(['ben'], { country }),
  ];
  const elsewhere = await world.raise(['joey']);

  const admin = new EscalationPage(await open('admin'));
  await admin.goto(here);
  await admin.choose('Expected');
  await admin.level(/^whole account$/i);

  const { preview } = await world.admin.post<Preview>('/v1/unwanted_access_rules/preview', {
    type: 'expected',
    country_code: country,
  });
  expect(preview.resolves).toEqual([here.id, there.id]);
  expect(preview.covers).toHaveLength(3);
  await expect(admin.consequences).toContainText(there.organizations[0]!.name);
  await expect(admin.consequences).toContainText(`${preview.silenced_logins} logins`);
  await expect(admin.consequences).not.toContainText(elsewhere.organizations[0]!.name);

  await admin.commit.click();
  await expect(admin.resolved).toBeVisible();
  expect((await world.admin.escalation(there.id)).status).toBe('resolved');
  expect((await world.admin.escalation(elsewhere.id)).status).toBe('open');
});

test('a rule for one organization leaves the others as they are', async ({ open, world }) => {
  const country = world.country();
  const [here, there] = [await world.raise(['joey'], { country }), await world.raise(['ben'], { country })];
  const admin = new EscalationPage(await open('admin'));
  await admin.goto(here);
  await admin.choose('Expected');
  await admin.level(here.organizations[0]!.name);
  await expect(admin.consequences).toContainText('1 login ');
  await expect(admin.consequences).not.toContainText(there.organizations[0]!.name);
  await admin.commit.click();
  await expect(admin.resolved).toBeVisible();
  expect((await world.admin.escalation(there.id)).status).toBe('open');
});
