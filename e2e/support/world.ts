// What the tests make happen: logins of people who live in the Netherlands, each test in organizations and countries
// of its own, so that no rule of one test settles a question of another.
import { Api, type Escalation } from './api.ts';
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

  /** Reports one login, a minute old, and returns what became of it. */
  async report(login: Login, account: number = this.account.id): Promise<Result> {
    const number = this.unique();
    const body = {
      id: `e2e-${number}`,
      type: 'login',
      observed_at: new Date(Date.now() - 60_000).toISOString(),
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
