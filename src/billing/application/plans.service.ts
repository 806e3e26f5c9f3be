import { Inject, Injectable } from '@nestjs/common';
import { type AuditEvent, AuditTrail } from '../../audit/application/audit-trail.service.js';
import { AUDIT_OPERATIONS } from '../../audit/domain/audit-operations.js';
import { demandActive, demandManagingTier } from '../../connections/application/connection-access.js';
import { ConnectionDirectory } from '../../connections/application/connection-directory.service.js';
import { ConnectionSessions } from '../../connections/application/connection-sessions.service.js';
import type { Connection } from '../../connections/domain/connection.js';
import type { UseCaseContext } from '../../core/use-case-context.js';
import { isId } from '../../kernel/ids.js';
import type { Page, PageRequest } from '../../kernel/page.js';
import type { Transaction } from '../../kernel/transaction.js';
import { TransactionRunner } from '../../platform/persistence/transaction-runner.js';
import { CLOCK, type Clock } from '../../ports/host/clock.port.js';
import {
  NotCompensableError,
  PlanClosedError,
  PlanNotFoundError,
  PlanStaleError,
  SecondApproverRequiredError,
} from '../domain/billing.errors.js';
import { LINE_STORE, type LineStore } from '../domain/billing-line.js';
import { CHANGE_STORE, type ChangeStore, type PendingChange } from '../domain/pending-change.js';
import { type BillingPlan, PLAN_STORE, type PlanStore } from '../domain/billing-plan.js';
import { ChargePlanning } from './charge-planning.service.js';
import { DecisionWriter } from './decision-writer.service.js';
import type { DriftFinding } from '../domain/drift.js';
import type { LocalDate } from '../../kernel/local-date.js';
import {
  demandSteps,
  draftOf,
  limitOf,
  linesOf,
  needsAnotherPerson,
  summaryOf,
  withApproval,
} from './plan-facts.js';
import { PlanCharges } from './plan-charges.service.js';
import { CorrectingSteps } from './correcting-steps.service.js';
import { decisionsOfPlan } from './plan-decisions.js';
import { type PlannedLines, Planning } from './planning.service.js';
import { PushTrigger } from './push-trigger.service.js';

/** Changes, and subscriptions, that one plan covers. */
const WAITING = { isHeldIncluded: true, limit: 2_000 };

/** A plan that is made and not saved yet. */
export interface PlanToSave {
  plan: BillingPlan;
  connection: Connection;
}

interface PlannedAgain {
  now: PlannedLines;
  /** Null: no amounts beside the seats. */
  chargesVersion: string | null;
}

