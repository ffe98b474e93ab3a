// What the portal's server asks of Beckon, with a key of an account admin.

const NAME = 'Example portal';

export class Beckon {
  #key;
  #origin;
  #embed;

  /** `origin` is the portal's own. */
  constructor(baseUrl, key, origin) {
    this.baseUrl = baseUrl;
    this.#key = key;
    this.#origin = origin;
  }

  async #call(method, path, body) {
    const response = await fetch(`${this.baseUrl}${path}`, {
      method,
      headers: {
        authorization: `Basic ${Buffer.from(this.#key).toString('base64')}`,
        ...(body && { 'content-type': 'application/json' }),
      },
      body: body && JSON.stringify(body),
    });
    return { status: response.status, text: await response.text() };
  }

  async #ask(method, path, body) {
    const { status, text } = await this.#call(method, path, body);
    if (status >= 300) throw new Error(`${method} ${path}: ${status} ${text}`);
    return text && JSON.parse(text);
  }

  /** Sees to it that there is an embed for this portal, and returns one person of each role. */
  async prepare() {
    const { embeds, module } = await this.#ask('GET', '/v1/embeds');
    const settings = { name: NAME, origins: [this.#origin], mode: 'respond' };
    const before = embeds.find((one) => one.name === NAME);
    const { embed } = before
      ? await this.#ask('PATCH', `/v1/embeds/${before.public_id}`, settings)
      : await this.#ask('POST', '/v1/embeds', settings);
    this.#embed = embed.public_id;
    this.module = module;
    const { memberships } = await this.#ask('GET', '/v1/memberships?limit=100');
    const first = (role) => memberships.find((one) => one.role === role);
    return ['account_admin', 'account_user', 'organization_user'].map(first).filter(Boolean);
  }

  get embed() {
    return this.#embed;
  }

  /** Launches a panel for somebody whom the portal knows: the answer holds a code that works once. */
  launch(person) {
    return this.#call('POST', '/v1/embed_sessions', { embed: this.#embed, user: person.user_id, origin: this.#origin });
  }

  /** Ends the panels of somebody who leaves the portal. */
  end(person) {
    return this.#ask('POST', '/v1/embed_sessions/end', { embed: this.#embed, user: person.user_id });
  }
}
