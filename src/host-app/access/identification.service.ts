import { timingSafeEqual } from 'node:crypto';
import { Inject, Injectable } from '@nestjs/common';
import type { DataSource } from 'typeorm';
import { type IncomingRequest, PERMISSIONS } from '../../index.js';
import {
  ACCOUNT_COLUMNS,
  type AccountRow,
  actorOfAccount,
  actorOfToken,
  API_TOKEN_COLUMNS,
  type ApiTokenRow,
} from './access-rows.js';
import { ACCESS_SETTINGS, type AccessSettings, HOST_DATA_SOURCE } from './access-settings.js';
import { lineAbove } from './maker-tokens.js';
import { RefusedBearers } from './refused-bearers.js';
import { isSameOrigin } from './same-origin.js';
import { BOOTSTRAP_ID, type Principal, ROOT_TENANT } from './principal.js';
import { cookieNames, readCookie } from './session-cookies.js';
import { bearerToken, bootstrapSessionDigest, digestOf } from './token-digest.js';

export const BOOTSTRAP_PRINCIPAL: Principal = {
  actor: {
    id: BOOTSTRAP_ID,
    name: 'Administrator',
    tenantId: ROOT_TENANT,
    rootTenantId: ROOT_TENANT,
    tier: 'csp',
    permissions: PERMISSIONS,
  },
  accountId: null,
  tokenId: null,
  hasPassword: false,
};

const SAFE_METHODS = new Set(['GET', 'HEAD', 'OPTIONS']);
/** How exact "last seen" and "last used" are; finer would cost a write per request. */
const TOUCH_AFTER_MS = 60_000;

/**
 * Tokens of a person of the provider rest when the person has not signed in for so long: whoever left cannot sign in any more, and
 * nobody tells this host.
 */
const PROVIDER_VOUCHES_FOR_MS = 90 * 86_400_000;

interface SessionRow {
  csrf_digest: Buffer;
  account_id: string | null;
  token_id: string | null;
  last_seen_at: Date;
}

export interface Identified {
  principal: Principal;
  /** A change with a cookie that did not prove to come from our own page. */
  isCrossSite: boolean;
}

/** Finds out who sends a request: a bearer token first, else the cookie of a session. */
@Injectable()
export class Identification {
  readonly #refusedBearers = new RefusedBearers();
  readonly #principals = new WeakMap<object, Principal>();

  constructor(
    @Inject(ACCESS_SETTINGS) private readonly settings: AccessSettings,
    @Inject(HOST_DATA_SOURCE) private readonly dataSource: DataSource,
  ) {}

  /** Null when nobody is signed in. */
  async identify(request: IncomingRequest): Promise<Identified | null> {
    const { headers } = request;
    const found =
      headers['authorization'] === undefined
        ? await this.bySession(request)
        : await this.byHeader(headers['authorization'], request.raw);
    if (found !== null) this.#principals.set(request.raw as object, found.principal);
    return found;
  }

  /** The principal of a request that the guard let through. */
  principalOf(request: object): Principal {
    const principal = this.#principals.get(request);
    if (principal === undefined) throw new Error('Nobody was identified: the permissions guard did not run');
    return principal;
  }

  /** Whose token this is, or null. */
  async byToken(token: string): Promise<Principal | null> {
    const digest = digestOf(token);
    const { bootstrapDigest } = this.settings;
    if (bootstrapDigest !== null && timingSafeEqual(digest, bootstrapDigest)) return BOOTSTRAP_PRINCIPAL;
    const now = new Date();
    const row = await this.goodToken('digest', digest, now);
    const principal = row === null ? null : await this.principalOfToken(row, now);
    if (row !== null && principal !== null) await this.touchToken(row, now);
    return principal;
  }

  /** The digests a session secret may be stored under. */
  sessionDigests(secret: string): Buffer[] {
    const { bootstrapDigest } = this.settings;
    return bootstrapDigest === null
      ? [digestOf(secret)]
      : [digestOf(secret), bootstrapSessionDigest(secret, bootstrapDigest)];
  }

  private async byHeader(header: string | string[], request: unknown): Promise<Identified | null> {
    const token = bearerToken(header);
    if (token === null) return null;
    const principal = await this.byToken(token);
    if (principal !== null) return { principal, isCrossSite: false };
    this.#refusedBearers.note((request as { ip?: string }).ip, new Date());
    return null;
  }

