// What detectors report of things, what the operator asks, and what the operator does about remedies.
import type { Escalation } from './api.ts';
import type { World } from './world.ts';

interface Result {
  outcome: string;
  escalation_id: number | null;
}

interface Remedy {
  id: number;
  action: string;
}

export class Things {
  constructor(readonly world: World) {}

  /** The server's time, so many minutes ago: a test may have turned its clock. */
  async ago(minutes: number): Promise<string> {
    const { now } = await this.world.operator.get<{ now: string }>('/v1/actor');
    return new Date(Date.parse(now) - minutes * 60_000).toISOString();
  }

  /** Turns the clock of the server forward. */
  async advance(minutes: number): Promise<void> {
    await this.world.operator.post('/demo/clock', { advance_seconds: minutes * 60 });
  }

  /** Reports an observation and returns what became of it. */
  async report(type: string, organization: number, minutes: number, fields: object): Promise<Result> {
    const body = {
      id: `e2e-${this.world.unique()}`,
      type,
      observed_at: await this.ago(minutes),
      account_id: this.world.account.id,
      organization_id: organization,
      ...fields,
    };
    const answer = await this.world.operator.post<{ results: Result[] }>('/v1/observations', body);
    return answer.results[0]!;
  }

  async isolate(organization: number, host: string, isolated = true, incident = 'Ransomware'): Promise<Result> {
    return this.report('isolation', organization, 0, {
      endpoint: { id: `${organization}-${host}`, hostname: host },
      incident: { id: `incident-${organization}`, title: incident },
      isolated,
      by: 'provider',
    });
  }

  async defender(organization: number, host: string, on: boolean, minutes = 0): Promise<Result> {
    return this.report('defender_status', organization, minutes, {
      endpoint: { id: `${organization}-${host}`, hostname: host, os: 'Windows 11' },
      managed_antivirus: 'enforce',
      real_time_protection: on,
    });
  }

  /** Lets every endpoint of a question report that it is protected again. */
  async protectAll(question: Escalation): Promise<void> {
    const { entities } = await this.world.admin.escalation(question.id);
    for (const { details } of entities.items) {
      await this.report('defender_status', 1, 0, {
        endpoint: { id: details.external_id, hostname: details.name },
        managed_antivirus: 'enforce',
        real_time_protection: true,
      });
    }
  }

  async access(organization: number, error: string | null): Promise<Result> {
    return this.report('tenant_access', organization, 0, { tenant_id: `tenant-${organization}`, error });
  }

  async delivery(integration: string, report: string, severity: string, error: string | null): Promise<Result> {
    return this.report('report_delivery', 1, 0, {
      report: { id: `${integration}-${report}`, title: report, severity },
      integration,
      error,
    });
  }

  /** Asks as the operator, in the account that the tests work in. */
  async ask(request: object): Promise<Escalation> {
    const body = { account_id: this.world.account.id, severity: 'high', ...request };
    return (await this.world.operator.post<{ escalation: Escalation }>('/v1/escalations', body)).escalation;
  }

  /** The escalation that an observation went into. */
  async escalation(result: Result): Promise<Escalation> {
    if (!result.escalation_id) throw new Error(`expected a question, found ${JSON.stringify(result)}`);
    return this.world.admin.escalation(result.escalation_id);
  }

  /** Reports the outcome of the remedies of an escalation that are ordered; a failure with its message. */
  async carryOut(escalation: Escalation, failure?: string): Promise<string[]> {
    const { remedies } = await this.world.operator.get<{ remedies: Remedy[] }>(
      `/v1/remedies?status=ordered&limit=100&escalation_id=${escalation.id}`,
    );
    for (const remedy of remedies) {
      const outcome = failure ? { outcome: 'failed', message: failure } : { outcome: 'succeeded' };
      await this.world.operator.post(`/v1/remedies/${remedy.id}/outcome`, outcome);
    }
    return remedies.map((remedy) => remedy.action);
  }
}
