// A partner's portal on another site: Beckon is on 127.0.0.1, this on localhost. Its server knows who is signed in there and
// launches panels for them with a key, which no browser ever sees.
import { type IncomingMessage, type Server as HttpServer, type ServerResponse, createServer } from 'node:http';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import type { Api } from './api.ts';

interface Embed {
  public_id: string;
  frame_url: string;
}

interface Module {
  url: string;
  integrity: string;
}

export interface PanelOptions {
  mode?: 'view' | 'respond';
  respond_up_to?: 'low' | 'high' | 'critical';
  theme?: Record<string, unknown>;
  /** The origins, where they are not this portal's alone. */
  origins?: string[];
}

export class Portal {
  /** Whom the portal's visitor is; nobody is signed in where it is null. */
  user: string | null = null;
  /** The codes that were fetched, oldest first. */
  readonly codes: string[] = [];
  /** Why codes were asked for, oldest first. */
  readonly reasons: string[] = [];
  /** What the page at `/around` frames. */
  framed = 'about:blank';
  embed!: Embed;
  module!: Module;

  private constructor(
    private readonly server: HttpServer,
    private readonly admin: Api,
    readonly origin: string,
  ) {}

  static async start(admin: Api, options: PanelOptions = {}): Promise<Portal> {
    const server = createServer();
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    const origin = `http://localhost:${(server.address() as AddressInfo).port}`;
    const portal = new Portal(server, admin, origin);
    server.on('request', (request, response) => void portal.answer(request, response));
    const body = { name: 'Portal', origins: [origin], mode: 'respond', ...options };
    portal.embed = (await admin.post<{ embed: Embed }>('/v1/embeds', body)).embed;
    portal.module = (await admin.get<{ module: Module }>('/v1/embeds')).module;
    return portal;
  }

  async stop(): Promise<void> {
    this.server.closeAllConnections();
    this.server.close();
    await once(this.server, 'close');
  }

  /** The address of a page with the panel. */
  page(path = '/'): string {
    return `${this.origin}${path}`;
  }

  private async answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const url = new URL(request.url ?? '/', this.origin);
    if (url.pathname === '/code') {
      this.reasons.push(url.searchParams.get('reason') ?? '');
      const body = { embed: this.embed.public_id, user: this.user, origin: this.origin };
      const launched = this.user === null ? null : await this.admin.call<{ code: string }>('POST', '/v1/embed_sessions', body);
      if (launched?.status === 201) this.codes.push(launched.body.code);
      response.writeHead(launched?.status ?? 401, { 'content-type': 'application/json' });
      response.end(launched ? launched.text : '{"error":"sign in to the portal"}');
      return;
    }
    // The portal's own policy is strict too: the element has to work under it.
    const beckon = new URL(this.module.url).origin;
    response.writeHead(200, {
      'content-type': 'text/html; charset=utf-8',
      'content-security-policy': `default-src 'none'; script-src 'nonce-portal' ${beckon}; style-src 'nonce-portal'; connect-src 'self'; frame-src ${beckon} ${new URL(this.framed).origin}`,
    });
    response.end(url.pathname === '/around' ? this.around() : this.html(url.pathname === '/covered'));
  }

  /** A page that frames another portal's. */
  private around(): string {
    return `<!doctype html><title>Around</title><iframe src="${this.framed}" width="900" height="700"></iframe>`;
  }

  private html(covered: boolean): string {
    const { url, integrity } = this.module;
    const cover = covered ? '<div id="cover">You won!</div>' : '';
    return `<!doctype html><html lang="en"><meta charset="utf-8"><title>Portal</title>
<style nonce="portal">
body { margin: 0; padding: 16px; font-family: sans-serif }
#cover { position: fixed; inset: 0; background: #ffe; pointer-events: none; z-index: 5 }
</style>
<h1>Portal</h1>
<beckon-escalations embed="${this.embed.public_id}"></beckon-escalations>
${cover}
<script type="module" nonce="portal" src="${url}" integrity="${integrity}" crossorigin></script>
<script type="module" nonce="portal">
  const panel = document.querySelector('beckon-escalations');
  window.heard = [];
  for (const type of ['ready', 'resize', 'navigate', 'session-expired', 'error']) {
    panel.addEventListener(type, (event) => window.heard.push({ type, detail: event.detail }));
  }
  panel.fetchToken = async ({ reason }) => {
    const response = await fetch('/code?reason=' + reason, { method: 'POST' });
    const body = await response.json();
    if (!response.ok) throw new Error(body.error);
    return body.code;
  };
</script>`;
  }
}
