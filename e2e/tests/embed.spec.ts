// Beckon inside a portal on another site.
import type { Browser, FrameLocator, Page } from '@playwright/test';
import type { BeckonEscalations, BeckonTheme } from '../../server/src/embed_module/beckon-escalations.js';
import { BLOCKED, expect, test } from '../support/fixtures.ts';
import { Portal, type PanelOptions } from '../support/portal.ts';
import type { World } from '../support/world.ts';

// Roles change here, and the clock is turned.
test.use({ untouched: 'embed' });

const PEOPLE = { admin: 'priya@northwind.example', viewer: 'ines@northwind.example', nobody: 'dana@contosodental.example' };

interface Heard {
  type: string;
  detail: Record<string, unknown> | null;
}

async function open(
  browser: Browser,
  portal: Portal,
  user: string | null,
  path = '/',
  before: (page: Page) => Promise<void> = async () => {},
): Promise<[Page, FrameLocator]> {
  portal.user = user;
  const context = await browser.newContext();
  const page = await context.newPage();
  await before(page);
  await page.goto(portal.page(path));
  return [page, page.frameLocator('beckon-escalations iframe')];
}

async function heard(page: Page, type: string): Promise<Heard[]> {
  const all = await page.evaluate(() => (window as unknown as { heard: Heard[] }).heard);
  return all.filter((one) => one.type === type);
}

async function withPortal(world: World, options: PanelOptions, does: (portal: Portal) => Promise<void>): Promise<void> {
  const portal = await Portal.start(world.admin, options);
  try {
    await does(portal);
  } finally {
    await world.admin.call('DELETE', `/v1/embeds/${portal.embed.public_id}`);
    await portal.stop();
  }
}

test('an embed is set up on its page, and what it says opens a panel', async ({ browser, open: signIn, world }) => {
  const page = await signIn('admin');
  await page.goto('/embeds');
  await page.getByRole('link', { name: 'Add an embed' }).click();
  await page.getByLabel('Name').fill('Set up by hand');
  await page.getByLabel('Pages that show it').fill('portal.example');
  await page.getByRole('button', { name: 'Add the embed' }).click();
  await expect(page.getByRole('alert').filter({ hasText: 'an origin such as' })).toBeVisible();
  await withPortal(world, {}, async (portal) => {
    await page.getByLabel('Pages that show it').fill(portal.origin);
    await page.getByRole('radio', { name: 'Show only' }).check({ force: true });
    await page.getByRole('radio', { name: 'Dark' }).check({ force: true });
    await page.getByRole('button', { name: 'Add the embed' }).click();
    await expect(page).toHaveURL(/\/embeds\/emb_/);
    const code = await page.locator('.snippet code').first().innerText();
    expect(code).toContain(portal.module.url);
    expect(code).toContain(portal.module.integrity);
    portal.embed.public_id = /embed="([^"]+)"/.exec(code)![1]!;
    const [other, panel] = await open(browser, portal, PEOPLE.admin);
    await expect(panel.getByRole('heading', { level: 1, name: 'Escalations' })).toBeVisible();
    expect(await panel.locator('html').evaluate((html) => getComputedStyle(html).colorScheme)).toBe('dark');
    await other.context().close();
  });
  await page.goto('/embeds');
  await expect(page.getByRole('listitem').filter({ hasText: 'Set up by hand' })).toHaveCount(0);
});

