// What a test gets: a server that it shares with the other tests of its worker, and pages signed in as anybody.
import { type BrowserContextOptions, type Page, test as base, expect } from '@playwright/test';
import { type Demo, Server, type Role } from './server.ts';
import { World } from './world.ts';

export { expect };

/** Opens a page in a browser of its own, signed in as `role` of the tests' account, or of the other one; `null` stays
 * signed out. */
export type Open = (role: Role | null, options?: BrowserContextOptions, account?: Account) => Promise<Page>;

type Account = Demo['accounts'][number];

interface PerWorker {
  /** Names a file whose tests count on a demo that no other test has touched, and may leave it in any state: they get a
   * worker, and so a server, of their own. */
  untouched: string;
  server: Server;
  world: World;
}

interface PerTest {
  open: Open;
}

export const test = base.extend<PerTest, PerWorker>({
  untouched: ['', { option: true, scope: 'worker' }],

  server: [
    async ({}, use) => {
      const server = await Server.start();
      await use(server);
      await server.stop();
    },
    { scope: 'worker' },
  ],

  world: [
    async ({ server }, use) => {
      await use(new World(server.demo));
    },
    { scope: 'worker' },
  ],

  open: async ({ browser, world }, use) => {
    const complaints: string[] = [];
    const contexts: { close(): Promise<void> }[] = [];
    await use(async (role, options = {}, account = world.account) => {
      const context = await browser.newContext({ baseURL: world.demo.base_url, ...options });
      contexts.push(context);
      const page = await context.newPage();
      listen(page, world.demo.base_url, complaints);
      if (role) await signIn(page, account.sign_in[role], role);
      return page;
    });
    for (const context of contexts) await context.close();
    expect(complaints, 'what the browser complained about').toEqual([]);
  },
});

async function signIn(page: Page, link: string, role: Role): Promise<void> {
  await page.goto(link);
  const first = role === 'organization_user' ? BLOCKED : 'Escalations';
  await expect(page.getByRole('heading', { level: 1, name: first })).toBeVisible();
}

/** The heading of the one page that organization users get. */
export const BLOCKED = /^Escalations are for your account.s team$/;

/** Notes what no page of ours may do: break, breach its own content policy, or talk to anybody else. */
function listen(page: Page, baseUrl: string, complaints: string[]): void {
  page.on('pageerror', (error) => complaints.push(`broke: ${error.message}`));
  page.on('console', (message) => {
    // The browser reports every answer that is not a success, also those that a test asks for.
    // The tracer of the tests tries to look into the preview of a mail, where nothing may run.
    const tracer = /^Blocked script execution in '[^']*\/v1\/message_preview\.html/.test(message.text());
    const expected = tracer || message.text().startsWith('Failed to load resource') || message.text().includes('net::ERR_');
    if (message.type() === 'error' && !expected) complaints.push(`console: ${message.text()}`);
  });
  page.on('request', (request) => {
    const url = new URL(request.url());
    const ours = url.origin === new URL(baseUrl).origin || ['data:', 'blob:'].includes(url.protocol);
    if (!ours) complaints.push(`asked somebody else: ${request.url()}`);
  });
}
