// The first complete path: a real Microsoft 365 audit log becomes questions, an admin answers them in the browser, and
// the same people logging in again ask nobody.
import { readFile, writeFile } from 'node:fs/promises';
import { gunzipSync, gzipSync } from 'node:zlib';
import { expect, test } from '../support/fixtures.ts';
import { hasLog, importLog, LOG } from '../support/importer.ts';
import { EscalationPage } from '../support/pages.ts';
import type { World } from '../support/world.ts';

/** What the log justifies, counted from its distinct login records with the country database that is locked. */
const EXPECTED = [
  { subtype: 'LU', people: 1, logins: 4 },
  { subtype: 'UA', people: 2, logins: 23 },
];

test('a real log raises one question a foreign country, once, and rules settle what follows', async ({ open, world }, info) => {
  if (!hasLog) console.warn(`NOT TRIED: the real log is not at ${LOG}; set BECKON_SHARED to the folder that holds data/`);
  test.skip(!hasLog, 'the real log is not there');
  test.slow();
  const organization = world.unique();
  await world.report({ organization, person: 'somebody', country: 'NL' });

  const first = await importLog(world, organization, LOG);
  expect(first.code, first.output).toBe(0);
  expect(await found(world, organization)).toEqual(EXPECTED);

  const before = await everything(world, organization);
  const second = await importLog(world, organization, LOG);
  expect(second.code, second.output).toBe(0);
  expect(await everything(world, organization)).toEqual(before);

  const admin = new EscalationPage(await open('admin'));
  for (const question of await questions(world, organization)) {
    await admin.goto(question);
    await admin.choose('Expected');
    await admin.level(question.subtype === 'UA' ? /^these 2 people$/i : question.organizations[0]!.name);
    await admin.commit.click();
    await expect(admin.resolved).toBeVisible();
  }

  const again = info.outputPath('fresh-ids.jsonl.gz');
  const text = gunzipSync(await readFile(LOG)).toString('utf8');
  await writeFile(again, gzipSync(text.replace(/"Id": ?"/g, '$&f-')));
  const third = await importLog(world, organization, again);
  expect(third.code, third.output).toBe(0);
  expect(await questions(world, organization)).toEqual([]);
});

async function questions(world: World, organization: number) {
  return world.admin.escalations(`organization_id=${organization}&status=open`);
}

/** What was raised, by country, with how many people and logins. */
async function found(world: World, organization: number) {
  const rows = [];
  for (const { id } of await questions(world, organization)) {
    const { subtype, entities } = await world.admin.escalation(id);
    const logins = entities.items.reduce((sum, entity) => sum + entity.details.logins, 0);
    rows.push({ subtype, people: entities.items.length, logins });
  }
  return rows.sort((one, other) => String(one.subtype).localeCompare(String(other.subtype)));
}

/** All that importing the same log again must leave as it is. */
async function everything(world: World, organization: number) {
  const escalations = await world.admin.escalations(`organization_id=${organization}`);
  return Promise.all(escalations.map((one) => world.admin.escalation(one.id)));
}
