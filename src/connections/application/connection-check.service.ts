import { Inject, Injectable } from '@nestjs/common';
import { AuditTrail } from '../../audit/application/audit-trail.service.js';
import type { AuditDetails, AuditSubject } from '../../audit/domain/audit-entry.js';
import { AUDIT_OPERATIONS } from '../../audit/domain/audit-operations.js';
import { PsaRegistry } from '../../core/psa-registry.js';
import type { UseCaseContext } from '../../core/use-case-context.js';
import { isId } from '../../kernel/ids.js';
import type { Transaction } from '../../kernel/transaction.js';
import { TransactionRunner } from '../../platform/persistence/transaction-runner.js';
import type { AccessReport } from '../../ports/psa/access-report.js';
import type { AccessCheckResult } from '../../ports/psa/psa-adapter.port.js';
import { SecretVault } from '../../secrets/application/secret-vault.service.js';
import { afterCheck, type Connection, withAttention, withoutAttention } from '../domain/connection.js';
import { unpackCredentials } from '../domain/connection-credentials.js';
import { ConnectionNotFoundError } from '../domain/connection.errors.js';
import { CONNECTION_STORE, type ConnectionStore } from '../domain/connection-store.js';
import { auditedReport, demandManagingTier, subjectOf } from './connection-access.js';
import { ConnectionDirectory } from './connection-directory.service.js';

/** Checks saved connections again, on demand and on schedule. */
@Injectable()
export class ConnectionCheck {
  constructor(
    private readonly registry: PsaRegistry,
    private readonly directory: ConnectionDirectory,
    @Inject(CONNECTION_STORE) private readonly store: ConnectionStore,
    private readonly vault: SecretVault,
    private readonly audit: AuditTrail,
    private readonly transactions: TransactionRunner,
  ) {}

  /**
   * Checks at a caller's wish; a check that does not pass is a result, not an error.
   * @throws TierNotAllowedError, ConnectionNotFoundError, SecretUnreadableError
   */
  async checkNow(context: UseCaseContext, id: string): Promise<AccessReport> {
    let subject: AuditSubject = { type: 'connection', id: isId(id) ? id : null, label: '' };
    let connectionId: string | null = null;
    const event = () => ({ operation: AUDIT_OPERATIONS.checkConnection, subject, connectionId });
    return this.audit.attempt(context, event, async () => {
      const connection = await this.directory.get(context, id);
      subject = subjectOf(connection);
      connectionId = id;
      demandManagingTier(context.actor);
      return this.run(context, connection);
    });
  }

  /** Checks for the schedule. An interrupted check is audited and changes nothing; the next one decides. */
  async checkUnattended(context: UseCaseContext, connection: Connection): Promise<void> {
    const subject = subjectOf(connection);
    const event = () => ({
      operation: AUDIT_OPERATIONS.checkConnection,
      subject,
      connectionId: connection.id,
    });
    await this.audit.attempt(context, event, () => this.run(context, connection));
  }

  /** Turns a connection to `attention` because the PSA refused its credentials or rights during other work. */
  async raiseAttention(context: UseCaseContext, id: string, reason: AuditDetails): Promise<void> {
    await this.transactions.run(async (tx) => {
      const before = await this.store.lock(tx, id);
      if (before === null) return;
      const after = withAttention(before);
      if (after === before) return;
      await this.store.update(tx, after);
      await this.audit.append(tx, context, {
        operation: AUDIT_OPERATIONS.updateConnection,
        subject: subjectOf(after),
        connectionId: id,
        details: { ...reason, changes: [{ field: 'state', before: before.state, after: after.state }] },
      });
    });
  }

  /** Turns a connection back to `active` after a person answered what turned it to `attention`, when its last check passed. */
  async endAttention(
    tx: Transaction,
    context: UseCaseContext,
    id: string,
    reason: AuditDetails,
  ): Promise<void> {
    const before = await this.store.lock(tx, id);
    if (before === null) return;
    const after = withoutAttention(before);
    if (after === before) return;
    await this.store.update(tx, after);
    await this.audit.append(tx, context, {
      operation: AUDIT_OPERATIONS.updateConnection,
      subject: subjectOf(after),
      connectionId: id,
      details: { ...reason, changes: [{ field: 'state', before: before.state, after: after.state }] },
    });
  }

  private async run(context: UseCaseContext, connection: Connection): Promise<AccessReport> {
    const credentials = unpackCredentials(connection.username, await this.vault.read(connection.id));
    const { currency, provider } = connection;
    const result = await this.registry.adapter(provider).checkAccess({ credentials, currency });
    await this.save(context, connection.id, result);
    return result.report;
  }

  private async save(context: UseCaseContext, id: string, result: AccessCheckResult): Promise<void> {
    await this.transactions.run(async (tx) => {
      const before = await this.store.lock(tx, id);
      if (before === null) throw new ConnectionNotFoundError();
      const after = afterCheck(before, result);
      if (after !== before) await this.store.update(tx, after);
      const changes =
        after.state === before.state ? [] : [{ field: 'state', before: before.state, after: after.state }];
      const event = {
        operation: AUDIT_OPERATIONS.checkConnection,
        subject: subjectOf(after),
        connectionId: id,
        details: { ...auditedReport(result.report), changes },
      };
      if (result.report.outcome === 'passed') await this.audit.append(tx, context, event);
      else await this.audit.appendFailed(tx, context, event);
    });
  }
}