test('an admin sees the questions in a portal and answers one', async ({ browser, world }) => {
  const question = await world.raise(['joey']);
  await withPortal(world, {}, async (portal) => {
    const [page, panel] = await open(browser, portal, PEOPLE.admin);
    await expect(panel.getByRole('heading', { level: 1, name: 'Escalations' })).toBeVisible();
    await expect.poll(() => heard(page, 'ready')).toHaveLength(1);
    await panel.getByRole('link', { name: question.subject }).first().click();
    await expect(panel.getByRole('heading', { level: 1 })).toContainText(question.subject);
    await expect.poll(async () => (await heard(page, 'navigate')).at(-1)?.detail).toMatchObject({ escalation: question.id });
    expect(page.url()).toBe(portal.page());

    await panel.getByRole('radio', { name: 'Expected' }).check();
    await panel.getByRole('button', { name: /resolve$/ }).click();
    const dialog = panel.getByRole('dialog', { name: 'Send this answer?' });
    await expect(dialog).toContainText('Priya Raman');
    await expect(dialog).toContainText(portal.origin);
    expect((await world.admin.escalation(question.id)).status).toBe('open');
    await expect(async () => {
      await dialog.getByRole('button', { name: 'Send the answer' }).press('Enter', { timeout: 1_000 });
      await expect(dialog).toBeHidden({ timeout: 500 });
    }).toPass();
    await expect.poll(async () => (await world.admin.escalation(question.id)).status).toBe('resolved');
    // The height follows what is shown, and nothing was kept in the browser.
    const sizes = await heard(page, 'resize');
    expect(sizes.length).toBeGreaterThan(0);
    expect(await page.context().cookies()).toEqual([]);
    await page.context().close();
  });
});

test('a viewer reads, and an organization user is told whom to ask', async ({ browser, world }) => {
  const question = await world.raise(['joey']);
  await withPortal(world, {}, async (portal) => {
    const [page, panel] = await open(browser, portal, PEOPLE.viewer);
    await panel.getByRole('link', { name: question.subject }).first().click();
    await expect(panel.getByText('Only account admins can answer')).toBeVisible();
    await expect(panel.getByRole('button', { name: /resolve$/ })).toHaveCount(0);
    await page.context().close();

    const [other, blocked] = await open(browser, portal, PEOPLE.nobody);
    await expect(blocked.getByRole('heading', { name: BLOCKED })).toBeVisible();
    await expect(blocked.getByText((await world.admins())[0]!)).toBeVisible();
    await expect(blocked.getByText(question.subject)).toHaveCount(0);
    await other.context().close();
  });
});

test('a panel that shows, and a question that presses too much, lead to Beckon itself', async ({ browser, world }) => {
  const pressing = await world.request({ type: 'provider.question', severity: 'high', subject: 'Traffic on the bridge', question: 'Yours?', choices: [{ slug: 'yes', label: 'Yes' }, { slug: 'no', label: 'No' }] });
  for (const options of [{ mode: 'view' }, { respond_up_to: 'low' }] as const) {
    await withPortal(world, options, async (portal) => {
      const [page, panel] = await open(browser, portal, PEOPLE.admin);
      await panel.getByRole('link', { name: pressing.subject }).first().click();
      const link = panel.getByRole('link', { name: 'Open it in Beckon' });
      await expect(link).toHaveAttribute('href', `/escalations/${pressing.id}`);
      await expect(link).toHaveAttribute('target', '_blank');
      await page.context().close();
    });
  }
});

test('what lies over the panel keeps an answer from being sent', async ({ browser, world }) => {
  const question = await world.raise(['joey']);
  await withPortal(world, {}, async (portal) => {
    const [page, panel] = await open(browser, portal, PEOPLE.admin, '/covered', (page) => page.clock.install());
    await panel.getByRole('link', { name: question.subject }).first().click();
    await panel.getByRole('radio', { name: 'Expected' }).check();
    await panel.getByRole('button', { name: /resolve$/ }).click();
    const dialog = panel.getByRole('dialog', { name: 'Send this answer?' });
    const send = dialog.getByRole('button', { name: 'Send the answer' });
    await expect(send).toBeVisible();
    // The cover lets clicks through: they arrive, and count for nothing, however long somebody goes on.
    for (let press = 0; press < 8; press += 1) {
      await send.click();
      await page.clock.runFor(1_000);
    }
    await expect(dialog.getByRole('alert')).toContainText('lay over');
    expect((await world.admin.escalation(question.id)).status).toBe('open');
    await page.evaluate(() => document.getElementById('cover')?.remove());
    await expect(async () => {
      await page.clock.runFor(1_000);
      await send.click({ timeout: 1_000 });
      await expect(dialog).toBeHidden({ timeout: 500 });
    }).toPass();
    await expect.poll(async () => (await world.admin.escalation(question.id)).status).toBe('resolved');
    await page.context().close();
  });
});

