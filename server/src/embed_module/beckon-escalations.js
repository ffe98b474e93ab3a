// <beckon-escalations>: Beckon's questions inside another page. It shows a frame, makes sure that what speaks to it is that frame,
// and hands it launch codes that the page's own server fetches. Nothing else passes between the two.

const STYLE = `
:host { display: block; position: relative; min-height: 120px }
:host([hidden]) { display: none }
iframe { display: block; width: 100%; border: 0; color-scheme: normal }
[role=alert] { display: grid; gap: 12px; justify-items: start; padding: 24px; font: 14px/1.45 system-ui, sans-serif }
p { margin: 0 }
div div { display: flex; gap: 16px; align-items: center }
button { padding: 6px 12px; border: 1px solid; border-radius: 6px; background: none; color: inherit; font: inherit; cursor: pointer }
a { color: inherit }
`;

/** How long the frame may take until it is there, in ms. */
const PATIENCE = 10000;
const TOKENS = ['scheme', 'accent', 'surface', 'text', 'radius', 'font'];

const Base = globalThis.HTMLElement ?? class {};

export class BeckonEscalations extends Base {
  static observedAttributes = ['base', 'embed', 'escalation', 'height', 'label', ...TOKENS];

  /** Fetches a launch code from the page's own server: a string, or an object with a `code`. */
  fetchToken = Object.hasOwn(this, 'fetchToken') ? this.fetchToken : null;

  #root = this.attachShadow({ mode: 'open' });
  #theme = {};
  #frame;
  #port;
  #timer;
  #listening;

  constructor() {
    super();
    const sheet = new CSSStyleSheet();
    sheet.replaceSync(STYLE);
    this.#root.adoptedStyleSheets = [sheet];
  }

  get base() {
    return (this.getAttribute('base') || new URL(import.meta.url).origin).replace(/\/+$/, '');
  }

  set base(value) {
    this.setAttribute('base', value);
  }

  get embed() {
    return this.getAttribute('embed') || '';
  }

  set embed(value) {
    this.setAttribute('embed', value);
  }

  /** The tokens that were set over those of the attributes. */
  get theme() {
    return this.#theme;
  }

  set theme(tokens) {
    this.#theme = { ...tokens };
    this.#say('theme', { theme: this.#look() });
  }

  connectedCallback() {
    // What was set before the element was known stands in the way of the accessors.
    for (const name of ['base', 'embed', 'theme']) {
      if (!Object.hasOwn(this, name)) continue;
      const value = this[name];
      delete this[name];
      this[name] = value;
    }
    this.#start();
  }

  disconnectedCallback() {
    this.#stop();
  }

  attributeChangedCallback(name, before, now) {
    if (before === now || !this.#frame) return;
    if (name === 'base' || name === 'embed') this.#start();
    else if (name === 'escalation') now && this.open(now);
    else if (name === 'height') this.#size(now);
    else if (name === 'label') this.#frame.title = now || 'Escalations';
    else this.#say('theme', { theme: this.#look() });
  }

  /** Shows one question. */
  open(escalation) {
    this.#say('open', { escalation: Number(escalation) });
  }

  /** Has everything fetched again. */
  refresh() {
    this.#say('refresh');
  }

  /** Ends what the panel may see: whoever looked has left. */
  signOut() {
    this.#say('sign-out');
  }

  #look() {
    const all = TOKENS.map((name) => [name, this.#theme[name] ?? this.getAttribute(name)]);
    const theme = Object.fromEntries(all.filter(([, value]) => value != null && value !== ''));
    if ('radius' in theme) theme.radius = Number(theme.radius);
    return theme;
  }

  #say(type, fields) {
    this.#port?.postMessage({ type, ...fields });
  }

  #tell(type, detail) {
    this.dispatchEvent(new CustomEvent(type, { detail, bubbles: true, composed: true }));
  }

