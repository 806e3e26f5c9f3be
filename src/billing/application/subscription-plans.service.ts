import { Inject, Injectable } from '@nestjs/common';
import { AuditTrail } from '../../audit/application/audit-trail.service.js';
import { AUDIT_OPERATIONS } from '../../audit/domain/audit-operations.js';
import type { AuditDetails } from '../../audit/domain/audit-entry.js';
import { ConnectionSessions } from '../../connections/application/connection-sessions.service.js';
import { ConnectionNotActiveError } from '../../connections/domain/connection.errors.js';
import type { Connection } from '../../connections/domain/connection.js';
import type { UseCaseContext } from '../../core/use-case-context.js';
import { newId } from '../../kernel/ids.js';
import { type LocalDate, utcDay } from '../../kernel/local-date.js';
import { TransactionRunner } from '../../platform/persistence/transaction-runner.js';
import { CLOCK, type Clock } from '../../ports/host/clock.port.js';
import type { Subscription } from '../../ports/host/subscription-source.port.js';
import type { PsaSession } from '../../ports/psa/psa-session.port.js';
import { NotCompensableError, NothingToPlanError } from '../domain/billing.errors.js';
import { type BillingLine, LINE_STORE, type LineStore } from '../domain/billing-line.js';
import { CHANGE_STORE, type ChangeStore, type PendingChange } from '../domain/pending-change.js';
import { type BillingPlan, PLAN_STORE, type PlanStore } from '../domain/billing-plan.js';
import { planContractSync } from '../domain/contract-sync-plan.js';
import { desiredLineOf } from '../domain/desired-lines.js';
import { monthCorrections, type WantedState } from '../domain/month-corrections.js';
import type { PlanStep } from '../domain/plan-step.js';
import { fitsPeriod } from '../domain/unplanned-changes.js';
import { ChargePlanning } from './charge-planning.service.js';
import { ContractReader, internalCurrencyOf } from './contract-reader.service.js';
import { originatorOf } from './originator-context.js';
import { personOf, summaryOf } from './plan-facts.js';
import { Planning } from './planning.service.js';

/** What a subscription should have been billed, to be planned. */
export interface PlanWish {
  subscriptionId: string;
  /** Newest state; null where the source no longer has the subscription. */
  subscription: Subscription | null;
  /** Units and price since the first day; null: its units are as they should be. */
  units: { from: LocalDate; states: readonly WantedState[] } | null;
  /** Whether amounts beside the seats are to be billed. */
  areChargesWanted: boolean;
}

interface PlannedWishes {
  steps: BillingPlan['steps'];
  refusals: BillingPlan['refusals'];
  fingerprint: string;
  changeIds: string[];
}

