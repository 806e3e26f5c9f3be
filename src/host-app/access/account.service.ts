import { randomUUID } from 'node:crypto';
import { Inject, Injectable } from '@nestjs/common';
import type { DataSource } from 'typeorm';
import {
  type Actor,
  type ActorTier,
  HostAuditLog,
  InvalidRequestError,
  type Page,
  type Permission,
  type SqlQuery,
  toPage,
  type UseCaseContext,
} from '../../index.js';
import {
  AccountNotFoundError,
  BeyondOwnAccessError,
  OwnAccountError,
  PasswordElsewhereError,
  UserNameTakenError,
} from './access.errors.js';
import { ACCOUNT_COLUMNS, type AccountRow, actorOfAccount } from './access-rows.js';
import { ACCESS_SETTINGS, type AccessSettings, HOST_DATA_SOURCE } from './access-settings.js';
import { demandAdministratorLeft, lockAdministrators } from './administrator-check.js';
import { asId } from './ids.js';
import { HOST_OPERATIONS } from './host-operations.js';
import { endSessionsOfTokens, revokeTokensOf, tokensIn } from './maker-tokens.js';
import { PasswordHasher } from './password-hash.js';
import { passwordProblem } from './password-policy.js';
import { auditingRefusal, violatesUnique } from './refused-attempt.js';
import { managedScope, permissionsOf, type Role } from './roles.js';

export interface NewAccount {
  /** In lower case. */
  userName: string;
  displayName: string;
  password: string;
  role: Role;
  /** Absent: the caller's own. */
  tier: ActorTier | undefined;
  tenantId: string | undefined;
}

/** Absent leaves a value. */
export interface AccountChange {
  displayName: string | undefined;
  role: Role | undefined;
  enabled: boolean | undefined;
  password: string | undefined;
}

const WITHIN = `root_tenant_id = $1 AND ($2::text IS NULL OR tenant_id = $2) AND tier = ANY($3)`;

/** Administration of the host's local accounts, each caller within its own tenants and tiers. */
@Injectable()
export class Accounts {
  constructor(
    @Inject(ACCESS_SETTINGS) private readonly settings: AccessSettings,
    @Inject(HOST_DATA_SOURCE) private readonly dataSource: DataSource,
    private readonly hasher: PasswordHasher,
    private readonly audit: HostAuditLog,
  ) {}

  /** By user name. @param after user name of the last account already seen */
  async list(context: UseCaseContext, limit: number, after: string | undefined): Promise<Page<AccountRow>> {
    const rows: AccountRow[] = await this.dataSource.query(
      `SELECT ${ACCOUNT_COLUMNS} FROM psa_host.account
      WHERE ${WITHIN} AND ($4::text IS NULL OR user_name > $4) ORDER BY user_name LIMIT $5`,
      [...scopeOf(context), after ?? null, limit + 1],
    );
    return toPage(rows, limit, (row) => [row.user_name]);
  }

  /** @throws UserNameTakenError, BeyondOwnAccessError, InvalidRequestError */
  create(context: UseCaseContext, account: NewAccount): Promise<AccountRow> {
    const { actor } = context;
    const event = eventOf(HOST_OPERATIONS.createAccount, null, account.userName);
    return auditingRefusal(this.audit, context, event, async () => {
      const tenantId = account.tenantId ?? actor.tenantId;
      const tier = account.tier ?? actor.tier;
      demandGivable(context, { tenantId, tier, role: account.role });
      demandPassword(account.password, account.userName, '/password');
      const passwordHash = await this.hasher.hash(account.password);
      try {
        return await this.insert(context, { ...account, tenantId, tier }, passwordHash);
      } catch (error) {
        if (violatesUnique(error, 'account_user_name_uq')) throw new UserNameTakenError();
        throw error;
      }
    });
  }