  #stop() {
    clearTimeout(this.#timer);
    this.#listening?.abort();
    this.#port?.close();
    this.#frame = this.#port = this.#listening = undefined;
    this.#root.replaceChildren();
  }

  #start() {
    this.#stop();
    let url;
    try {
      url = new URL(`${this.base}/embed/${encodeURIComponent(this.embed)}`);
    } catch {
      // Said below.
    }
    if (!url || !this.embed) return this.#fail('setup', 'This panel is not set up: it has no embed.');
    this.#listening = new AbortController();
    const { signal } = this.#listening;
    addEventListener('message', (event) => this.#greet(event, url.origin), { signal });
    const frame = document.createElement('iframe');
    frame.sandbox = 'allow-scripts allow-same-origin allow-forms allow-popups allow-popups-to-escape-sandbox';
    frame.referrerPolicy = 'strict-origin';
    frame.title = this.getAttribute('label') || 'Escalations';
    frame.src = url.href;
    this.#frame = frame;
    this.#size(this.getAttribute('height') || '480');
    this.#root.append(frame);
    this.#timer = setTimeout(() => this.#fail('unreached', 'The questions cannot be shown right now.'), PATIENCE);
  }

  #size(height) {
    const number = Number.parseInt(height, 10);
    if (this.#frame && number > 0) this.#frame.height = Math.min(Math.max(number, 120), 100000);
  }

  /** The frame says hello: it gets a port, and whatever it had before is closed. */
  #greet({ data, origin, source }, expected) {
    if (origin !== expected || source !== this.#frame?.contentWindow) return;
    if (data?.type !== 'hello' || data.beckon !== 1) return;
    this.#port?.close();
    const { port1, port2 } = new MessageChannel();
    this.#port = port1;
    port1.onmessage = (event) => this.#port === port1 && this.#hear(event.data);
    const escalation = Number(this.getAttribute('escalation')) || undefined;
    source.postMessage({ beckon: 1, type: 'connect', theme: this.#look(), escalation }, expected, [port2]);
  }

  #hear(data) {
    switch (data?.type) {
      case 'token':
        return void this.#launch(data.reason === 'renewal' ? 'renewal' : 'start');
      case 'ready':
        clearTimeout(this.#timer);
        return this.#tell('ready');
      case 'resize':
        if (!Number.isFinite(data.height)) return;
        if (!this.hasAttribute('height')) this.#size(Math.ceil(data.height));
        return this.#tell('resize', { height: data.height });
      case 'navigate':
        return this.#tell('navigate', { path: String(data.path), escalation: data.escalation ?? null });
      case 'session-expired':
        return this.#tell('session-expired');
      case 'error':
        clearTimeout(this.#timer);
        return this.#tell('error', { code: String(data.code), message: String(data.message) });
    }
  }

  async #launch(reason) {
    const port = this.#port;
    try {
      const answer = await this.fetchToken({ embed: this.embed, reason });
      port?.postMessage({ type: 'code', code: String(answer?.code ?? answer) });
    } catch (error) {
      const message = typeof this.fetchToken === 'function' ? String(error?.message ?? error) : 'it has no fetchToken';
      port?.postMessage({ type: 'no-code', message });
    }
  }

  #fail(code, message) {
    this.#stop();
    const box = document.createElement('div');
    box.setAttribute('role', 'alert');
    const text = document.createElement('p');
    text.textContent = message;
    const ways = document.createElement('div');
    const again = document.createElement('button');
    again.type = 'button';
    again.textContent = 'Try again';
    again.onclick = () => this.#start();
    const link = document.createElement('a');
    link.textContent = 'Open Beckon';
    link.target = '_blank';
    link.rel = 'noopener';
    link.href = `${this.base}/`;
    ways.append(again, link);
    box.append(text, ways);
    this.#root.replaceChildren(box);
    this.#tell('error', { code, message });
  }
}

if (globalThis.customElements && !customElements.get('beckon-escalations')) {
  customElements.define('beckon-escalations', BeckonEscalations);
}