/** Makes plans that bring some subscriptions to what they should have been billed, also for days that have passed. */
@Injectable()
export class SubscriptionPlans {
  constructor(
    private readonly sessions: ConnectionSessions,
    private readonly planning: Planning,
    private readonly charges: ChargePlanning,
    private readonly contracts: ContractReader,
    @Inject(LINE_STORE) private readonly lines: LineStore,
    @Inject(CHANGE_STORE) private readonly changes: ChangeStore,
    @Inject(PLAN_STORE) private readonly plans: PlanStore,
    private readonly audit: AuditTrail,
    private readonly transactions: TransactionRunner,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  /**
   * A draft, to be looked at and applied like any other. Changes of these subscriptions that wait are planned instead of what they would
   * settle. Nothing is written to the PSA.
   * @param details what the audit entry tells beside the plan
   * @throws ConnectionNotActiveError, NothingToPlanError and what reading the PSA raises
   */
  async create(
    context: UseCaseContext,
    connection: Connection,
    wishes: readonly PlanWish[],
    details: AuditDetails,
  ): Promise<BillingPlan> {
    if (connection.state !== 'active') throw new ConnectionNotActiveError(connection.state);
    const session = await this.sessions.open(connection, 'interactive');
    try {
      const planned = await this.plan(context, connection, session, wishes);
      if (planned.steps.length === 0) {
        throw new NothingToPlanError(planned.refusals.map(({ detail }) => detail));
      }
      const plan: BillingPlan = {
        id: newId(),
        connectionId: connection.id,
        tenantId: connection.tenantId,
        state: 'draft',
        ...planned,
        approvals: [],
        createdAt: this.clock.now(),
        createdBy: personOf(context),
        changedById: null,
      };
      await this.transactions.run(async (tx) => {
        await this.plans.insert(tx, plan);
        await this.audit.append(tx, context, {
          operation: AUDIT_OPERATIONS.createPlan,
          subject: { type: 'connection', id: connection.id, label: connection.alias },
          connectionId: connection.id,
          details: { ...summaryOf(plan, connection), ...details },
        });
      });
      return plan;
    } finally {
      await session.close();
    }
  }

  private async plan(
    context: UseCaseContext,
    connection: Connection,
    session: PsaSession,
    wishes: readonly PlanWish[],
  ): Promise<PlannedWishes> {
    const ids = wishes.map(({ subscriptionId }) => subscriptionId);
    const lines = new Map(
      (await this.lines.mappedLines(connection.id, ids)).map((line) => [line.subscriptionId, line]),
    );
    const changes = await this.changes.pending(connection.id, {
      subscriptionIds: ids,
      isHeldIncluded: true,
      limit: Number.MAX_SAFE_INTEGER,
    });
    const changed = new Set(changes.map(({ subscriptionId }) => subscriptionId));
    const own: { lineId: string; step: PlanStep }[] = [];
    for (const wish of wishes) {
      const line = lines.get(wish.subscriptionId);
      if (line === undefined || wish.units === null || changed.has(wish.subscriptionId)) continue;
      const steps = await this.unitSteps(context, connection, session, line, wish);
      own.push(...steps.map((step) => ({ lineId: line.id, step })));
    }
    const charges = await this.chargeSteps(connection, session, wishes);
    own.push(...charges.steps);
    const others = [...new Set(own.map(({ lineId }) => lineId))];
    const planned = await this.planning.plan(connection, session, changes, undefined, others);
    return {
      steps: [...planned.steps, ...own].map((step) => ({ id: newId(), ...step, dismissedReason: null })),
      refusals: [...planned.refusals, ...charges.refusals],
      fingerprint: planned.fingerprint,
      changeIds: planned.changes.map(({ id }) => id),
    };
  }

  private async unitSteps(
    context: UseCaseContext,
    connection: Connection,
    session: PsaSession,
    line: BillingLine,
    { units, subscription }: PlanWish,
  ): Promise<PlanStep[]> {
    if (units === null) return [];
    const today = utcDay(this.clock.now());
    try {
      const { contract, own } = await this.planning.lineNow(connection, session, line, units.from);
      const span = { from: units.from, today, currency: connection.currency };
      // A price for another period than the contract's is left alone, as in every other plan.
      const isPriced = subscription === null || fitsPeriod(contract, subscription.offer.billingCycle);
      const states = isPriced ? units.states : units.states.map((state) => ({ ...state, unitPrice: null }));
      return monthCorrections(line, contract, own, states, span);
    } catch (error) {
      if (!(error instanceof NotCompensableError) || subscription === null) throw error;
      return this.asNew(context, connection, session, line, subscription);
    }
  }

  /** The contract has no such service (any more): it is planned as for a subscription that was just mapped. */
  private async asNew(
    context: UseCaseContext,
    connection: Connection,
    session: PsaSession,
    line: BillingLine,
    subscription: Subscription,
  ): Promise<PlanStep[]> {
    const today = utcDay(this.clock.now());
    const { contractExternalId, serviceExternalId } = line;
    const contracts = await this.contracts.read(
      session,
      [contractExternalId],
      new Set([serviceExternalId]),
      today,
    );
    const internal = internalCurrencyOf(connection);
    const rates =
      subscription.unitCost.currency === internal
        ? { internal, rates: new Map() }
        : await this.contracts.readRates(session, connection);
    const change: PendingChange = {
      ...originatorOf(context),
      id: newId(),
      connectionId: connection.id,
      tenantId: connection.tenantId,
      subscriptionId: line.subscriptionId,
      subscription,
      holdReason: null,
      recordedAt: this.clock.now(),
    };
    const fresh = { ...line, known: null, lineExternalId: null };
    const desired = desiredLineOf(fresh, [change], [], connection.currency, rates);
    if ('code' in desired) return [];
    const { decrease, cancel } = connection.policies;
    const policy = { decrease, cancel, currency: connection.currency, costCurrency: internal };
    return planContractSync([desired], contracts, policy, today).steps;
  }

  private async chargeSteps(
    connection: Connection,
    session: PsaSession,
    wishes: readonly PlanWish[],
  ): Promise<{ steps: { lineId: string; step: PlanStep }[]; refusals: BillingPlan['refusals'] }> {
    const wanted = new Set(
      wishes.filter(({ areChargesWanted }) => areChargesWanted).map(({ subscriptionId }) => subscriptionId),
    );
    if (wanted.size === 0) return { steps: [], refusals: [] };
    const planned = await this.charges.plan(connection, session, this.charges.wholeScope(), 'person');
    return {
      steps: planned.steps.filter(({ step }) => wanted.has(step.subscriptionId)),
      refusals: planned.refusals.filter(({ subscriptionId }) => wanted.has(subscriptionId)),
    };
  }
}
