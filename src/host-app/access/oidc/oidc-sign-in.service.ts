import { randomUUID } from 'node:crypto';
import { Inject, Injectable, Logger } from '@nestjs/common';
import type { DataSource } from 'typeorm';
import type { SqlQuery } from '../../../index.js';
import type { SignInRefusedError } from '../access.errors.js';
import { ACCOUNT_COLUMNS, type AccountRow, actorOfAccount } from '../access-rows.js';
import { HOST_DATA_SOURCE } from '../access-settings.js';
import { revokeTokensOf, tokensIn } from '../maker-tokens.js';
import { NOBODY, ROOT_TENANT } from '../principal.js';
import { violatesUnique } from '../refused-attempt.js';
import type { Role } from '../roles.js';
import { SignInThrottle } from '../sign-in-throttle.js';
import { type AuditDetails, type OpenedSession, SignIn, type SignInContext } from '../sign-in.service.js';
import { OidcProvider, ProviderRefusedError } from './oidc-provider.js';
import type { ProviderIdentity } from './provider-identity.js';

type KnownIdentity = ProviderIdentity & { role: Role };

/** Opens sessions for people the provider vouches for; who is new gets an account, whose role follows the provider at every sign-in. */
@Injectable()
export class OidcSignIn {
  readonly #logger = new Logger(OidcSignIn.name);

  constructor(
    private readonly provider: OidcProvider,
    private readonly signIn: SignIn,
    private readonly throttle: SignInThrottle,
    @Inject(HOST_DATA_SOURCE) private readonly dataSource: DataSource,
  ) {}

  /**
   * @param secret what the browser kept since it was sent to the provider
   * @param answer the redirect address with the parameters the provider added, for that secret
   * @throws SignInRefusedError, SignInThrottledError
   */
  async open(secret: string, answer: URL, context: SignInContext): Promise<OpenedSession> {
    const attempt = { userName: null, address: context.address };
    await this.throttle.claim(attempt);
    const identity = await this.identify(secret, answer, context);
    const account = await this.find(identity);
    const { role, issuer } = identity;
    if (account !== null && !account.is_active) {
      throw await this.signIn.refuse(actorOfAccount(account), account.id, context, {
        method: 'oidc',
        issuer,
        why: 'the account is disabled',
      });
    }
    if (role === null) throw await this.refuseWithoutRole(identity, account, context);
    const opened = await this.beginOnce({ ...identity, role }, account, context);
    await this.throttle.release(attempt);
    return opened;
  }

  private async beginOnce(
    identity: KnownIdentity,
    account: AccountRow | null,
    context: SignInContext,
  ): Promise<OpenedSession> {
    try {
      return await this.begin(identity, account, context);
    } catch (error) {
      // The same person came in twice at once, for the first time.
      if (account !== null || !violatesUnique(error, 'account_subject_uq')) throw error;
      return this.begin(identity, await this.find(identity), context);
    }
  }

  private async identify(secret: string, answer: URL, context: SignInContext): Promise<ProviderIdentity> {
    try {
      return await this.provider.identify(secret, answer);
    } catch (error) {
      const why = error instanceof Error ? error.message : '';
      // The cause may hold what the provider sent, tokens included: only its name is told.
      const cause = error instanceof Error && error.cause instanceof Error ? error.cause.name : undefined;
      this.#logger.warn('A sign-in through the provider failed', { why, cause });
      const issuer = this.provider.settings?.issuer ?? '';
      const refusal = await this.signIn.refuse(NOBODY, null, context, {
        method: 'oidc',
        issuer,
        why: why.slice(0, 100),
      });
      throw error instanceof ProviderRefusedError ? refusal : error;
    }
  }

  /** Whoever lost the role keeps nothing that an earlier sign-in gave. */
  private refuseWithoutRole(
    { issuer, userName }: ProviderIdentity,
    account: AccountRow | null,
    context: SignInContext,
  ): Promise<SignInRefusedError> {
    const why = 'no value of the role claim stands for a role';
    const details = { method: 'oidc', issuer, why, userName };
    if (account === null) return this.signIn.refuse(NOBODY, null, context, details);
    return this.signIn.refuse(actorOfAccount(account), account.id, context, details, (query) =>
      endAccess(query, account.id),
    );
  }

  private async find({ issuer, subject }: ProviderIdentity): Promise<AccountRow | null> {
    const [row]: AccountRow[] = await this.dataSource.query(
      `SELECT ${ACCOUNT_COLUMNS} FROM psa_host.account WHERE issuer = $1 AND subject = $2`,
      [issuer, subject],
    );
    return row ?? null;
  }

  private begin(
    identity: KnownIdentity,
    account: AccountRow | null,
    context: SignInContext,
  ): Promise<OpenedSession> {
    const id = account?.id ?? randomUUID();
    const { issuer, displayName, role } = identity;
    const stored = {
      ...(account ?? { tier: 'csp' as const, tenant_id: ROOT_TENANT, root_tenant_id: ROOT_TENANT }),
      id,
      display_name: displayName,
      role,
    };
    const principal = {
      actor: actorOfAccount(stored),
      accountId: id,
      tokenId: null,
      hasPassword: false,
    };
    const changes =
      account !== null && account.role !== role ? [{ field: 'role', before: account.role, after: role }] : [];
    const details = { method: 'oidc', issuer, role, isNew: account === null, changes };
    const provider = this.provider.settings?.issuer ?? issuer;
    return this.signIn.begin(principal, context, {
      details,
      first: async (query) => {
        await (account === null ? insert(query, id, identity) : update(query, account, identity));
        await query('UPDATE psa_host.account SET provider = $2 WHERE id = $1', [id, provider]);
      },
    });
  }
}

async function insert(query: SqlQuery, id: string, identity: KnownIdentity): Promise<void> {
  const { issuer, subject, userName, displayName, role } = identity;
  await query(
    `INSERT INTO psa_host.account (id, user_name, display_name, issuer, subject, role, tier, tenant_id, root_tenant_id, is_active,
      created_at, created_by, password_changed_at) VALUES ($1, $2, $3, $4, $5, $6, 'csp', $7, $7, true, $8, $4, $8)`,
    [id, userName, displayName, issuer, subject, role, ROOT_TENANT, new Date()],
  );
}

async function update(
  query: SqlQuery,
  { id, role: before }: AccountRow,
  { displayName, role }: KnownIdentity,
): Promise<void> {
  await query('UPDATE psa_host.account SET display_name = $2, role = $3 WHERE id = $1', [
    id,
    displayName,
    role,
  ]);
  // As with every other change of a role: no session goes on with the one before.
  if (before !== role) await query('DELETE FROM psa_host.session WHERE account_id = $1', [id]);
}

/** Ends the sessions of an account and revokes the tokens it made; gives what the audit entry tells of it. */
async function endAccess(query: SqlQuery, accountId: string): Promise<AuditDetails> {
  // A sign-in that is opening a session now holds the row until it is there to be ended.
  await query('SELECT FROM psa_host.account WHERE id = $1 FOR UPDATE', [accountId]);
  const sessions = await query('DELETE FROM psa_host.session WHERE account_id = $1 RETURNING account_id', [
    accountId,
  ]);
  const tokens = await revokeTokensOf(query, accountId);
  return {
    endedSessions: sessions.length,
    ...tokensIn(tokens),
  };
}