test('pages that are not on the list get nothing', async ({ browser, world }) => {
  await withPortal(world, { origins: ['https://portal.example'] }, async (portal) => {
    const [page, panel] = await open(browser, portal, PEOPLE.admin);
    await expect(page.getByRole('alert')).toContainText('cannot be shown', { timeout: 20_000 });
    await expect(page.getByRole('link', { name: 'Open Beckon' })).toHaveAttribute('href', new URL('/', world.demo.base_url).href);
    await expect(panel.getByRole('heading')).toHaveCount(0);
    expect(portal.codes).toEqual([]);
    await page.context().close();
  });
  // The portal itself is on the list, and what frames the portal is not.
  await withPortal(world, {}, async (portal) => {
    await withPortal(world, {}, async (around) => {
      const context = await browser.newContext();
      const page = await context.newPage();
      portal.user = PEOPLE.admin;
      around.framed = portal.page();
      await page.goto(around.page('/around'));
      const inner = page.frameLocator('iframe');
      await expect(inner.getByRole('heading', { name: 'Portal' })).toBeVisible();
      await expect(inner.getByRole('alert')).toContainText('cannot be shown', { timeout: 20_000 });
      expect(portal.codes).toEqual([]);
      await context.close();
    });
  });
});

test('whoever else says that it is the panel, or the page around it, is not heard', async ({ browser, world }) => {
  await withPortal(world, {}, async (portal) => {
    const [page, panel] = await open(browser, portal, PEOPLE.viewer);
    await expect(panel.getByRole('heading', { level: 1, name: 'Escalations' })).toBeVisible();
    // Another frame with the same page says hello: right origin, wrong source. The element answers its own frame alone.
    const frame = portal.embed.frame_url;
    await page.evaluate(async (frame) => {
      const other = document.createElement('iframe');
      const said = new Promise((resolve) => {
        window.addEventListener('message', (event) => event.source === other.contentWindow && resolve(event.data));
      });
      other.src = frame;
      document.body.append(other);
      await said;
    }, frame);
    // The other frame takes a port of the page around it, and of nobody else in the page.
    const nonce = 'portal';
    const script = `const { port1, port2 } = new MessageChannel();
      port1.onmessage = () => parent.postMessage('taken', '*');
      parent.frames[0].postMessage({ beckon: 1, type: 'connect' }, '*', [port2]);
      parent.postMessage('tried', '*');`;
    await page.evaluate(async ([script, nonce]) => {
      const heard = ((window as unknown as { said: unknown[] }).said = [] as unknown[]);
      window.addEventListener('message', (event) => heard.push(event.data));
      const stranger = document.createElement('iframe');
      stranger.srcdoc = `<script nonce="${nonce}">${script}</script>`;
      document.body.append(stranger);
    }, [script, nonce] as const);
    const said = () => page.evaluate(() => (window as unknown as { said: unknown[] }).said);
    await expect.poll(said).toContain('tried');
    // Whereas the page around it is heard, and asked for a code. What was posted before has been read by then.
    const asked = await page.evaluate(
      () =>
        new Promise((resolve) => {
          const { port1, port2 } = new MessageChannel();
          port1.onmessage = (event) => event.data.type === 'token' && resolve(event.data.reason);
          window.frames[0]!.postMessage({ beckon: 1, type: 'connect' }, '*', [port2]);
        }),
    );
    expect(asked).toBe('start');
    expect(await said()).not.toContain('taken');
    // The panel of the element goes on with the port that it has.
    await page.evaluate(() => (document.querySelector('beckon-escalations') as BeckonEscalations).open(1));
    await expect(panel.getByRole('heading', { level: 1, name: 'Escalations' })).toHaveCount(0);
    expect(portal.codes).toHaveLength(1);
    await page.context().close();
  });
});