  /**
   * A new password, another role and a lock end every session of the account; a new password and a lock revoke the tokens it made, too:
   * whoever knew the old password may have made some.
   * @throws AccountNotFoundError, OwnAccountError, LastAdministratorError, BeyondOwnAccessError, PasswordElsewhereError, InvalidRequestError
   */
  update(context: UseCaseContext, id: string, change: AccountChange): Promise<AccountRow> {
    return auditingRefusal(this.audit, context, eventOf(HOST_OPERATIONS.updateAccount, id, ''), async () => {
      const found = await this.demand(context, id);
      if (
        isOwn(context, found.id) &&
        (change.enabled === false || change.role !== undefined || change.password !== undefined)
      ) {
        throw new OwnAccountError();
      }
      demandChangeable(context, found, change);
      if (change.password !== undefined && !found.has_password) throw new PasswordElsewhereError();
      if (change.password !== undefined) demandPassword(change.password, found.user_name, '/password');
      const hash = change.password === undefined ? null : await this.hasher.hash(change.password);
      return this.audit.change(context, async (query) => {
        if (change.enabled === false || change.role !== undefined) await lockAdministrators(query);
        const before = await lock(query, context, id);
        // It may have been given more meanwhile.
        demandChangeable(context, before, change);
        const [after] = await query<AccountRow>(
          `UPDATE psa_host.account SET display_name = coalesce($2, display_name), role = coalesce($3, role),
              is_active = coalesce($4, is_active), password_hash = coalesce($5, password_hash),
              password_changed_at = CASE WHEN $5::text IS NULL THEN password_changed_at ELSE $6 END
            WHERE id = $1 RETURNING ${ACCOUNT_COLUMNS}`,
          [id, change.displayName ?? null, change.role ?? null, change.enabled ?? null, hash, new Date()],
        );
        if (after === undefined) throw new AccountNotFoundError();
        await demandAdministratorLeft(query, this.settings, before, after);
        if (hash !== null || before.role !== after.role || !after.is_active) await endSessions(query, id);
        const revokedTokens = hash === null && after.is_active ? [] : await revokeTokensOf(query, id);
        const details = { changes: changesOf(before, after, hash !== null), ...tokensIn(revokedTokens) };
        return {
          result: after,
          event: { ...eventOf(HOST_OPERATIONS.updateAccount, id, after.user_name), details },
        };
      });
    });
  }

  /**
   * Ends its sessions and revokes the tokens it made.
   * @throws AccountNotFoundError, OwnAccountError, LastAdministratorError, BeyondOwnAccessError
   */
  remove(context: UseCaseContext, id: string): Promise<void> {
    return auditingRefusal(this.audit, context, eventOf(HOST_OPERATIONS.deleteAccount, id, ''), () => {
      if (isOwn(context, id)) throw new OwnAccountError();
      return this.audit.change(context, async (query) => {
        await lockAdministrators(query);
        const account = await lock(query, context, id);
        demandReach(context, account);
        const details = tokensIn(await revokeTokensOf(query, account.id));
        await query('DELETE FROM psa_host.account WHERE id = $1', [id]);
        await demandAdministratorLeft(query, this.settings, account);
        const event = eventOf(HOST_OPERATIONS.deleteAccount, id, account.user_name);
        return { result: undefined, event: { ...event, details } };
      });
    });
  }

  /** Signs the account out everywhere, also where a token it made signed in; the tokens themselves stay. @throws AccountNotFoundError */
  endSessions(context: UseCaseContext, id: string): Promise<void> {
    return auditingRefusal(this.audit, context, eventOf(HOST_OPERATIONS.endSessions, id, ''), () =>
      this.audit.change(context, async (query) => {
        const { user_name } = await lock(query, context, id);
        await endSessions(query, id);
        await endSessionsOfTokens(query, id);
        return { result: undefined, event: eventOf(HOST_OPERATIONS.endSessions, id, user_name) };
      }),
    );
  }

  /** @throws AccountNotFoundError */
  async demand(context: UseCaseContext, id: string): Promise<AccountRow> {
    return lock(
      (sql, parameters) => this.dataSource.query(sql.replace('FOR UPDATE', ''), [...(parameters ?? [])]),
      context,
      id,
    );
  }

  private insert(
    context: UseCaseContext,
    account: NewAccount & { tier: ActorTier; tenantId: string },
    passwordHash: string,
  ): Promise<AccountRow> {
    const { actor } = context;
    const { userName, displayName, role, tier, tenantId } = account;
    return this.audit.change(context, async (query) => {
      const [row] = await query<AccountRow>(
        `INSERT INTO psa_host.account (id, user_name, display_name, password_hash, role, tier, tenant_id, root_tenant_id,
          is_active, created_at, created_by, password_changed_at)
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8, true, $9, $10, $9) RETURNING ${ACCOUNT_COLUMNS}`,
        [
          randomUUID(),
          userName,
          displayName,
          passwordHash,
          role,
          tier,
          tenantId,
          actor.rootTenantId,
          new Date(),
          actor.name,
        ],
      );
      if (row === undefined) throw new Error('The account was not inserted');
      const details = { role, tier, tenantId };
      return { result: row, event: { ...eventOf(HOST_OPERATIONS.createAccount, row.id, userName), details } };
    });
  }
}

