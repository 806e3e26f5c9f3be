import { Inject, Injectable } from '@nestjs/common';
import type { DataSource } from 'typeorm';
import {
  type Actor,
  type HostAuditEvent,
  HostAuditLog,
  type SqlQuery,
  type UseCaseContext,
} from '../../index.js';
import { SignInRefusedError } from './access.errors.js';
import { ACCOUNT_COLUMNS, type AccountRow, actorOfAccount } from './access-rows.js';
import { ACCESS_SETTINGS, type AccessSettings, HOST_DATA_SOURCE } from './access-settings.js';
import { HOST_OPERATIONS } from './host-operations.js';
import { Identification } from './identification.service.js';
import { PasswordHasher } from './password-hash.js';
import { NOBODY, type Principal } from './principal.js';
import { type SignInAttempt, SignInThrottle } from './sign-in-throttle.js';
import { bootstrapSessionDigest, digestOf, newSecret } from './token-digest.js';

/** What a person or a program shows to be let in. */
export type SignInProof = { userName: string; password: string } | { token: string };

/** The circumstances of a sign-in or a sign-out. */
export interface SignInContext {
  address: string;
  correlationId: string;
  /** Secret of a session the browser still has; it ends, because every sign-in begins a new one. */
  earlierSession: string | null;
}

export interface OpenedSession {
  actor: Actor;
  session: string;
  csrf: string;
}

/** What an audit entry tells beside who and when. */
export type AuditDetails = NonNullable<HostAuditEvent['details']>;

/** How a session is opened, beside for whom. */
export interface Opening {
  /** What else the audit entry tells. */
  details?: AuditDetails;
  /** Statements that belong to it, such as those that make the account. */
  first?: (query: SqlQuery) => Promise<void>;
  /** When the password that was right had been set: a newer one refuses. */
  passwordChangedAt?: Date;
}

type AccountWithHash = AccountRow & { password_hash: string | null };

/** Opens and ends the sessions of the admin UI. */
@Injectable()
export class SignIn {
  constructor(
    @Inject(ACCESS_SETTINGS) private readonly settings: AccessSettings,
    @Inject(HOST_DATA_SOURCE) private readonly dataSource: DataSource,
    private readonly identification: Identification,
    private readonly throttle: SignInThrottle,
    private readonly hasher: PasswordHasher,
    private readonly audit: HostAuditLog,
  ) {}

  /** @throws SignInRefusedError, SignInThrottledError */
  async open(proof: SignInProof, context: SignInContext): Promise<OpenedSession> {
    const attempt: SignInAttempt = {
      userName: 'token' in proof ? null : proof.userName,
      address: context.address,
    };
    await this.throttle.claim(attempt);
    const opened =
      'token' in proof ? await this.openByToken(proof, context) : await this.openByPassword(proof, context);
    await this.throttle.release(attempt);
    return opened;
  }

  async end(principal: Principal, session: string | null, correlationId: string): Promise<void> {
    await this.audit.change({ actor: principal.actor, correlationId }, async (query) => {
      if (session !== null) await this.forget(query, session);
      return { result: undefined, event: eventOf(HOST_OPERATIONS.signOut, principal.actor) };
    });
  }

  private async openByToken({ token }: { token: string }, context: SignInContext): Promise<OpenedSession> {
    const principal = await this.identification.byToken(token);
    if (principal === null) throw await this.refuse(NOBODY, null, context, { method: 'token' });
    return this.begin(principal, context);
  }

  /** A wrong password of an account that exists is audited in its tenant. */
  private async openByPassword(
    { userName, password }: { userName: string; password: string },
    context: SignInContext,
  ): Promise<OpenedSession> {
    const [account]: AccountWithHash[] = await this.dataSource.query(
      `SELECT ${ACCOUNT_COLUMNS}, password_hash FROM psa_host.account WHERE user_name = $1`,
      [userName],
    );
    const isRight = await this.hasher.verify(password, account?.password_hash ?? null);
    if (account === undefined) throw await this.refuse(NOBODY, null, context, { method: 'password' });
    const actor = actorOfAccount(account);
    if (!isRight || !account.is_active) {
      throw await this.refuse(actor, account.id, context, { method: 'password' });
    }
    if (account.password_hash !== null && this.hasher.isOutdated(account.password_hash)) {
      const renewed = await this.hasher.hash(password);
      // A hash takes time: what was set meanwhile stays.
      await this.dataSource.query(
        'UPDATE psa_host.account SET password_hash = $2 WHERE id = $1 AND password_hash = $3',
        [account.id, renewed, account.password_hash],
      );
    }
    const principal = { actor, accountId: account.id, tokenId: null, hasPassword: true };
    return this.begin(principal, context, { passwordChangedAt: account.password_changed_at });
  }