test('a code works once, and a second time ends what it opened', async ({ browser, world }) => {
  await withPortal(world, {}, async (portal) => {
    const [page, panel] = await open(browser, portal, PEOPLE.viewer);
    await expect(panel.getByRole('heading', { level: 1, name: 'Escalations' })).toBeVisible();
    expect(portal.codes).toHaveLength(1);
    const body = { embed: portal.embed.public_id, code: portal.codes[0], origin: portal.origin };
    const again = await world.admin.call('POST', '/v1/embed_sessions/exchange', body);
    expect(again.status).toBe(401);
    // Who of the two is who is not known: the panel ends too.
    await expect(panel.getByText('This panel has ended')).toBeVisible({ timeout: 10_000 });
    await expect.poll(() => heard(page, 'session-expired')).toHaveLength(1);
    await page.context().close();
  });
});

test('another role and signing out end the panel, and it opens again as whoever one is then', async ({ browser, world }) => {
  await withPortal(world, {}, async (portal) => {
    const [page, panel] = await open(browser, portal, 'tom@northwind.example');
    await expect(panel.getByRole('heading', { level: 1, name: 'Escalations' })).toBeVisible();
    const { memberships } = await world.admin.get<{ memberships: { id: number; email: string }[] }>('/v1/memberships');
    const tom = memberships.find((one) => one.email === 'tom@northwind.example')!;
    await world.admin.call('PATCH', `/v1/memberships/${tom.id}`, { role: 'account_user' });
    await expect(panel.getByText('This panel has ended')).toBeVisible({ timeout: 10_000 });
    await panel.getByRole('button', { name: 'Open it again' }).click();
    await expect(panel.getByRole('heading', { level: 1, name: 'Escalations' })).toBeVisible();

    // The portal signs him out, and launches nothing more for him.
    portal.user = null;
    await world.admin.call('POST', '/v1/embed_sessions/end', { embed: portal.embed.public_id, user: tom.id });
    await expect(panel.getByText('This panel has ended')).toBeVisible({ timeout: 10_000 });
    await panel.getByRole('button', { name: 'Open it again' }).click();
    await expect(panel.getByText('sign in to the portal')).toBeVisible();
    await world.admin.call('PATCH', `/v1/memberships/${tom.id}`, { role: 'account_admin' });
    await page.context().close();
  });
});

test('a token is renewed before it ends, and nobody sees that', async ({ browser, world }) => {
  const question = await world.raise(['joey']);
  await withPortal(world, {}, async (portal) => {
    portal.user = PEOPLE.viewer;
    const context = await browser.newContext();
    const page = await context.newPage();
    await page.clock.install();
    await page.goto(portal.page());
    const panel = page.frameLocator('beckon-escalations iframe');
    await panel.getByRole('link', { name: question.subject }).first().click();
    const heading = panel.getByRole('heading', { level: 1 });
    await expect(heading).toContainText(question.subject);
    const marked = await heading.evaluate((element) => (element.dataset.seen = 'yes'));
    expect(marked).toBe('yes');
    await page.clock.runFor('09:00');
    await expect.poll(() => portal.reasons).toEqual(['start', 'renewal']);
    await page.clock.runFor('02:00');
    const says = async (text: string) => {
      await world.admin.post(`/v1/escalations/${question.id}/comments`, { text });
      await expect(async () => {
        await page.clock.runFor(1_000);
        await expect(panel.getByText(text).first()).toBeVisible({ timeout: 500 });
      }).toPass();
    };
    await says('Still here');
    // The computer sleeps past the token's end: everything that wants one at once gets the same.
    await page.clock.fastForward('25:00');
    await says('Back again');
    // It is the same element: nothing was shown anew.
    await expect(heading).toHaveAttribute('data-seen', 'yes');
    await expect(panel.getByText('This panel has ended')).toHaveCount(0);
    await context.close();
  });
});

