// `node bench/interaction.mjs BASE_URL SIGN_IN_URL ROUNDS`: how long a click in the list takes until the page is painted next (as
// Chromium's Event Timing tells), and until what it asked for is painted, the answer of the server included; beside a click on nothing.
// Prints the third of each four in milliseconds (75 of 100 are as quick), and how many nodes the page has, as JSON.
import { chromium } from '@playwright/test';
import { chromium as options } from '../support/chromium.mjs';

const [baseUrl, signIn, rounds] = process.argv.slice(2);
const browser = await chromium.launch(options);
const context = await browser.newContext({ baseURL: baseUrl, viewport: { width: 1440, height: 900 } });
const page = await context.newPage();
await page.addInitScript(() => {
  const links = () => [...document.querySelectorAll('.row-link')].map((link) => link.getAttribute('href')).join();
  const text = (selector, wanted) => document.querySelector(selector)?.textContent.trim() === wanted;
  /** What tells that the answer of a click is there. */
  const there = {
    nothing: () => true,
    sorted: (before) => links() !== '' && links() !== before,
    filtered: () => text('.notice-title', 'Nothing matches'),
    unfiltered: () => links() !== '',
    opened: () => document.querySelector('main h1') && !text('main h1', 'Escalations'),
    closed: () => links() !== '',
  };
  // How long each click took until the next paint, by when it came. What takes less than 16 ms is not told.
  const paints = new Map();
  new PerformanceObserver((told) => {
    for (const { name, startTime, duration } of told.getEntries()) if (name === 'click') paints.set(startTime, duration);
  }).observe({ type: 'event', durationThreshold: 16 });
  /** Waits for the next click, and then for the paint that shows its answer. */
  window.answered = (what) => {
    const before = links();
    return new Promise((resolve) => {
      const done = (began, answer) => setTimeout(() => resolve({ answer, paint: paints.get(began) ?? 16 }), 100);
      const painted = (began) => requestAnimationFrame(() => setTimeout(() => done(began, performance.now() - began)));
      const clicked = (event) => {
        removeEventListener('click', clicked, true);
        const began = event.timeStamp;
        const look = () => there[what](before) && (observer.disconnect(), painted(began), true);
        const observer = new MutationObserver(look);
        observer.observe(document, { childList: true, subtree: true, characterData: true, attributes: true });
        // After whoever hears of the click; most answers come later.
        setTimeout(look);
      };
      addEventListener('click', clicked, true);
    });
  };
});

const times = {};

/** Clicks and keeps how long that took, as one of `name`. */
async function click(name, what, locator) {
  await locator.waitFor();
  await page.evaluate((what) => void (window.result = window.answered(what)), what);
  await locator.click();
  const { answer, paint } = await page.evaluate(() => window.result);
  const kept = (times[name] ??= { answer: [], paint: [] });
  kept.answer.push(answer);
  kept.paint.push(paint);
}

// Signing in leads to the list.
await page.goto(signIn);
const rows = page.locator('.row-link');
await rows.first().waitFor();
const kind = page.getByRole('button', { name: /^Kind/ });
const sort = page.getByRole('link', { name: 'Time to answer' });
let nodes = 0;
for (let round = 0; round < Number(rounds); round++) {
  await click('nothing', 'nothing', page.getByRole('heading', { level: 1 }));
  await click('sort', 'sorted', sort);
  nodes = Math.max(nodes, await page.evaluate(() => document.querySelectorAll('*').length));
  await click('open', 'opened', rows.nth(round % 20));
  await page.goBack();
  await rows.first().waitFor();
  await kind.click();
  const option = page.getByRole('dialog', { name: 'Kind' }).getByRole('checkbox', { name: 'Login through an unexpected VPN' });
  await click('filter', 'filtered', option);
  await page.keyboard.press('Escape');
  await click('unfilter', 'unfiltered', page.getByRole('link', { name: 'Clear filters' }));
}
await browser.close();

function thirdOfFour(values) {
  return values.sort((one, other) => one - other)[Math.floor((values.length * 3) / 4)];
}

const told = Object.entries(times).map(([name, of]) => [name, { answer: thirdOfFour(of.answer), paint: thirdOfFour(of.paint) }]);
console.log(JSON.stringify({ nodes, ...Object.fromEntries(told) }));
