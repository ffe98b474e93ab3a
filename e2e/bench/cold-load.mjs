// `node bench/cold-load.mjs BASE_URL SIGN_IN_URL RUNS`: how long a page with an empty cache takes to its first paint and
// to its first list, beside a navigation to an answer of next to nothing. Prints medians in milliseconds as JSON.
import { chromium } from '@playwright/test';
import { chromium as options } from '../support/chromium.mjs';

const [baseUrl, signIn, runs] = process.argv.slice(2);
const browser = await chromium.launch(options);

/** Signs in once; what follows only needs the cookie. */
async function session() {
  const context = await browser.newContext({ baseURL: baseUrl });
  const page = await context.newPage();
  await page.goto(signIn);
  await page.locator('tbody tr').first().waitFor();
  const state = await context.storageState();
  await context.close();
  return state;
}

/** Opens `path` in a new browser profile and returns what the page itself measured, from the start of navigation. */
async function load(path, storageState, slowdown) {
  const context = await browser.newContext({ baseURL: baseUrl, storageState });
  const page = await context.newPage();
  if (slowdown) {
    const cdp = await context.newCDPSession(page);
    await cdp.send('Emulation.setCPUThrottlingRate', { rate: slowdown });
  }
  await page.addInitScript(() => {
    new MutationObserver((_, observer) => {
      if (document.querySelector('tbody tr')) {
        observer.disconnect();
        requestAnimationFrame(() => setTimeout(() => (window.firstList = performance.now())));
      }
    }).observe(document, { childList: true, subtree: true });
  });
  await page.goto(path);
  if (path !== '/healthz') await page.waitForFunction(() => window.firstList);
  const measured = await page.evaluate(() => ({
    nothing: performance.getEntriesByType('navigation')[0].loadEventEnd,
    paint: performance.getEntriesByName('first-contentful-paint')[0]?.startTime ?? 0,
    list: window.firstList ?? 0,
  }));
  await context.close();
  return measured;
}

function median(values) {
  return values.sort((one, other) => one - other)[Math.floor(values.length / 2)];
}

const state = await session();
const loads = { empty: [], cold: [], slow: [] };
for (let run = 0; run < Number(runs); run++) {
  loads.empty.push(await load('/healthz', state));
  loads.cold.push(await load('/escalations', state));
  loads.slow.push(await load('/escalations', state, 4));
}
await browser.close();
console.log(
  JSON.stringify({
    nothing: median(loads.empty.map((one) => one.nothing)),
    paint: median(loads.cold.map((one) => one.paint)),
    list: median(loads.cold.map((one) => one.list)),
    slow_list: median(loads.slow.map((one) => one.list)),
  }),
);
