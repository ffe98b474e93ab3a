// The public API, as a script would call it: Basic with a key.

export interface Named {
  id: number;
  name: string;
}

/** The parts of an escalation that the tests look at. */
export interface Escalation {
  id: number;
  organizations: Named[];
  subject: string;
  subtype: string | null;
  status: 'open' | 'resolved';
  revision: number;
  entity_count: number;
  url: string;
  resolution: { method: string; text: string; rule_ids: number[] } | null;
  workflow: { slug: string; kind: string; state: string; problem: string | null }[];
  answer: { choice: string; fields: Record<string, string>; note: string | null } | null;
  entities: { items: { id: number; details: { name: string; username: string; logins: number } }[] };
}

/** Something that an answer ordered from the provider. */
export interface Remedy {
  id: number;
  action: string;
  entity: { name: string } | null;
  parameters: Record<string, string>;
}

export interface Answer<Body> {
  status: number;
  text: string;
  body: Body;
}

export class Api {
  constructor(
    readonly baseUrl: string,
    private readonly key: string,
  ) {}

  /** Calls a route and returns whatever it answers. */
  async call<Body>(method: string, path: string, body?: unknown): Promise<Answer<Body>> {
    const response = await fetch(new URL(path, this.baseUrl), {
      method,
      headers: {
        authorization: `Basic ${Buffer.from(this.key).toString('base64')}`,
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
      },
      body: body === undefined ? undefined : JSON.stringify(body),
    });
    const text = await response.text();
    const isJson = response.headers.get('content-type')?.includes('json') ?? false;
    return { status: response.status, text, body: (isJson ? JSON.parse(text) : text) as Body };
  }

  async get<Body>(path: string): Promise<Body> {
    return this.expect<Body>('GET', path);
  }

  async post<Body>(path: string, body: unknown): Promise<Body> {
    return this.expect<Body>('POST', path, body);
  }

  async escalation(id: number): Promise<Escalation> {
    return (await this.get<{ escalation: Escalation }>(`/v1/escalations/${id}`)).escalation;
  }

  /** Returns all escalations that `query` selects, page by page. */
  async escalations(query: string): Promise<Escalation[]> {
    type Page = { escalations: Escalation[]; pagination: { next_page_url?: string } };
    const all: Escalation[] = [];
    for (let next: string | undefined = `/v1/escalations?limit=500&${query}`; next; ) {
      const page: Page = await this.get<Page>(next);
      all.push(...page.escalations);
      next = page.pagination.next_page_url;
    }
    return all;
  }

  /** The remedies of an escalation that nobody has carried out yet. */
  async ordered(escalation: Escalation): Promise<Remedy[]> {
    const query = `status=ordered&escalation_id=${escalation.id}`;
    return (await this.get<{ remedies: Remedy[] }>(`/v1/remedies?${query}`)).remedies;
  }

  private async expect<Body>(method: string, path: string, body?: unknown): Promise<Body> {
    const answer = await this.call<Body>(method, path, body);
    if (answer.status >= 300) {
      throw new Error(`${method} ${path}: expected success, found ${answer.status}: ${answer.text}`);
    }
    return answer.body;
  }
}
