// What the tests make happen: logins of people who live in the Netherlands, observations of everything else, requests,
// and what becomes of remedies. Each test has organizations and countries of its own, so that no rule of one test
// settles a question of another.
import { Api, type Escalation, type Remedy } from './api.ts';
import type { Demo } from './server.ts';

/** Countries that the demo does not use in the ids of its own organizations; each is handed out once a server. */
const COUNTRIES = (
  'AL AM AO AZ BA BD BH BN BO BW BY CI CM CR CU CY DO DZ EC ET FJ GE GH GT HN HT IQ IR JM JO KE KG KH KW KZ LA LB LK LS LY ' +
  'MD ME MG MK ML MM MN MT MU MW MZ NA NE NI NP OM PA PG PK PY QA RS RW SN SV SY TD TJ TM TN TT TZ UG UY UZ VE YE ZM ZW'
).split(' ');

export interface Login {
  organization: number;
  person: string;
  country?: string;
  vpn?: string;
  ip?: string;
}

interface Result {
  id: string;
  outcome: string;
  escalation_id: number | null;
  errors?: { field: string; message: string }[];
}

/** Endpoints that are isolated for one incident. */
export interface Isolation {
  question: Escalation;
  /** Has an endpoint observed as released. */
  releases(hostname: string): Promise<void>;
}

export class World {
  readonly operator: Api;
  readonly admin: Api;
  readonly viewer: Api;
  readonly organizationUser: Api;
  private made = 0;
  private countries = [...COUNTRIES];

  constructor(readonly demo: Demo) {
    const keys = this.account.keys;
    this.operator = new Api(demo.base_url, demo.operator_key);
    this.admin = new Api(demo.base_url, keys.admin);
    this.viewer = new Api(demo.base_url, keys.viewer);
    this.organizationUser = new Api(demo.base_url, keys.organization_user);
  }

  /** The account that the tests work in; the other one is there to be invisible. */
  get account() {
    return this.demo.accounts[0]!;
  }

  get otherAccount() {
    return this.demo.accounts[1]!;
  }

  /** A number that nothing else in this server has. */
  unique(): number {
    this.made += 1;
    return 700_000 + this.made;
  }

  /** A country that no other test of this server uses. */
  country(): string {
    const country = this.countries.pop();
    if (!country) throw new Error('every country is used: add some to COUNTRIES');
    return country;
  }

  /** The server's time: a test may have turned it. */
  async now(): Promise<number> {
    const { now } = await this.viewer.get<{ now: string }>('/v1/actor');
    return Date.parse(now);
  }

  /** Turns the server's clock forward. */
  async turn(minutes: number): Promise<void> {
    await this.operator.post('/demo/clock', { advance_seconds: minutes * 60 });
  }

  /** Reports what was observed so many minutes ago, and returns what became of it. */
  async observe(fields: Record<string, unknown>, minutesAgo = 0, account: number = this.account.id): Promise<Result> {
    const observed_at = new Date((await this.now()) - minutesAgo * 60_000).toISOString();
    const body = { id: `e2e-${this.unique()}`, observed_at, account_id: account, ...fields };
    const answer = await this.operator.post<{ results: Result[] }>('/v1/observations', body);
    const [result] = answer.results;
    if (!result || result.errors?.length) throw new Error(`not observed: ${JSON.stringify(answer)}`);
    return result;
  }

  /** Reports what was observed, expects a question about it, and returns that. */
  async asked(fields: Record<string, unknown>, minutesAgo = 0): Promise<Escalation> {
    const result = await this.observe(fields, minutesAgo);
    if (!result.escalation_id) throw new Error(`expected a question, found ${JSON.stringify(result)}`);
    return this.admin.escalation(result.escalation_id);
  }

  /** Isolates endpoints of a fresh organization for one incident, and returns the question about them. */
  async isolate(hostnames: string[], title = 'Files encrypted'): Promise<Isolation> {
    const organization_id = this.unique();
    const incident = { id: `incident-${organization_id}`, title };
    const of = (hostname: string, isolated: boolean) => ({
      type: 'isolation',
      organization_id,
      endpoint: { id: `${hostname}-${organization_id}`, hostname, os: 'Windows 11' },
      incident,
      isolated,
      by: 'provider',
    });
    for (const hostname of hostnames.slice(0, -1)) await this.observe(of(hostname, true), 10);
    const question = await this.asked(of(hostnames.at(-1)!, true), 5);
    return { question, releases: async (hostname) => void (await this.observe(of(hostname, false))) };
  }

  /** Asks as the operator. */
  async request(fields: Record<string, unknown>): Promise<Escalation> {
    const body = { account_id: this.account.id, severity: 'high', ...fields };
    const raised = await this.operator.post<{ escalation: { id: number } }>('/v1/escalations', body);
    return this.admin.escalation(raised.escalation.id);
  }

  /** Carries a remedy out as the provider, or says why it could not be. */
  async carryOut(remedy: Remedy, failure?: string): Promise<void> {
    const outcome = failure ? { outcome: 'failed', message: failure } : { outcome: 'succeeded' };
    await this.operator.post(`/v1/remedies/${remedy.id}/outcome`, outcome);
  }

  /** Returns the one remedy that is ordered, and fails where there is another number. */
  async onlyRemedy(escalation: Escalation): Promise<Remedy> {
    const remedies = await this.operator.ordered(escalation);
    if (remedies.length !== 1) throw new Error(`expected one remedy, found ${JSON.stringify(remedies)}`);
    return remedies[0]!;
  }

  /** Reports one login, a minute old, and returns what became of it. */
  async report(login: Login, account: number = this.account.id): Promise<Result> {
    const number = this.unique();
    const body = {
      id: `e2e-${number}`,
      type: 'login',
      observed_at: new Date((await this.now()) - 60_000).toISOString(),
      account_id: account,
      organization_id: login.organization,
      identity: { id: login.person, username: `${login.person}@e2e.example`, usage_location: 'NL' },
      country: login.country ?? null,
      vpn: login.vpn ?? null,
      ip_address: login.ip ?? '198.51.100.7',
    };
    const answer = await this.operator.post<{ results: Result[] }>('/v1/observations', body);
    return answer.results[0]!;
  }

  /** Raises a question about logins of `people` from a fresh country, and returns it. */
  async raise(people: string[] = [`joey-${this.unique()}`], where: Partial<Login> = {}): Promise<Escalation> {
    const place = where.vpn ? {} : { country: this.country() };
    const login = { organization: this.unique(), ...place, ...where };
    let raised: number | null = null;
    for (const person of people) {
      const result = await this.report({ ...login, person });
      if (!result.escalation_id) throw new Error(`expected a question, found ${JSON.stringify(result)}`);
      raised = result.escalation_id;
    }
    return this.admin.escalation(raised!);
  }

  /** The names of those who can answer. */
  async admins(): Promise<string[]> {
    const { account } = await this.viewer.get<{ account: { admins: { name: string }[] } }>('/v1/account');
    return account.admins.map((admin) => admin.name);
  }
}
