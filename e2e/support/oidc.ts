// A real provider of OpenID Connect, oidc-provider, on another host of this machine: it signs in whom a test names, without a
// word, or refuses to.
import { generateKeyPairSync } from 'node:crypto';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import Provider, { type JWK } from 'oidc-provider';

/** What the provider says of somebody. */
export interface Person {
  sub: string;
  name?: string;
  email?: string;
  email_verified?: boolean;
  groups?: string[];
}

const CLIENT = { client_id: 'beckon', client_secret: 'a secret of the tests, long enough' };

export class OidcProvider {
  /** Who signs in next. */
  person: Person = { sub: 'nobody' };
  /** Whether it refuses whoever comes. */
  refuses = false;
  /** Whether it breaks connections off: all of them, or those to trade a code. */
  down: 'not' | 'all' | 'token' = 'not';
  /** How often it asked who somebody is. */
  asked = 0;
  private provider: Provider;
  private keys = 0;

  private constructor(
    private readonly server: Server,
    private readonly redirectUri: string,
    private readonly inToken: boolean,
  ) {
    this.provider = this.made();
    server.on('request', (request, response) => void this.answer(request, response));
  }

  /** Starts one that sends people back to `redirectUri`. It says all in the token, or most of it only when it is asked. */
  static async start(redirectUri: string, says: 'in the token' | 'when asked'): Promise<OidcProvider> {
    const server = createServer();
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    return new OidcProvider(server, redirectUri, says === 'in the token');
  }

  // Not the host that Beckon is on: cookies and sites are told apart by hosts.
  get issuer(): string {
    return `http://localhost:${(this.server.address() as AddressInfo).port}`;
  }

  /** What an account admin enters. */
  get settings() {
    return {
      name: 'Contoso sign-in',
      issuer: this.issuer,
      client_id: CLIENT.client_id,
      scopes: ['email', 'profile', 'groups'],
      role_claim: 'groups',
      roles: [
        { value: 'admins', grant: { role: 'account_admin' } },
        { value: 'readers', grant: { role: 'account_user' } },
      ],
      just_in_time: true,
      email_domains: ['sso.example'],
    };
  }

  get secret(): string {
    return CLIENT.client_secret;
  }

  /** Signs with another key from now on, and knows the one before no more. */
  rotate(): void {
    this.provider = this.made();
  }

  stop(): void {
    this.server.close();
    this.server.closeAllConnections();
  }

  private made(): Provider {
    this.keys += 1;
    const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
    const key = { ...privateKey.export({ format: 'jwk' }), kid: `key ${this.keys}`, use: 'sig', alg: 'RS256' } as JWK;
    return new Provider(this.issuer, {
      clients: [{ ...CLIENT, redirect_uris: [this.redirectUri] }],
      jwks: { keys: [key] },
      claims: { openid: ['sub'], email: ['email', 'email_verified'], profile: ['name'], groups: ['groups'] },
      conformIdTokenClaims: !this.inToken,
      pkce: { required: () => true },
      cookies: { keys: ['for the tests alone'] },
      features: { devInteractions: { enabled: false } },
      interactions: { url: (_, interaction) => `/interaction/${interaction.uid}` },
      findAccount: (_, sub) => ({ accountId: sub, claims: async () => ({ ...this.person, sub }) }),
      // Everybody agrees to everything.
      loadExistingGrant: async (ctx) => {
        const { client, session, provider } = ctx.oidc;
        const grant = new provider.Grant({ clientId: client!.clientId, accountId: session!.accountId! });
        grant.addOIDCScope('openid email profile groups');
        await grant.save();
        return grant;
      },
    });
  }

  private async answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const path = request.url ?? '';
    if (this.down === 'all' || (this.down === 'token' && path.startsWith('/token'))) {
      request.socket.destroy();
    } else if (path.startsWith('/interaction/')) {
      this.asked += 1;
      const result = this.refuses ? { error: 'access_denied' } : { login: { accountId: this.person.sub } };
      await this.provider.interactionFinished(request, response, result, { mergeWithLastSubmission: false });
    } else {
      await this.provider.callback()(request, response);
    }
  }
}