/** Makes plans of what waits, and applies what people approve. */
@Injectable()
export class Plans {
  constructor(
    private readonly connections: ConnectionDirectory,
    private readonly sessions: ConnectionSessions,
    private readonly planning: Planning,
    private readonly corrections: CorrectingSteps,
    private readonly charges: ChargePlanning,
    private readonly planCharges: PlanCharges,
    private readonly decisions: DecisionWriter,
    private readonly trigger: PushTrigger,
    @Inject(PLAN_STORE) private readonly plans: PlanStore,
    @Inject(LINE_STORE) private readonly lines: LineStore,
    @Inject(CHANGE_STORE) private readonly changes: ChangeStore,
    private readonly audit: AuditTrail,
    private readonly transactions: TransactionRunner,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  /**
   * Plans every change of the connection that waits, against what the PSA shows now. Nothing is written to the PSA.
   * @throws ConnectionNotFoundError, TierNotAllowedError, ConnectionNotActiveError and what reading the PSA raises
   */
  async create(context: UseCaseContext, connectionId: string): Promise<BillingPlan> {
    const subject = { type: 'connection', id: isId(connectionId) ? connectionId : null, label: '' };
    let known: string | null = null;
    const event = () => ({ operation: AUDIT_OPERATIONS.createPlan, subject, connectionId: known });
    return this.audit.attempt(context, event, async () => {
      const connection = await this.connections.get(context, connectionId);
      known = connection.id;
      subject.label = connection.alias;
      demandManagingTier(context.actor);
      demandActive(connection);
      const changes = await this.changes.pending(connection.id, WAITING);
      const plan = draftOf(context, connection, await this.planAll(connection, changes), this.clock.now());
      await this.transactions.run(async (tx) => {
        await this.plans.insert(tx, plan);
        await this.audit.append(tx, context, { ...event(), details: summaryOf(plan, connection) });
      });
      return plan;
    });
  }

  /**
   * Plans what restores a line that drifted; reads the PSA and saves nothing.
   * @throws NotCompensableError and what reading the PSA raises
   */
  async planToRestore(context: UseCaseContext, finding: DriftFinding, today: LocalDate): Promise<PlanToSave> {
    const connection = demandActive(await this.connections.get(context, finding.connectionId));
    const [line] = await this.lines.findLines([finding.lineId]);
    if (line === undefined) throw new NotCompensableError('The line of the finding is gone.');
    const session = await this.sessions.open(connection, 'interactive');
    try {
      const step = await this.corrections.stepFor(connection, session, finding, line, today);
      const planned = await this.planning.plan(connection, session, [], undefined, [line.id]);
      const plan = draftOf(
        context,
        connection,
        { ...planned, steps: [{ lineId: line.id, step }] },
        this.clock.now(),
      );
      return { plan, connection };
    } finally {
      await session.close();
    }
  }

  /** Saves a plan with what caused it, and its audit entry. */
  async saveToRestore(
    tx: Transaction,
    context: UseCaseContext,
    { plan, connection }: PlanToSave,
    finding: DriftFinding,
  ): Promise<void> {
    await this.plans.insert(tx, plan);
    await this.audit.append(tx, context, {
      operation: AUDIT_OPERATIONS.createPlan,
      subject: { type: 'connection', id: connection.id, label: connection.alias },
      connectionId: connection.id,
      details: { ...summaryOf(plan, connection), driftId: finding.id },
    });
  }

  /** @throws PlanNotFoundError also for a plan of another tenant */
  async get({ actor }: UseCaseContext, id: string): Promise<BillingPlan> {
    const plan = isId(id) ? await this.plans.find(id) : null;
    if (plan === null || plan.tenantId !== actor.tenantId) throw new PlanNotFoundError();
    return plan;
  }

  /** Newest first. @throws ConnectionNotFoundError */
  async list(
    context: UseCaseContext,
    connectionId: string,
    page: PageRequest,
    before: readonly string[] | undefined,
  ): Promise<Page<BillingPlan>> {
    const { id } = await this.connections.get(context, connectionId);
    return this.plans.list(id, page, before);
  }

  /**
   * Decides on the plan: its steps become operations, which are sent one after the other.
   * @param stepIds only these; what else the plan holds waits for the next one
   * @throws PlanNotFoundError, TierNotAllowedError, StepNotFoundError, PlanClosedError, PlanStaleError, SecondApproverRequiredError, ConnectionNotActiveError
   */
  async apply(
    context: UseCaseContext,
    id: string,
    stepIds: readonly string[] | undefined,
  ): Promise<BillingPlan> {
    const subject = { type: 'plan', id: isId(id) ? id : null, label: '' };
    let known: string | null = null;
    const event = () => ({ operation: AUDIT_OPERATIONS.approvePlan, subject, connectionId: known });
    return this.audit.attempt(context, event, async () => {
      const plan = await this.get(context, id);
      known = plan.connectionId;
      demandManagingTier(context.actor);
      if (plan.state === 'applied') throw new PlanClosedError();
      if (plan.state === 'stale') throw new PlanStaleError();
      demandSteps(plan, stepIds);
      const connection = demandActive(await this.connections.get(context, plan.connectionId));
      await this.demandApprovers(context, plan, connection, stepIds, event());
      const again = await this.planAgain(plan, connection);
      if (again === null) return this.refuseStale(context, plan, event());
      const { now, chargesVersion } = again;
      return this.transactions.run(async (tx) => {
        const locked = await this.plans.lock(tx, id);
        if (locked?.state === 'applied') throw new PlanClosedError();
        const isUpToDate =
          (await this.decisions.isUpToDate(tx, now.lines, now.open)) &&
          (await this.changes.lock(tx, plan.changeIds)) &&
          (await this.charges.isCurrent(tx, connection, chargesVersion));
        if (locked === null || !isUpToDate) throw new PlanStaleError();
        demandSteps(locked, stepIds);
        // Somebody may have changed it since the first look: what counts is what is decided on now.
        if (needsAnotherPerson(locked, context, connection, stepIds)) {
          throw new SecondApproverRequiredError(limitOf(connection));
        }
        const decisions = decisionsOfPlan(locked, now, context, stepIds);
        const { ids: operationIds } = await this.decisions.save(tx, connection, decisions, now.open);
        const approvals = withApproval(locked, context);
        const applied: BillingPlan = { ...locked, state: 'applied', approvals };
        await this.plans.save(tx, applied);
        await this.trigger.wake(tx, connection.id);
        await this.audit.append(tx, context, {
          ...event(),
          details: {
            ...summaryOf(locked, connection),
            operationIds,
            stepIds: stepIds === undefined ? 'all' : [...stepIds],
          },
        });
        return applied;
      });
    });
  }

  /** One person's word is kept, also where it is not enough; its entry commits with it. */
  private async demandApprovers(
    context: UseCaseContext,
    plan: BillingPlan,
    connection: Connection,
    stepIds: readonly string[] | undefined,
    event: AuditEvent,
  ): Promise<void> {
    if (!needsAnotherPerson(plan, context, connection, stepIds)) return;
    const refusal = new SecondApproverRequiredError(limitOf(connection));
    const told = { ...event, details: summaryOf(plan, connection) };
    await this.audit.refuseKeeping(context, told, refusal, async (tx) => {
      const approvals = withApproval((await this.plans.lock(tx, plan.id)) ?? plan, context);
      await this.plans.save(tx, { id: plan.id, state: 'approved', approvals });
      return { approvals: approvals.map(({ name }) => name) };
    });
  }

  private refuseStale(context: UseCaseContext, plan: BillingPlan, event: AuditEvent): Promise<never> {
    return this.audit.refuseKeeping(context, event, new PlanStaleError(), async (tx) => {
      await this.plans.save(tx, { ...plan, state: 'stale' });
      return { plan: 'stale' };
    });
  }

  /** The same plan from what is there now; null when anything it was made from has changed. */
  private async planAgain(plan: BillingPlan, connection: Connection): Promise<PlannedAgain | null> {
    const waiting = await this.changes.pending(connection.id, WAITING);
    const covered = new Set(plan.changeIds);
    const subscriptions = new Set(
      waiting.filter(({ id }) => covered.has(id)).map(({ subscriptionId }) => subscriptionId),
    );
    const changes = waiting.filter(({ subscriptionId }) => subscriptions.has(subscriptionId));
    const isSame = changes.length === covered.size;
    const now = isSame ? await this.planNow(connection, changes, linesOf(plan)) : null;
    if (now?.fingerprint === plan.fingerprint) {
      const charges = await this.planCharges.again(plan, connection);
      if (charges !== 'other') return { now, chargesVersion: charges };
    }
    return null;
  }

  /** Changes and charges; the charges are planned once more when the plan is applied. */
  private async planAll(connection: Connection, changes: readonly PendingChange[]): Promise<PlannedLines> {
    const session = await this.sessions.open(connection, 'interactive');
    try {
      const charges = await this.charges.plan(connection, session, this.charges.wholeScope(), 'person');
      const changed = new Set(changes.map(({ subscriptionId }) => subscriptionId));
      const others = charges.lines
        .filter(
          ({ id, subscriptionId, isMapped }) =>
            !(isMapped && changed.has(subscriptionId)) && charges.steps.some(({ lineId }) => lineId === id),
        )
        .map(({ id }) => id);
      const planned = await this.planning.plan(connection, session, changes, undefined, others);
      return {
        ...planned,
        steps: [...planned.steps, ...charges.steps],
        refusals: [...planned.refusals, ...charges.refusals],
      };
    } finally {
      await session.close();
    }
  }

  private async planNow(
    connection: Connection,
    changes: readonly PendingChange[],
    others: readonly string[] = [],
  ): Promise<PlannedLines> {
    const session = await this.sessions.open(connection, 'interactive');
    try {
      return await this.planning.plan(connection, session, changes, undefined, others);
    } finally {
      await session.close();
    }
  }
}
