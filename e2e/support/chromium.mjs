// How Chromium is started, here and in bench/: the one that xtask found, without anything that talks to the outside.

/** @type {import('@playwright/test').LaunchOptions} */
export const chromium = {
  executablePath: process.env.CHROME || '/usr/bin/chromium',
  args: [
    '--no-sandbox',
    '--disable-gpu',
    '--disable-quic',
    '--no-first-run',
    '--disable-background-networking',
    '--disable-component-update',
    '--disable-sync',
    // In a process of its own the sandboxed preview of a mail makes Playwright 1.65 fail when it changes.
    '--disable-features=IsolateSandboxedIframes',
  ],
};
