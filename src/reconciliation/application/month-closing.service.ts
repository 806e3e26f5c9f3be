import { Inject, Injectable } from '@nestjs/common';
import { AuditTrail } from '../../audit/application/audit-trail.service.js';
import { AUDIT_OPERATIONS } from '../../audit/domain/audit-operations.js';
import { demandManagingTier } from '../../connections/application/connection-access.js';
import { ConnectionDirectory } from '../../connections/application/connection-directory.service.js';
import type { UseCaseContext } from '../../core/use-case-context.js';
import { isId, newId } from '../../kernel/ids.js';
import { utcDay } from '../../kernel/local-date.js';
import { TransactionRunner } from '../../platform/persistence/transaction-runner.js';
import { CLOCK, type Clock } from '../../ports/host/clock.port.js';
import { daysOf, isBillingMonth } from '../domain/billing-month.js';
import {
  InvalidMonthError,
  MonthClosedError,
  MonthNotOverError,
  ReportChangedError,
} from '../domain/reconciliation.errors.js';
import {
  RECONCILIATION_STORE,
  type ReconciliationReport,
  type ReconciliationStore,
  type ReportTotals,
} from '../domain/reconciliation-report.js';
import { Reconciliation } from './reconciliation.service.js';

/** Closes months: what was found is kept as it is, for ever. */
@Injectable()
export class MonthClosing {
  constructor(
    private readonly connections: ConnectionDirectory,
    private readonly reconciliation: Reconciliation,
    @Inject(RECONCILIATION_STORE) private readonly store: ReconciliationStore,
    private readonly audit: AuditTrail,
    private readonly transactions: TransactionRunner,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  /** @throws ConnectionNotFoundError, TierNotAllowedError, InvalidMonthError, MonthNotOverError, MonthClosedError, ReportChangedError */
  async close(
    context: UseCaseContext,
    connectionId: string,
    month: string,
  ): Promise<{ report: ReconciliationReport; totals: ReportTotals }> {
    const subject = { type: 'billingMonth', id: isId(connectionId) ? connectionId : null, label: month };
    let known: string | null = null;
    const event = () => ({ operation: AUDIT_OPERATIONS.closeMonth, subject, connectionId: known });
    return this.audit.attempt(context, event, async () => {
      const connection = await this.connections.get(context, connectionId);
      known = connection.id;
      demandManagingTier(context.actor);
      subject.label = `${connection.alias} ${month}`;
      if (!isBillingMonth(month)) throw new InvalidMonthError();
      if (daysOf(month).to >= utcDay(this.clock.now())) throw new MonthNotOverError(month);
      if ((await this.store.findClosed(connection.id, month)) !== null) throw new MonthClosedError(month);
      const report = await this.reconciliation.open(connection, month);
      const totals = await this.store.totals(report, {});
      const { id, name } = context.actor;
      const closing = { at: this.clock.now(), by: { id, name } };
      const snapshotId = newId();
      await this.transactions.run(async (tx) => {
        if (!(await this.store.close(tx, report, snapshotId, closing))) throw new ReportChangedError();
        await this.audit.append(tx, context, {
          ...event(),
          details: {
            month,
            snapshotId,
            currency: report.currency,
            findings: totals.findings,
            expected: totals.expected.toFixed(),
            actual: totals.actual.toFixed(),
            loss: totals.loss.toFixed(),
            gain: totals.gain.toFixed(),
          },
        });
      });
      return { report: { ...report, id: snapshotId, closing }, totals };
    });
  }
}