  /** Opens a session for somebody who was let in. @throws SignInRefusedError when the account is no longer what let them in */
  async begin(principal: Principal, context: SignInContext, opening: Opening = {}): Promise<OpenedSession> {
    try {
      return await this.store(principal, context, opening);
    } catch (error) {
      if (!(error instanceof SignInRefusedError)) throw error;
      const { actor, accountId } = principal;
      const method = opening.details?.['method'] ?? 'password';
      const why = 'the account was changed meanwhile';
      throw await this.refuse(actor, accountId, context, { method, why });
    }
  }

  private async store(
    principal: Principal,
    context: SignInContext,
    { details = {}, first, passwordChangedAt }: Opening,
  ): Promise<OpenedSession> {
    const { actor, accountId, tokenId } = principal;
    const session = newSecret();
    const csrf = newSecret();
    const caller: UseCaseContext = { actor, correlationId: context.correlationId };
    await this.audit.change(caller, async (query) => {
      const now = new Date();
      await first?.(query);
      // Before any session: whatever resets or locks an account takes its row first, then ends its sessions.
      if (accountId !== null) await demandUnchanged(query, accountId, passwordChangedAt ?? null, now);
      await query('DELETE FROM psa_host.session WHERE expires_at < $1', [now]);
      if (context.earlierSession !== null) await this.forget(query, context.earlierSession);
      await query(
        `INSERT INTO psa_host.session (digest, csrf_digest, account_id, token_id, created_at, last_seen_at, expires_at)
        VALUES ($1, $2, $3, $4, $5, $5, $6)`,
        [
          this.digestFor(principal, session),
          digestOf(csrf),
          accountId,
          tokenId,
          now,
          new Date(now.getTime() + this.settings.sessionMaxMs),
        ],
      );
      return { result: undefined, event: { ...eventOf(HOST_OPERATIONS.signIn, actor), details } };
    });
    return { actor, session, csrf };
  }

  private digestFor({ accountId, tokenId }: Principal, session: string): Buffer {
    const { bootstrapDigest } = this.settings;
    const isBootstrap = accountId === null && tokenId === null && bootstrapDigest !== null;
    return isBootstrap ? bootstrapSessionDigest(session, bootstrapDigest) : digestOf(session);
  }

  private async forget(query: SqlQuery, session: string): Promise<void> {
    await query('DELETE FROM psa_host.session WHERE digest = ANY($1)', [
      this.identification.sessionDigests(session),
    ]);
  }

  /**
   * Audits a sign-in that failed; the error is the same whatever was wrong.
   * @param keep what changes because of it, as in `HostAuditLog.refuse`
   */
  async refuse(
    actor: Actor,
    accountId: string | null,
    { correlationId }: SignInContext,
    details: AuditDetails,
    keep?: (query: SqlQuery) => Promise<AuditDetails>,
  ): Promise<SignInRefusedError> {
    const error = new SignInRefusedError();
    // It was somebody who typed the name of the account, perhaps not its owner; the entry stands in the log of the account's tenant.
    const { tenantId, rootTenantId } = actor;
    const somebody: Actor = { ...NOBODY, tenantId, rootTenantId };
    const event = {
      operation: HOST_OPERATIONS.signIn,
      subject: { type: 'account', id: accountId, label: accountId === null ? '' : actor.name },
      details,
    };
    await this.audit.refuse({ actor: somebody, correlationId }, event, error, keep);
    return error;
  }
}

/**
 * The password was verified outside the transaction, which is too slow to hold a row: a reset since then must not let the old one in.
 * Holds the row until the session is there, so that a reset that comes now ends it.
 * @throws SignInRefusedError
 */
async function demandUnchanged(
  query: SqlQuery,
  accountId: string,
  passwordChangedAt: Date | null,
  now: Date,
): Promise<void> {
  const found = await query(
    `UPDATE psa_host.account SET last_sign_in_at = $2
    WHERE id = $1 AND is_active AND ($3::timestamptz IS NULL OR password_changed_at = $3) RETURNING id`,
    [accountId, now, passwordChangedAt],
  );
  if (found.length === 0) throw new SignInRefusedError();
}

function eventOf(operation: string, actor: Actor) {
  return { operation, subject: { type: 'account', id: actor.id, label: actor.name } };
}
