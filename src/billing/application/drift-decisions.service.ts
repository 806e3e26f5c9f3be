import { Inject, Injectable } from '@nestjs/common';
import { AuditTrail } from '../../audit/application/audit-trail.service.js';
import { AUDIT_OPERATIONS, type AuditOperation } from '../../audit/domain/audit-operations.js';
import { demandManagingTier } from '../../connections/application/connection-access.js';
import { ConnectionDirectory } from '../../connections/application/connection-directory.service.js';
import type { UseCaseContext } from '../../core/use-case-context.js';
import { isId } from '../../kernel/ids.js';
import { utcDay } from '../../kernel/local-date.js';
import type { Page, PageRequest } from '../../kernel/page.js';
import type { Transaction } from '../../kernel/transaction.js';
import { TransactionRunner } from '../../platform/persistence/transaction-runner.js';
import { CLOCK, type Clock } from '../../ports/host/clock.port.js';
import { DriftDecidedError, DriftNotFoundError } from '../domain/billing.errors.js';
import type { BillingPlan } from '../domain/billing-plan.js';
import { LINE_STORE, type LineStore } from '../domain/billing-line.js';
import { DRIFT_STORE, type DriftFinding, type DriftState, type DriftStore } from '../domain/drift.js';
import { auditedValues } from './audited-operation.js';
import { Plans } from './plans.service.js';

/** What people decide about differences: the PSA is right, or we are. */
@Injectable()
export class DriftDecisions {
  constructor(
    private readonly connections: ConnectionDirectory,
    private readonly plans: Plans,
    @Inject(LINE_STORE) private readonly lines: LineStore,
    @Inject(DRIFT_STORE) private readonly findings: DriftStore,
    private readonly audit: AuditTrail,
    private readonly transactions: TransactionRunner,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  /** Newest first. @throws ConnectionNotFoundError */
  async list(
    context: UseCaseContext,
    connectionId: string,
    state: DriftState | undefined,
    page: PageRequest,
    before: readonly string[] | undefined,
  ): Promise<Page<DriftFinding>> {
    const { id } = await this.connections.get(context, connectionId);
    return this.findings.list(id, state, page, before);
  }

  /**
   * What the PSA holds is right; the same difference is not shown again. A contract service that was left is given up by this: it is billed on,
   * and whatever becomes of it is no longer ours.
   * @throws DriftNotFoundError, TierNotAllowedError, DriftDecidedError
   */
  async keep(context: UseCaseContext, id: string): Promise<DriftFinding> {
    return this.decide(
      context,
      id,
      AUDIT_OPERATIONS.keepDrift,
      () => Promise.resolve(null),
      async (tx, finding) => {
        if (finding.cause === 'left') await this.lines.giveUp(tx, [finding.lineId]);
        return this.close(tx, context, finding, 'kept');
      },
    );
  }

  /**
   * What we applied is right: makes the plan that restores it, or takes off what was left, to be applied like any other.
   * @throws DriftNotFoundError, TierNotAllowedError, DriftDecidedError, NotCompensableError and what reading the PSA raises
   */
  async correct(context: UseCaseContext, id: string): Promise<BillingPlan> {
    return this.decide(
      context,
      id,
      AUDIT_OPERATIONS.correctDrift,
      (finding) => this.plans.planToRestore(context, finding, utcDay(this.clock.now())),
      async (tx, locked, prepared) => {
        // One transaction: a finding that is not closed must not leave a plan behind, nor the other way round.
        await this.plans.saveToRestore(tx, context, prepared, locked);
        await this.close(tx, context, locked, 'corrected');
        return prepared.plan;
      },
    );
  }

  private async get({ actor }: UseCaseContext, id: string): Promise<DriftFinding> {
    const finding = isId(id) ? await this.findings.find(id) : null;
    if (finding === null || finding.tenantId !== actor.tenantId) throw new DriftNotFoundError();
    if (finding.state !== 'open') throw new DriftDecidedError(finding.state);
    return finding;
  }

  private async close(
    tx: Transaction,
    { actor }: UseCaseContext,
    finding: DriftFinding,
    state: DriftState,
  ): Promise<DriftFinding> {
    const closed = {
      ...finding,
      state,
      decidedAt: this.clock.now(),
      decidedBy: { id: actor.id, name: actor.name },
    };
    await this.findings.put(tx, closed);
    return closed;
  }

  /** @param prepare what has to be asked of the PSA first, outside the transaction */
  private decide<Prepared, Decided>(
    context: UseCaseContext,
    id: string,
    operation: AuditOperation,
    prepare: (finding: DriftFinding) => Promise<Prepared>,
    work: (tx: Transaction, finding: DriftFinding, prepared: Prepared) => Promise<Decided>,
  ): Promise<Decided> {
    const subject = { type: 'drift', id: isId(id) ? id : null, label: '' };
    let known: string | null = null;
    const event = () => ({ operation, subject, connectionId: known });
    return this.audit.attempt(context, event, async () => {
      const found = await this.get(context, id);
      known = found.connectionId;
      demandManagingTier(context.actor);
      subject.label = found.subscriptionId;
      const prepared = await prepare(found);
      return this.transactions.run(async (tx) => {
        const locked = await this.findings.lock(tx, id);
        if (locked === null) throw new DriftNotFoundError();
        if (locked.state !== 'open') throw new DriftDecidedError(locked.state);
        const decided = await work(tx, locked, prepared);
        await this.audit.append(tx, context, {
          ...event(),
          details: {
            cause: found.cause,
            expected: auditedValues(found.expected),
            actual: auditedValues(found.actual),
          },
        });
        return decided;
      });
    });
  }
}