function scopeOf({ actor }: UseCaseContext): unknown[] {
  const { rootTenantId, tenantId, tiers } = managedScope(actor);
  return [rootTenantId, tenantId, tiers];
}

/** Whether the account is the caller's, also where the caller is a token that it made. */
function isOwn({ actor }: UseCaseContext, accountId: string): boolean {
  return (actor.personId ?? actor.id) === asId(accountId);
}

async function lock(query: SqlQuery, context: UseCaseContext, id: string): Promise<AccountRow> {
  const [row] = await query<AccountRow>(
    `SELECT ${ACCOUNT_COLUMNS} FROM psa_host.account WHERE ${WITHIN} AND id = $4 FOR UPDATE`,
    [...scopeOf(context), asId(id)],
  );
  if (row === undefined) throw new AccountNotFoundError();
  return row;
}

async function endSessions(query: SqlQuery, accountId: string): Promise<void> {
  await query('DELETE FROM psa_host.session WHERE account_id = $1', [accountId]);
}

/** @throws BeyondOwnAccessError */
function demandGivable(
  { actor }: UseCaseContext,
  { tenantId, tier, role }: { tenantId: string; tier: ActorTier; role: Role },
): void {
  const scope = managedScope(actor);
  const { rootTenantId } = actor;
  if (scope.tenantId !== null && scope.tenantId !== tenantId) throw new BeyondOwnAccessError('give a tenant');
  // The CSP's own tier belongs to its own tenant: elsewhere it would reach into tenants of others.
  const isForeignCsp = tier === 'csp' && tenantId !== rootTenantId;
  if (!scope.tiers.includes(tier) || isForeignCsp) throw new BeyondOwnAccessError('give a tier');
  const isGivable = hasAll(actor, permissionsOf(role, { tenantId, rootTenantId, tier }));
  if (!isGivable) throw new BeyondOwnAccessError('give a permission');
}

/**
 * Whoever sets a password may sign in with it, and whoever enables an account lets it in: both give away all that the account may do,
 * as another role does. A name gives nothing.
 * @throws BeyondOwnAccessError
 */
function demandChangeable(context: UseCaseContext, account: AccountRow, change: AccountChange): void {
  const { role, enabled, password } = change;
  if (role === undefined && enabled === undefined && password === undefined) return;
  demandReach(context, account);
  const { permissions } = actorOfAccount({ ...account, role: role ?? account.role });
  if (!hasAll(context.actor, permissions)) throw new BeyondOwnAccessError('give a permission');
}

/** @throws BeyondOwnAccessError when the account may do what the caller may not */
function demandReach({ actor }: UseCaseContext, account: AccountRow): void {
  if (hasAll(actor, actorOfAccount(account).permissions)) return;
  throw new BeyondOwnAccessError('change an account with a permission');
}

function hasAll(actor: Actor, permissions: readonly Permission[]): boolean {
  return permissions.every((permission) => actor.permissions.includes(permission));
}

/** @throws InvalidRequestError */
export function demandPassword(password: string, userName: string, pointer: string): void {
  const problem = passwordProblem(password, userName);
  if (problem !== null) throw new InvalidRequestError([{ pointer, detail: problem }]);
}

function eventOf(operation: string, id: string | null, label: string) {
  return { operation, subject: { type: 'account', id: id === null ? null : asId(id), label } };
}

function changesOf(before: AccountRow, after: AccountRow, hasNewPassword: boolean) {
  const changes = [
    { field: 'displayName', before: before.display_name, after: after.display_name },
    { field: 'role', before: before.role, after: after.role },
    { field: 'enabled', before: before.is_active, after: after.is_active },
  ].filter((change) => change.before !== change.after);
  // By name only.
  return hasNewPassword ? [...changes, { field: 'password', before: null, after: null }] : changes;
}
