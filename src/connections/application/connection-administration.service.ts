import type { MoneyJson } from '../../kernel/money.js';
import { type ConnectionPolicies, policiesToJson } from '../domain/connection-policies.js';
import { Inject, Injectable } from '@nestjs/common';
import { AuditTrail } from '../../audit/application/audit-trail.service.js';
import type { AuditDetail, AuditDetails, AuditSubject } from '../../audit/domain/audit-entry.js';
import { AUDIT_OPERATIONS } from '../../audit/domain/audit-operations.js';
import { PsaRegistry } from '../../core/psa-registry.js';
import type { UseCaseContext } from '../../core/use-case-context.js';
import { isId } from '../../kernel/ids.js';
import type { Transaction } from '../../kernel/transaction.js';
import { TransactionRunner } from '../../platform/persistence/transaction-runner.js';
import { CLOCK, type Clock } from '../../ports/host/clock.port.js';
import type { AccessCheckResult, PsaCredentials } from '../../ports/psa/psa-adapter.port.js';
import { SecretVault } from '../../secrets/application/secret-vault.service.js';
import type { SealedValue } from '../../secrets/domain/envelope.js';
import { afterCheck, type Connection, withEnabled } from '../domain/connection.js';
import { packCredentials } from '../domain/connection-credentials.js';
import { ConnectionNotFoundError, InstanceMismatchError } from '../domain/connection.errors.js';
import { CONNECTION_STORE, type ConnectionStore } from '../domain/connection-store.js';
import { auditedReport, demandManagingTier, demandPassed, subjectOf } from './connection-access.js';
import { ConnectionDirectory } from './connection-directory.service.js';
import { ConnectionPolicyChanges } from './connection-policy-changes.service.js';
import { ConnectionRemovals } from './connection-removals.service.js';

/** Absent members stay as they are. */
export interface ConnectionChange {
  alias?: string | undefined;
  enabled?: boolean | undefined;
  credentials?: PsaCredentials | undefined;
  /** Absent members of it stay as they are; a limit of null is taken away. */
  policies?: Partial<ConnectionPolicies> | undefined;
}

interface CheckedCredentials {
  credentials: PsaCredentials;
  result: AccessCheckResult;
  sealed: SealedValue;
}

