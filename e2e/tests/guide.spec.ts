// The host that docs/EMBEDDING.md shows for Node, as it stands there but for its addresses.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { expect, test } from '../support/fixtures.ts';

interface Embeds {
  embeds: { public_id: string }[];
  module: { url: string; integrity: string };
}

/** Finds a port that nobody uses. */
async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return port;
}

test('the Node host of the guide shows the panel to whom it knows', async ({ browser, server, world }) => {
  const guide = await readFile(join(import.meta.dirname, '../../docs/EMBEDDING.md'), 'utf8');
  const [, code] = /```js\n([^]*?)```/.exec(guide)!;
  const port = await freePort();
  const origin = `http://localhost:${port}`;
  await world.admin.post('/v1/embeds', { name: 'Guide', origins: [origin], mode: 'view' });
  const { embeds, module } = await world.admin.get<Embeds>('/v1/embeds');
  const changes = [
    ['https://beckon.example', world.demo.base_url],
    ['https://portal.example', origin],
    ["'emb_…'", `'${embeds[0]!.public_id}'`],
    ['listen(3000)', `listen(${port}, '127.0.0.1', () => console.log('listening'))`],
  ] as const;
  const script = changes.reduce((text, [from, to]) => {
    expect(text, from).toContain(from);
    return text.replaceAll(from, to);
  }, code!);
  const path = await server.file('host.mjs', script);
  const env = { ...process.env, BECKON_KEY: world.account.keys.admin, BECKON_MODULE: module.url, BECKON_INTEGRITY: module.integrity };
  const host = spawn(process.execPath, [path], { env, stdio: ['ignore', 'pipe', 'inherit'] });
  try {
    await once(createInterface({ input: host.stdout }), 'line');
    const context = await browser.newContext();
    const page = await context.newPage();
    await page.goto(origin);
    const panel = page.frameLocator('beckon-escalations iframe');
    await expect(panel.getByText('This panel has ended')).toBeVisible();
    await context.addCookies([{ name: 'demo', value: 'priya', url: origin }]);
    await panel.getByRole('button', { name: 'Open it again' }).click();
    await expect(panel.getByRole('heading', { level: 1, name: 'Escalations' })).toBeVisible();
    await context.close();
  } finally {
    host.kill('SIGTERM');
    await once(host, 'exit');
  }
});
