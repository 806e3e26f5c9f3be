import { Inject, Injectable } from '@nestjs/common';
import { AuditTrail } from '../../audit/application/audit-trail.service.js';
import type { AuditDetail } from '../../audit/domain/audit-entry.js';
import { AUDIT_OPERATIONS } from '../../audit/domain/audit-operations.js';
import { demandManagingTier } from '../../connections/application/connection-access.js';
import { ConnectionDirectory } from '../../connections/application/connection-directory.service.js';
import type { UseCaseContext } from '../../core/use-case-context.js';
import { utcDay } from '../../kernel/local-date.js';
import type { CurrencyCode } from '../../kernel/currency.js';
import type { Connection } from '../../connections/domain/connection.js';
import type { Transaction } from '../../kernel/transaction.js';
import { MappedSubscriptions } from '../../contracts/application/mapped-subscriptions.service.js';
import { ChangeRecorder, type ToldSubscription } from './change-recorder.service.js';
import { TransactionRunner } from '../../platform/persistence/transaction-runner.js';
import { CLOCK, type Clock } from '../../ports/host/clock.port.js';
import { SUBSCRIPTION_SOURCE, type SubscriptionSource } from '../../ports/host/subscription-source.port.js';
import { MarginRuleNotFoundError } from '../domain/billing.errors.js';
import type { MarginRule } from '../domain/margin-rule.js';
import { MARGIN_STORE, type MarginStore, type StoredMarginRule } from '../domain/margin-store.js';

/** Subscriptions noted with one statement each. */
const BATCH = 500;

/** What people decide about prices. */
@Injectable()
export class MarginRules {
  constructor(
    private readonly connections: ConnectionDirectory,
    @Inject(MARGIN_STORE) private readonly rules: MarginStore,
    private readonly mapped: MappedSubscriptions,
    @Inject(SUBSCRIPTION_SOURCE) private readonly source: SubscriptionSource,
    private readonly recorder: ChangeRecorder,
    private readonly audit: AuditTrail,
    private readonly transactions: TransactionRunner,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  /** @throws ConnectionNotFoundError */
  async list(context: UseCaseContext, connectionId: string): Promise<StoredMarginRule[]> {
    const { id } = await this.connections.getScope(context, connectionId);
    return this.rules.list(id);
  }

  /**
   * Makes the rule or replaces it; equal values change nothing and leave no entry. Amounts decided before stay as they are; where licences are
   * priced by rules they are planned anew.
   * @param made the rule in the currency of the connection; what it raises is audited
   * @throws TierNotAllowedError, ConnectionNotFoundError, MarginScopeTakenError
   */
  async put(
    context: UseCaseContext,
    connectionId: string,
    ruleId: string,
    made: (currency: CurrencyCode) => MarginRule,
  ): Promise<{ rule: StoredMarginRule; isNew: boolean }> {
    const subject = { type: 'marginRule', id: ruleId, label: ruleId };
    let known: string | null = null;
    const event = () => ({ operation: AUDIT_OPERATIONS.putMarginRule, subject, connectionId: known });
    return this.audit.attempt(context, event, async () => {
      const connection = await this.connections.get(context, connectionId);
      known = connection.id;
      demandManagingTier(context.actor);
      const rule = made(connection.currency);
      const priced = await this.priced(connection);
      return this.transactions.run(async (tx) => {
        const before = await this.rules.lock(tx, connection.id, rule.id);
        const { id, name } = context.actor;
        const stored = {
          ...rule,
          connectionId: connection.id,
          updatedAt: this.clock.now(),
          updatedBy: { id, name },
        };
        if (before !== null && isSameRule(before, stored)) return { rule: before, isNew: false };
        await this.rules.put(tx, stored);
        const details = { before: before === null ? null : auditedRule(before), after: auditedRule(stored) };
        await this.replan(tx, context, priced);
        await this.audit.append(tx, context, { ...event(), details });
        return { rule: stored, isNew: before === null };
      });
    });
  }

  /** @throws TierNotAllowedError, ConnectionNotFoundError, MarginRuleNotFoundError */
  async remove(context: UseCaseContext, connectionId: string, ruleId: string): Promise<void> {
    const subject = { type: 'marginRule', id: ruleId, label: ruleId };
    let known: string | null = null;
    const event = () => ({ operation: AUDIT_OPERATIONS.deleteMarginRule, subject, connectionId: known });
    await this.audit.attempt(context, event, async () => {
      const connection = await this.connections.get(context, connectionId);
      known = connection.id;
      demandManagingTier(context.actor);
      const priced = await this.priced(connection);
      await this.transactions.run(async (tx) => {
        const before = await this.rules.lock(tx, connection.id, ruleId);
        if (before === null) throw new MarginRuleNotFoundError();
        await this.rules.remove(tx, connection.id, ruleId);
        await this.replan(tx, context, priced);
        await this.audit.append(tx, context, { ...event(), details: { before: auditedRule(before) } });
      });
    });
  }

  /** What is priced by the rules, with what the host says of it now; asked before the transaction. */
  private async priced(connection: Connection): Promise<ToldSubscription[]> {
    if (connection.policies.prices !== 'marginRules') return [];
    const told: ToldSubscription[] = [];
    for await (const batch of this.mapped.eachOfConnection(connection.id)) {
      const ids = batch.map(({ subscriptionId }) => subscriptionId);
      const found = await this.source.findSubscriptions(connection.tenantId, ids);
      const byId = new Map(found.map((subscription) => [subscription.id, subscription]));
      told.push(
        ...batch.map((mapped) => ({ mapped, subscription: byId.get(mapped.subscriptionId) ?? null })),
      );
    }
    return told;
  }

  /** Every mapped subscription is compared with its contract again, at the price the rules make from now on. */
  private async replan(
    tx: Transaction,
    context: UseCaseContext,
    priced: readonly ToldSubscription[],
  ): Promise<void> {
    const today = utcDay(this.clock.now());
    for (let start = 0; start < priced.length; start += BATCH) {
      await this.recorder.recordMapped(tx, context, priced.slice(start, start + BATCH), today);
    }
  }
}

function isSameRule(left: MarginRule, right: MarginRule): boolean {
  return JSON.stringify(auditedRule(left)) === JSON.stringify(auditedRule(right));
}

function auditedRule(rule: MarginRule): { [name: string]: AuditDetail } {
  const { customerId, productId, skuId, kind } = rule.scope;
  return {
    scope: { customerId, productId, skuId, kind },
    method: rule.method,
    percent: rule.percent.toFixed(),
    promotions: rule.promotions,
    notAboveErp: rule.isNotAboveErp,
    notBelowList: rule.isNotBelowList,
    minUnitPrice: rule.minUnitPrice?.toFixed() ?? null,
    maxUnitPrice: rule.maxUnitPrice?.toFixed() ?? null,
  };
}
