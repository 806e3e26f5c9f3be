import { Inject, Injectable } from '@nestjs/common';
import { AuditTrail } from '../../audit/application/audit-trail.service.js';
import { AUDIT_OPERATIONS } from '../../audit/domain/audit-operations.js';
import { type PlanWish, SubscriptionPlans } from '../../billing/application/subscription-plans.service.js';
import type { BillingPlan } from '../../billing/domain/billing-plan.js';
import { demandManagingTier } from '../../connections/application/connection-access.js';
import { ConnectionDirectory } from '../../connections/application/connection-directory.service.js';
import type { Connection } from '../../connections/domain/connection.js';
import { MappedSubscriptions } from '../../contracts/application/mapped-subscriptions.service.js';
import type { UseCaseContext } from '../../core/use-case-context.js';
import { isId } from '../../kernel/ids.js';
import type { Subscription } from '../../ports/host/subscription-source.port.js';
import { type BillingMonth, firstDayOf, isBillingMonth } from '../domain/billing-month.js';
import type { Finding } from '../domain/finding.js';
import { FindingNotFoundError, InvalidMonthError, NotFixableError } from '../domain/reconciliation.errors.js';
import { RECONCILIATION_STORE, type ReconciliationStore } from '../domain/reconciliation-report.js';
import { expectedStates } from '../domain/seat-states.js';
import { Reconciliation } from './reconciliation.service.js';
import { SubscriptionFacts } from './subscription-facts.service.js';

/** Makes the plan that puts findings right. */
@Injectable()
export class FindingPlans {
  constructor(
    private readonly connections: ConnectionDirectory,
    private readonly reconciliation: Reconciliation,
    private readonly facts: SubscriptionFacts,
    private readonly mappings: MappedSubscriptions,
    private readonly plans: SubscriptionPlans,
    @Inject(RECONCILIATION_STORE) private readonly store: ReconciliationStore,
    private readonly audit: AuditTrail,
  ) {}

  /**
   * A draft plan for these findings of the month as it is now, also where the month is closed: what was closed stays, and is corrected by what
   * comes after it.
   * @throws ConnectionNotFoundError, TierNotAllowedError, InvalidMonthError, FindingNotFoundError, NotFixableError, NothingToPlanError and what planning raises
   */
  async create(
    context: UseCaseContext,
    connectionId: string,
    month: string,
    findingIds: readonly string[],
  ): Promise<BillingPlan> {
    const subject = { type: 'connection', id: isId(connectionId) ? connectionId : null, label: '' };
    let known: string | null = null;
    const event = () => ({ operation: AUDIT_OPERATIONS.createPlan, subject, connectionId: known });
    return this.audit.attempt(context, event, async () => {
      const connection = await this.connections.get(context, connectionId);
      known = connection.id;
      demandManagingTier(context.actor);
      subject.label = connection.alias;
      if (!isBillingMonth(month)) throw new InvalidMonthError();
      const findings = await this.findingsOf(connection, month, findingIds);
      const wishes = await this.wishesOf(connection, month, findings);
      return this.plans.create(context, connection, wishes, { month, findingIds: [...findingIds] });
    });
  }

  private async findingsOf(
    connection: Connection,
    month: BillingMonth,
    ids: readonly string[],
  ): Promise<Finding[]> {
    const report = await this.reconciliation.open(connection, month);
    const findings = await this.store.find(report, ids);
    const found = new Set(findings.map(({ id }) => id));
    const missing = ids.filter((id) => !found.has(id));
    if (missing.length > 0) throw new FindingNotFoundError(missing);
    const fixable = findings.filter(({ isFixable }) => isFixable);
    if (fixable.length === 0) {
      const told = findings.map(({ title, explanation }) => `${title}: ${explanation.whatToDo}`);
      throw new NotFixableError(`No plan can put this right. ${told.join(' ')}`);
    }
    return fixable;
  }

  private async wishesOf(
    connection: Connection,
    month: BillingMonth,
    findings: readonly Finding[],
  ): Promise<PlanWish[]> {
    const ids = [...new Set(findings.flatMap(({ subscriptionId }) => subscriptionId ?? []))];
    const [histories, mappings] = await Promise.all([
      this.facts.histories(connection, ids),
      this.mappings.bySubscriptions(connection.tenantId, ids),
    ]);
    return ids.map((subscriptionId) => {
      const own = findings.filter((finding) => finding.subscriptionId === subscriptionId);
      const history = histories.get(subscriptionId) ?? [];
      const contract = mappings.get(subscriptionId)?.contract ?? null;
      const states = expectedStates(history, contract, connection.policies);
      const wanted = states.map(({ from, units, unitPrice }) => ({
        from,
        units,
        unitPrice: unitPrice.amount,
      }));
      return {
        subscriptionId,
        subscription: newestOf(history),
        units: own.some(({ stage }) => stage === 'units')
          ? { from: firstDayOf(month), states: wanted }
          : null,
        areChargesWanted: own.some(({ stage }) => stage === 'charges'),
      };
    });
  }
}

function newestOf(history: readonly Subscription[]): Subscription | null {
  return history.toSorted((left, right) => right.revision - left.revision)[0] ?? null;
}