test('browsers that keep nothing for other sites change nothing', async ({ world, playwright }) => {
  const { chromium } = await import('../support/chromium.mjs');
  const browser = await playwright.chromium.launch({ ...chromium, args: [...(chromium.args ?? []), '--test-third-party-cookie-phaseout', '--block-new-web-contents'] });
  await withPortal(world, {}, async (portal) => {
    portal.user = PEOPLE.viewer;
    const page = await browser.newPage();
    // Storage that throws is what a browser gives to a frame that may keep nothing.
    await page.addInitScript(() => {
      for (const name of ['localStorage', 'sessionStorage', 'indexedDB']) {
        Object.defineProperty(window, name, { get: () => { throw new DOMException('denied', 'SecurityError'); } });
      }
      Object.defineProperty(document, 'cookie', { get: () => '', set: () => { throw new DOMException('denied', 'SecurityError'); } });
    });
    await page.goto(portal.page());
    await expect(page.frameLocator('beckon-escalations iframe').getByRole('heading', { level: 1, name: 'Escalations' })).toBeVisible();
  });
  await browser.close();
});

test('how it looks follows the embed and the portal, as far as it can be read', async ({ browser, world }) => {
  await withPortal(world, { theme: { scheme: 'dark', accent: '#93a1ff', radius: 0 } }, async (portal) => {
    const [page, panel] = await open(browser, portal, PEOPLE.viewer);
    await expect(panel.getByRole('heading', { level: 1, name: 'Escalations' })).toBeVisible();
    const look = () => panel.locator('html').evaluate((html) => {
      const style = getComputedStyle(html);
      return { scheme: style.colorScheme, radius: style.getPropertyValue('--radius-m'), surface: style.getPropertyValue('--surface') };
    });
    expect(await look()).toMatchObject({ scheme: 'dark', radius: '0px' });
    // By the types that come with the element.
    const set = (theme: BeckonTheme) =>
      page.evaluate((theme) => {
        const element: BeckonEscalations = document.querySelector('beckon-escalations')!;
        element.theme = theme;
      }, theme);
    await set({ surface: '#fffbeb', text: '#1c1917', accent: '#b45309', radius: 12 });
    await expect.poll(look).toEqual({ scheme: 'light', radius: '12px', surface: '#fffbeb' });
    // Nobody can read this: the embed's own tokens stand.
    await set({ surface: '#ffffff', text: '#fefefe' });
    await expect.poll(look).toMatchObject({ scheme: 'dark', radius: '0px' });
    await page.context().close();
  });
});

test('what is removed is gone, and what is put back opens again', async ({ browser, world }) => {
  await withPortal(world, {}, async (portal) => {
    const [page, panel] = await open(browser, portal, PEOPLE.viewer);
    await expect(panel.getByRole('heading', { level: 1, name: 'Escalations' })).toBeVisible();
    await page.evaluate(() => {
      const element = document.querySelector('beckon-escalations')!;
      (window as unknown as { kept: Element }).kept = element;
      element.remove();
    });
    await expect(page.locator('iframe')).toHaveCount(0);
    await page.evaluate(() => document.body.append((window as unknown as { kept: Element }).kept));
    await expect(panel.getByRole('heading', { level: 1, name: 'Escalations' })).toBeVisible();
    expect(portal.reasons).toEqual(['start', 'start']);
    await page.context().close();
  });
});

test('the address of a panel alone says where it belongs', async ({ page, world }) => {
  await withPortal(world, {}, async (portal) => {
    await page.goto(portal.embed.frame_url);
    await expect(page.getByText('This belongs into a portal')).toBeVisible();
    await page.goto(`${world.demo.base_url}/embed/emb_nothing`);
    await expect(page.getByRole('heading', { name: 'No such panel' })).toBeVisible();
  });
});
