import { Inject, Injectable } from '@nestjs/common';
import { AuditTrail } from '../../audit/application/audit-trail.service.js';
import type { AuditDetails } from '../../audit/domain/audit-entry.js';
import { AUDIT_OPERATIONS } from '../../audit/domain/audit-operations.js';
import { PsaRegistry } from '../../core/psa-registry.js';
import type { UseCaseContext } from '../../core/use-case-context.js';
import type { CurrencyCode } from '../../kernel/currency.js';
import { newId } from '../../kernel/ids.js';
import { TransactionRunner } from '../../platform/persistence/transaction-runner.js';
import { CLOCK, type Clock } from '../../ports/host/clock.port.js';
import type { AccessReport } from '../../ports/psa/access-report.js';
import type { AccessCheckResult, PsaCredentials } from '../../ports/psa/psa-adapter.port.js';
import { SecretVault } from '../../secrets/application/secret-vault.service.js';
import type { Connection } from '../domain/connection.js';
import { packCredentials } from '../domain/connection-credentials.js';
import { AliasTakenError } from '../domain/connection.errors.js';
import { DEFAULT_POLICIES } from '../domain/connection-policies.js';
import { CONNECTION_STORE, type ConnectionStore } from '../domain/connection-store.js';
import { auditedReport, demandManagingTier, demandPassed, subjectOf } from './connection-access.js';

export interface NewConnection {
  provider: string;
  alias: string;
  currency: CurrencyCode;
  credentials: PsaCredentials;
}

/** Adds connections, and checks what would be added. */
@Injectable()
export class ConnectionRegistration {
  constructor(
    private readonly registry: PsaRegistry,
    @Inject(CONNECTION_STORE) private readonly store: ConnectionStore,
    private readonly vault: SecretVault,
    private readonly audit: AuditTrail,
    private readonly transactions: TransactionRunner,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  /**
   * Runs the full access check and saves the connection when it passes; otherwise stores nothing but the audit entry.
   * @throws TierNotAllowedError, AliasTakenError, DuplicateConnectionError, UnknownProviderError, ConnectionRefusedError and
   * what interrupts the check (PsaUnreachableError, PsaRateLimitedError, PsaUnexpectedAnswerError, PsaRequestRejectedError)
   */
  async create(context: UseCaseContext, request: NewConnection): Promise<Connection> {
    const learnt: { details: AuditDetails } = { details: requested(request) };
    const subject = { type: 'connection', id: null, label: request.alias };
    const event = () => ({ operation: AUDIT_OPERATIONS.createConnection, subject, details: learnt.details });
    return this.audit.attempt(context, event, async () => {
      demandManagingTier(context.actor);
      // Before the PSA is asked: an attempt that cannot succeed should not use up a sign-in.
      if (await this.store.isAliasTaken(context.actor.tenantId, request.alias))
        throw new AliasTakenError(request.alias);
      const result = await this.ask(request);
      learnt.details = { ...requested(request, result.report), ...auditedReport(result.report) };
      const connection = this.toConnection(context, request, result);
      const sealed = await this.vault.seal(connection.id, packCredentials(request.credentials));
      await this.transactions.run(async (tx) => {
        await this.store.insert(tx, connection);
        await this.vault.put(tx, connection.id, sealed);
        await this.audit.append(tx, context, {
          operation: AUDIT_OPERATIONS.createConnection,
          subject: subjectOf(connection),
          connectionId: connection.id,
          details: {
            ...learnt.details,
            instanceId: connection.instance.id,
            zone: connection.instance.zoneName,
          },
        });
      });
      return connection;
    });
  }

  /** Checks without saving; the report is the answer whether it passed or not, also when the PSA cannot be reached. */
  async check(context: UseCaseContext, request: NewConnection): Promise<AccessReport> {
    const subject = { type: 'connection', id: null, label: request.alias };
    const event = () => ({
      operation: AUDIT_OPERATIONS.checkConnection,
      subject,
      details: requested(request),
    });
    return this.audit.attempt(context, event, async () => {
      demandManagingTier(context.actor);
      const { report } = await this.ask(request);
      const entry = { ...event(), details: { ...requested(request, report), ...auditedReport(report) } };
      await this.transactions.run((tx) =>
        report.outcome === 'passed'
          ? this.audit.append(tx, context, entry)
          : this.audit.appendFailed(tx, context, entry),
      );
      return report;
    });
  }

  private ask({ provider, credentials, currency }: NewConnection): Promise<AccessCheckResult> {
    return this.registry.adapter(provider).checkAccess({ credentials, currency });
  }

  private toConnection(
    { actor }: UseCaseContext,
    request: NewConnection,
    result: AccessCheckResult,
  ): Connection {
    return {
      id: newId(),
      tenantId: actor.tenantId,
      rootTenantId: actor.rootTenantId,
      provider: request.provider,
      alias: request.alias,
      currency: request.currency,
      state: 'active',
      username: request.credentials.username,
      instance: demandPassed(result),
      accessReport: result.report,
      policies: DEFAULT_POLICIES,
      createdAt: this.clock.now(),
      createdBy: { id: actor.id, name: actor.name },
    };
  }
}

/** What user names of the PSA look like, and its secrets do not. */
const MAIL_ADDRESS = /^[\w.%+-]+@[a-z\d-]+(\.[a-z\d-]+)+$/i;
const NOT_SHOWN = '[not shown]';

/** @param report absent where the PSA was not asked */
function requested(
  { provider, alias, currency, credentials: { username } }: NewConnection,
  report?: AccessReport,
): AuditDetails {
  // An entry stays for ever, and a name that the PSA did not accept may be the secret, typed into the wrong field.
  const isKnown = report?.checks.some(({ id, outcome }) => id === 'sign_in' && outcome === 'passed') === true;
  return {
    changes: [
      { field: 'provider', before: null, after: provider },
      { field: 'alias', before: null, after: alias },
      { field: 'currency', before: null, after: currency },
      {
        field: 'username',
        before: null,
        after: isKnown || MAIL_ADDRESS.test(username) ? username : NOT_SHOWN,
      },
    ],
  };
}