  private async bySession(request: IncomingRequest): Promise<Identified | null> {
    const names = cookieNames(this.settings.hasSecureCookies);
    const secret = readCookie(request.headers['cookie'], names.session);
    if (secret === null) return null;
    const now = new Date();
    const digests = this.sessionDigests(secret);
    const [session] = await this.query<SessionRow>(
      `SELECT csrf_digest, account_id, token_id, last_seen_at FROM psa_host.session
      WHERE digest = ANY($1) AND expires_at > $2 AND last_seen_at > $3`,
      [digests, now, new Date(now.getTime() - this.settings.sessionIdleMs)],
    );
    const principal = session === undefined ? null : await this.principalOfSession(session, now);
    if (session === undefined || principal === null) return null;
    if (now.getTime() - session.last_seen_at.getTime() > TOUCH_AFTER_MS) {
      await this.query('UPDATE psa_host.session SET last_seen_at = $2 WHERE digest = ANY($1)', [
        digests,
        now,
      ]);
    }
    return { principal, isCrossSite: this.isCrossSite(request, session.csrf_digest) };
  }

  private async principalOfSession(session: SessionRow, now: Date): Promise<Principal | null> {
    if (session.account_id !== null) {
      const account = await this.activeAccount(session.account_id);
      return account === null
        ? null
        : {
            actor: actorOfAccount(account),
            accountId: account.id,
            tokenId: null,
            hasPassword: account.has_password,
          };
    }
    if (session.token_id === null) return BOOTSTRAP_PRINCIPAL;
    const token = await this.goodToken('id', session.token_id, now);
    return token === null ? null : this.principalOfToken(token, now);
  }

  /** Null when the account that made the token is gone or locked, or the provider no longer vouches for it. */
  private async principalOfToken(row: ApiTokenRow, now: Date): Promise<Principal | null> {
    const maker = row.maker_id === null ? null : await this.maker(row.maker_id, now);
    if (row.maker_id !== null && maker === null) return null;
    const actor = actorOfToken(row, maker === null ? null : actorOfAccount(maker));
    return { actor, accountId: null, tokenId: row.id, hasPassword: false };
  }

  /** Null also when a token it came from has ended. */
  private async goodToken(
    column: 'digest' | 'id',
    value: Buffer | string,
    now: Date,
  ): Promise<ApiTokenRow | null> {
    const [row] = await this.query<ApiTokenRow>(
      `SELECT ${API_TOKEN_COLUMNS} FROM psa_host.api_token
      WHERE ${column} = $1 AND NOT EXISTS (SELECT FROM psa_host.api_token
        WHERE id IN (${lineAbove(`${column} = $1`)}) AND (revoked_at IS NOT NULL OR expires_at <= $2))`,
      [value, now],
    );
    return row ?? null;
  }

  private async activeAccount(id: string): Promise<AccountRow | null> {
    const [account] = await this.query<AccountRow>(
      `SELECT ${ACCOUNT_COLUMNS} FROM psa_host.account WHERE id = $1 AND is_active`,
      [id],
    );
    return account ?? null;
  }

  private async maker(id: string, now: Date): Promise<AccountRow | null> {
    const [account] = await this.query<AccountRow>(
      `SELECT ${ACCOUNT_COLUMNS} FROM psa_host.account WHERE id = $1 AND is_active
        AND (issuer IS NULL OR (coalesce(provider, issuer) = $2 AND last_sign_in_at > $3))`,
      [id, this.settings.oidc?.issuer ?? null, new Date(now.getTime() - PROVIDER_VOUCHES_FOR_MS)],
    );
    return account ?? null;
  }

  private isCrossSite({ method, headers }: IncomingRequest, csrfDigest: Buffer): boolean {
    if (SAFE_METHODS.has(method)) return false;
    const given = headers['x-csrf-token'];
    const isProven = typeof given === 'string' && timingSafeEqual(digestOf(given), csrfDigest);
    return !isProven || !isSameOrigin(headers, this.settings.publicOrigin);
  }

  private async touchToken(row: ApiTokenRow, now: Date): Promise<void> {
    if (row.last_used_at !== null && now.getTime() - row.last_used_at.getTime() < TOUCH_AFTER_MS) return;
    await this.query('UPDATE psa_host.api_token SET last_used_at = $2 WHERE id = $1', [row.id, now]);
  }

  private query<Row extends object>(sql: string, parameters: unknown[]): Promise<Row[]> {
    return this.dataSource.query<Row[]>(sql, parameters);
  }
}
