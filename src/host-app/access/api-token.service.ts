import { randomUUID } from 'node:crypto';
import { Inject, Injectable } from '@nestjs/common';
import type { DataSource } from 'typeorm';
import {
  type Actor,
  HostAuditLog,
  type Page,
  type Permission,
  type SqlQuery,
  toPage,
  type UseCaseContext,
} from '../../index.js';
import { ApiTokenNotFoundError, BeyondOwnAccessError } from './access.errors.js';
import { API_TOKEN_COLUMNS, type ApiTokenRow } from './access-rows.js';
import { HOST_DATA_SOURCE } from './access-settings.js';
import { asId } from './ids.js';
import { HOST_OPERATIONS } from './host-operations.js';
import { lockMaker, lockParent, revokeTokensFrom, tokensIn } from './maker-tokens.js';
import { auditingRefusal } from './refused-attempt.js';
import { managedScope } from './roles.js';
import { digestOf, newSecret } from './token-digest.js';

/** In front of every API token, so that scanners for leaked secrets know it. */
const TOKEN_PREFIX = 'psa_';
const DAY_MS = 86_400_000;

export interface NewApiToken {
  name: string;
  permissions: Permission[];
  /** Days until it expires. */
  expiresInDays: number;
}

const WITHIN = `root_tenant_id = $1 AND ($2::text IS NULL OR tenant_id = $2) AND tier = ANY($3)`;

/** Administration of API tokens: each acts in the tenant and tier of the account that made it, itself or by a token, with some of its permissions. */
@Injectable()
export class ApiTokens {
  constructor(
    @Inject(HOST_DATA_SOURCE) private readonly dataSource: DataSource,
    private readonly audit: HostAuditLog,
  ) {}

  /** Newest first, revoked and expired ones included. @param after key of the last token already seen */
  async list(
    context: UseCaseContext,
    limit: number,
    after: readonly string[] | undefined,
  ): Promise<Page<ApiTokenRow>> {
    const rows: ApiTokenRow[] = await this.dataSource.query(
      `SELECT ${API_TOKEN_COLUMNS} FROM psa_host.api_token
      WHERE ${WITHIN} AND ($4::timestamptz IS NULL OR (created_at, id) < ($4, $5::uuid))
      ORDER BY created_at DESC, id DESC LIMIT $6`,
      [...scopeOf(context), after?.[0] ?? null, after?.[1] ?? null, limit + 1],
    );
    return toPage(rows, limit, (row) => [row.created_at.toISOString(), row.id]);
  }

  /** The token itself is given this once; one that a token makes expires with that one at the latest. @throws BeyondOwnAccessError, CallerGoneError */
  create(context: UseCaseContext, token: NewApiToken): Promise<{ row: ApiTokenRow; token: string }> {
    const { actor } = context;
    const { name, permissions, expiresInDays } = token;
    const event = {
      operation: HOST_OPERATIONS.createToken,
      subject: { type: 'apiToken', id: null as string | null, label: name },
      details: { permissions, expiresInDays },
    };
    return auditingRefusal(this.audit, context, event, async () => {
      if (permissions.some((permission) => !actor.permissions.includes(permission))) {
        throw new BeyondOwnAccessError('give a permission');
      }
      const secret = TOKEN_PREFIX + newSecret();
      const row = await this.audit.change(context, async (query) => {
        const made = await insert(query, actor, token, digestOf(secret));
        const details = { ...event.details, expiresAt: made.expires_at.toISOString() };
        return { result: made, event: { ...event, subject: { ...event.subject, id: made.id }, details } };
      });
      return { row, token: secret };
    });
  }

  /** Ends the token, those it made, and the sessions they opened; once more changes nothing. @throws ApiTokenNotFoundError */
  revoke(context: UseCaseContext, id: string): Promise<void> {
    const operation = HOST_OPERATIONS.revokeToken;
    const attempted = { operation, subject: { type: 'apiToken', id: asId(id), label: '' } };
    return auditingRefusal(this.audit, context, attempted, () =>
      this.audit.change(context, async (query) => {
        const [row] = await query<ApiTokenRow>(
          `UPDATE psa_host.api_token SET revoked_at = coalesce(revoked_at, $5)
          WHERE ${WITHIN} AND id = $4 RETURNING ${API_TOKEN_COLUMNS}`,
          [...scopeOf(context), asId(id), new Date()],
        );
        if (row === undefined) throw new ApiTokenNotFoundError();
        const details = tokensIn(await revokeTokensFrom(query, row.id));
        return {
          result: undefined,
          event: { operation, subject: { type: 'apiToken', id: row.id, label: row.name }, details },
        };
      }),
    );
  }
}

/** @throws CallerGoneError */
async function insert(
  query: SqlQuery,
  actor: Actor,
  { name, permissions, expiresInDays }: NewApiToken,
  digest: Buffer,
): Promise<ApiTokenRow> {
  const makerId = await lockMaker(query, actor);
  const parent = await lockParent(query, actor);
  const now = new Date();
  const wanted = new Date(now.getTime() + expiresInDays * DAY_MS);
  const expiresAt = parent !== null && parent.expiresAt < wanted ? parent.expiresAt : wanted;
  const [made] = await query<ApiTokenRow>(
    `INSERT INTO psa_host.api_token (id, name, digest, permissions, tier, tenant_id, root_tenant_id, created_at,
      created_by, expires_at, maker_id, parent_id)
    VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12) RETURNING ${API_TOKEN_COLUMNS}`,
    [
      randomUUID(),
      name,
      digest,
      permissions,
      actor.tier,
      actor.tenantId,
      actor.rootTenantId,
      now,
      actor.name,
      expiresAt,
      makerId,
      parent?.id ?? null,
    ],
  );
  if (made === undefined) throw new Error('The token was not inserted');
  return made;
}

function scopeOf({ actor }: UseCaseContext): unknown[] {
  const { rootTenantId, tenantId, tiers } = managedScope(actor);
  return [rootTenantId, tenantId, tiers];
}
