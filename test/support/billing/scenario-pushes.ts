import type { PlannedFault } from '../../../src/autotask-simulator/fault-plan.js';
import type { AutotaskSimulator } from '../../../src/autotask-simulator/testing.js';
import type { PlanResponse } from '../../../src/billing/http/billing-response.js';
import type { ApiClient } from '../api-client.js';
import type { Connector } from '../connector.js';
import { until } from '../until.js';
import { demand } from './scenario-helpers.js';
import type { Line } from './scenario-types.js';

/** Plans and pushes of a connection, and what is put in their way. */
export class ScenarioPushes {
  protected constructor(
    readonly connector: Connector,
    readonly connectionId: string,
  ) {}

  get api(): ApiClient {
    return this.connector.api;
  }

  get simulator(): AutotaskSimulator {
    return this.connector.simulator;
  }

  async plan(): Promise<PlanResponse> {
    const answer = await this.api.post<PlanResponse>(`/connections/${this.connectionId}/plans`);
    return demand(answer, 201);
  }

  /** Makes a plan of everything that waits, and applies all of it. */
  async applyAll(): Promise<void> {
    const { id } = await this.plan();
    demand(await this.api.post(`/plans/${id}/apply`, {}), 202);
  }

  /** Drift of the line that nobody decided about. */
  async findings<Finding extends { subscriptionId: string }>({
    subscriptionId,
  }: Pick<Line, 'subscriptionId'>): Promise<Finding[]> {
    const path = `/connections/${this.connectionId}/drift?state=open&limit=200`;
    const { items } = demand(await this.api.get<{ items: Finding[] }>(path), 200);
    return items.filter((finding) => finding.subscriptionId === subscriptionId);
  }

  /** Sends nothing any more, as after ten failures in a row, until `resumePushes`. */
  async stopPushes(): Promise<void> {
    await this.connector.rows(
      `INSERT INTO psa_connector.billing_push (connection_id, stopped_at, stop_reason) VALUES ($1, now(), 'test')
       ON CONFLICT (connection_id) DO UPDATE SET stopped_at = now(), stop_reason = 'test'`,
      [this.connectionId],
    );
  }

  async resumePushes(): Promise<void> {
    demand(await this.api.post(`/connections/${this.connectionId}/pushes/resume`), 200);
  }

  /** Holds the next matching request of the connector back until `release` is called. */
  hold(request: Pick<PlannedFault, 'method' | 'path' | 'after'>): {
    isHeld: () => Promise<void>;
    release: () => void;
  } {
    const { promise, resolve } = Promise.withResolvers<void>();
    const { faults } = this.simulator;
    const id = faults.add({ ...request, times: 1, fault: { kind: 'hold', until: promise } });
    const isHeld = () => faults.list().some((fault) => fault.id === id && fault.applied > 0);
    return {
      isHeld: async () => {
        await until('the request', () => Promise.resolve(isHeld() ? true : null));
      },
      release: resolve,
    };
  }
}
