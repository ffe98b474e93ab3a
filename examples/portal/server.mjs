// A portal of a fictitious managed service provider with Beckon's questions inside. It has people of its own, knows who is
// signed in, and launches a panel for them with an API key, which no browser ever sees. Nothing but Node is needed.
//
//   node examples/portal/server.mjs --data data
//
// `--data` is the folder of a demo (`beckon serve --demo`); from its demo.json come Beckon's address and the key.
import { createServer } from 'node:http';
import { randomBytes } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { Beckon } from './beckon.mjs';
import { choose, desk } from './pages.mjs';

const FIRST_PORT = 8090;
const FILES = { '/portal.css': 'text/css; charset=utf-8', '/portal.js': 'text/javascript; charset=utf-8' };

const { values } = parseArgs({
  options: { data: { type: 'string', default: 'data' }, port: { type: 'string' }, follow: { type: 'boolean', default: false } },
});

/** Who is signed in, by the value of their cookie. A portal of your own keeps this where it keeps its sessions. */
const sessions = new Map();

const sleep = (ms) => new Promise((resolve) => setTimeout(resolve, ms));

/** Waits for the demo: its description, and an answer. */
async function demo() {
  for (let tries = 0; tries < 240; tries += 1) {
    try {
      const described = JSON.parse(await readFile(join(values.data, 'demo.json'), 'utf8'));
      if ((await fetch(`${described.base_url}/healthz`)).ok) return described;
    } catch {
      // It is not there yet.
    }
    await sleep(500);
  }
  throw new Error(`no demo answers: start one with \`cargo xtask run\`, and say where its data is with --data (now: ${values.data})`);
}

/** Listens on the port that was asked for, or on the first one that is free. */
async function listen(server) {
  const ports = values.port === undefined ? [FIRST_PORT, 0] : [Number(values.port)];
  for (const port of ports) {
    try {
      await new Promise((resolve, reject) => {
        server.once('error', reject);
        server.listen(port, '127.0.0.1', resolve);
      });
      return `http://localhost:${server.address().port}`;
    } catch (error) {
      if (error.code !== 'EADDRINUSE' || port === ports.at(-1)) throw error;
    }
  }
}

function session(request) {
  const cookie = /(?:^|;\s*)portal=([\w-]+)/.exec(request.headers.cookie ?? '');
  return cookie ? { id: cookie[1], person: sessions.get(cookie[1]) } : {};
}

/** A change that another site made a browser send is none. */
function isOwn(request) {
  const site = request.headers['sec-fetch-site'];
  return request.method === 'POST' && (site === undefined || site === 'same-origin');
}

async function form(request) {
  let text = '';
  for await (const piece of request) {
    text += piece;
    if (text.length > 1_000) break;
  }
  return new URLSearchParams(text);
}

function send(response, status, body, headers = {}) {
  response.writeHead(status, { 'cache-control': 'no-store', 'x-content-type-options': 'nosniff', ...headers });
  response.end(body);
}

const home = (response, cookie) => send(response, 303, '', { location: '/', ...(cookie && { 'set-cookie': cookie }) });

async function answer(request, response, { beckon, people, policy }) {
  const { pathname } = new URL(request.url, 'http://localhost');
  const { id, person } = session(request);
  if (request.method === 'GET' && FILES[pathname]) {
    const file = await readFile(new URL(`./public${pathname}`, import.meta.url));
    return send(response, 200, file, { 'content-type': FILES[pathname] });
  }
  if (request.method === 'GET' && pathname === '/') {
    const page = person ? desk(person, beckon) : choose(people);
    return send(response, 200, page, { 'content-type': 'text/html; charset=utf-8', 'content-security-policy': policy });
  }
  if (!isOwn(request)) return send(response, request.method === 'POST' ? 403 : 404, 'nothing here\n');
  if (pathname === '/sign-in') {
    const role = (await form(request)).get('role');
    const who = people.find((one) => one.role === role);
    if (!who) return send(response, 400, 'choose one of the three\n');
    const fresh = randomBytes(24).toString('base64url');
    sessions.set(fresh, who);
    return home(response, `portal=${fresh}; HttpOnly; SameSite=Strict; Path=/`);
  }
  if (pathname === '/sign-out') {
    if (person) {
      sessions.delete(id);
      await beckon.end(person);
    }
    return home(response, 'portal=; Max-Age=0; HttpOnly; SameSite=Strict; Path=/');
  }
  if (pathname === '/beckon-code') {
    // The portal says who it is, not the browser.
    if (!person) return send(response, 401, '{"error":"sign in to the portal"}', { 'content-type': 'application/json' });
    const launched = await beckon.launch(person);
    return send(response, launched.status, launched.text, { 'content-type': 'application/json' });
  }
  return send(response, 404, 'nothing here\n');
}

/** Ends with the demo that it belongs to. */
async function follow(baseUrl) {
  for (let missed = 0; missed < 3; ) {
    await sleep(1_000);
    missed = await fetch(`${baseUrl}/healthz`).then(() => 0, () => missed + 1);
  }
  process.exit(0);
}

const described = await demo();
const server = createServer();
const origin = await listen(server);
const beckon = new Beckon(described.base_url, described.accounts[0].keys.admin, origin);
const people = await beckon.prepare();
const policy =
  `default-src 'none'; script-src 'self' ${described.base_url}; style-src 'self'; connect-src 'self'; ` +
  `frame-src ${described.base_url}; form-action 'self'; base-uri 'none'; frame-ancestors 'none'`;
server.on('request', (request, response) => {
  answer(request, response, { beckon, people, policy }).catch((error) => {
    console.error(error);
    send(response, 502, 'Beckon does not answer: is the demo still running?\n');
  });
});
console.log(`portal: ${origin}  (Beckon inside another company's portal, as an admin, a reader or an organization user)`);
if (values.follow) await follow(described.base_url);