/** Changes and removes connections. */
@Injectable()
export class ConnectionAdministration {
  constructor(
    private readonly registry: PsaRegistry,
    private readonly directory: ConnectionDirectory,
    @Inject(CONNECTION_STORE) private readonly store: ConnectionStore,
    private readonly vault: SecretVault,
    private readonly removals: ConnectionRemovals,
    private readonly policyChanges: ConnectionPolicyChanges,
    private readonly audit: AuditTrail,
    private readonly transactions: TransactionRunner,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  /**
   * Renames, enables or disables, and rotates credentials, all or nothing. New credentials must pass the access check and belong
   * to the same instance, so that mappings keep their meaning.
   * @throws TierNotAllowedError, ConnectionNotFoundError, AliasTakenError, InstanceMismatchError, ConnectionRefusedError and
   * what interrupts the check
   */
  async update(context: UseCaseContext, id: string, change: ConnectionChange): Promise<Connection> {
    const learnt: { details: AuditDetails } = { details: { fields: fieldsOf(change) } };
    return this.attempt(context, id, AUDIT_OPERATIONS.updateConnection, learnt, async (connection) => {
      const checked = await this.checkCredentials(connection, change, learnt);
      const consequences = await this.policyChanges.prepare(context, connection, change.policies);
      return this.transactions.run(async (tx) => {
        const before = await this.lock(tx, id);
        const after = applyChange(before, change, checked);
        await this.store.update(tx, after);
        for (const follow of consequences) await follow(tx, after);
        if (checked !== undefined) await this.vault.put(tx, id, checked.sealed);
        await this.audit.append(tx, context, {
          operation: AUDIT_OPERATIONS.updateConnection,
          subject: subjectOf(after),
          connectionId: id,
          details: { ...learnt.details, changes: changesBetween(before, after, checked !== undefined) },
        });
        return after;
      });
    });
  }

  /**
   * Removes the connection, destroys its credentials and archives its mappings; the audit log keeps its history.
   * @throws TierNotAllowedError, ConnectionNotFoundError
   */
  async remove(context: UseCaseContext, id: string): Promise<void> {
    await this.attempt(context, id, AUDIT_OPERATIONS.deleteConnection, { details: {} }, () =>
      this.transactions.run(async (tx) => {
        const connection = await this.lock(tx, id);
        const now = this.clock.now();
        await this.store.remove(tx, id, now);
        const putAway = await this.removals.handle(tx, context, id, now);
        await this.vault.destroy(tx, id);
        await this.audit.append(tx, context, {
          operation: AUDIT_OPERATIONS.deleteConnection,
          subject: subjectOf(connection),
          connectionId: id,
          details: { changes: [{ field: 'state', before: connection.state, after: 'removed' }], ...putAway },
        });
      }),
    );
  }

  private attempt<T>(
    context: UseCaseContext,
    id: string,
    operation: typeof AUDIT_OPERATIONS.updateConnection | typeof AUDIT_OPERATIONS.deleteConnection,
    learnt: { details: AuditDetails },
    work: (connection: Connection) => Promise<T>,
  ): Promise<T> {
    let subject: AuditSubject = { type: 'connection', id: isId(id) ? id : null, label: '' };
    let connectionId: string | null = null;
    const event = () => ({ operation, subject, connectionId, details: learnt.details });
    return this.audit.attempt(context, event, async () => {
      const connection = await this.directory.get(context, id);
      subject = subjectOf(connection);
      connectionId = id;
      demandManagingTier(context.actor);
      return work(connection);
    });
  }

  private async checkCredentials(
    { id, provider, currency, instance }: Connection,
    { credentials }: ConnectionChange,
    learnt: { details: AuditDetails },
  ): Promise<CheckedCredentials | undefined> {
    if (credentials === undefined) return undefined;
    const result = await this.registry.adapter(provider).checkAccess({ credentials, currency });
    learnt.details = { ...learnt.details, ...auditedReport(result.report) };
    if (demandPassed(result).id !== instance.id) throw new InstanceMismatchError();
    return { credentials, result, sealed: await this.vault.seal(id, packCredentials(credentials)) };
  }

  private async lock(tx: Transaction, id: string): Promise<Connection> {
    const connection = await this.store.lock(tx, id);
    if (connection === null) throw new ConnectionNotFoundError();
    return connection;
  }
}

function applyChange(
  before: Connection,
  change: ConnectionChange,
  checked: CheckedCredentials | undefined,
): Connection {
  let after = before;
  if (change.alias !== undefined) after = { ...after, alias: change.alias };
  if (change.policies !== undefined) {
    after = { ...after, policies: { ...after.policies, ...definedOf(change.policies) } };
  }
  if (checked !== undefined) {
    after = { ...afterCheck(after, checked.result), username: checked.credentials.username };
  }
  if (change.enabled !== undefined) after = withEnabled(after, change.enabled);
  return after;
}

function fieldsOf(change: ConnectionChange): AuditDetail[] {
  return Object.entries(change)
    .filter(([, value]) => value !== undefined)
    .map(([name]) => name);
}

function changesBetween(before: Connection, after: Connection, isSecretChanged: boolean): AuditDetail[] {
  const changes: AuditDetail[] = (['alias', 'state', 'username'] as const)
    .filter((field) => before[field] !== after[field])
    .map((field) => ({ field, before: before[field], after: after[field] }));
  changes.push(...policyChanges(before, after));
  // That the secret changed is worth knowing; its values are not for the log.
  return isSecretChanged ? [...changes, { field: 'secret', before: null, after: null }] : changes;
}

const POLICY_NAMES = [
  'applyMode',
  'decrease',
  'cancel',
  'azure',
  'charges',
  'prices',
  'renewal',
  'chargeBillingCodeId',
  'chargeDescription',
  'secondApproverAbove',
] as const;

function policyChanges(before: Connection, after: Connection): AuditDetail[] {
  const [was, is] = [policiesToJson(before.policies), policiesToJson(after.policies)];
  return POLICY_NAMES.map((name) => ({ name, before: auditable(was[name]), after: auditable(is[name]) }))
    .filter((change) => JSON.stringify(change.before) !== JSON.stringify(change.after))
    .map(({ name, ...values }) => ({ field: `policies.${name}`, ...values }));
}

function auditable(value: string | MoneyJson | undefined): AuditDetail {
  return typeof value === 'object' ? { ...value } : (value ?? null);
}

function definedOf(policies: Partial<ConnectionPolicies>): Partial<ConnectionPolicies> {
  return Object.fromEntries(Object.entries(policies).filter(([, value]) => value !== undefined));
}
