import { Injectable } from '@nestjs/common';
import { ConnectionSessions } from '../../connections/application/connection-sessions.service.js';
import type { Connection } from '../../connections/domain/connection.js';
import type { BillingPlan } from '../domain/billing-plan.js';
import { ChargePlanning } from './charge-planning.service.js';
import { chargeKeyOf } from './plan-facts.js';

/** The amounts beside the seats of a plan. */
@Injectable()
export class PlanCharges {
  constructor(
    private readonly sessions: ConnectionSessions,
    private readonly charges: ChargePlanning,
  ) {}

  /**
   * Whether they are still billed as the plan says.
   * @returns the version of what was decided about them; null when the plan has none; `other` when they would be billed otherwise now
   */
  async again({ steps }: BillingPlan, connection: Connection): Promise<string | null> {
    const wanted = steps.flatMap(({ step }) => (step.settles === undefined ? [] : [chargeKeyOf(step)]));
    if (wanted.length === 0) return null;
    const session = await this.sessions.open(connection, 'interactive');
    try {
      const scope = this.charges.wholeScope();
      const planned = await this.charges.plan(connection, session, scope, 'person');
      const now = new Set(planned.steps.map(({ step }) => chargeKeyOf(step)));
      return wanted.every((key) => now.has(key)) ? planned.version : 'other';
    } finally {
      await session.close();
    }
  }
}
