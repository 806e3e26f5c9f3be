import { Body, Delete, Get, HttpCode, Param, Post, Query } from '@nestjs/common';
import {
  AuditedAs,
  Caller,
  ConnectorController,
  cursorKey,
  type Page,
  PageQueryDto,
  RequiresPermission,
  type UseCaseContext,
} from '../../index.js';
import type { ApiTokenRow } from './access-rows.js';
import { CreateApiTokenDto } from './access-request.dto.js';
import { ApiTokens } from './api-token.service.js';
import { HOST_OPERATIONS } from './host-operations.js';

/** An API token as it travels; the token itself only in the answer that made it. */
export interface ApiTokenResponse {
  id: string;
  name: string;
  permissions: string[];
  tier: string;
  tenantId: string;
  createdAt: string;
  createdBy: string;
  expiresAt: string;
  revokedAt: string | null;
  lastUsedAt: string | null;
}

const CURSOR = [
  /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}\.\d{3}Z$/,
  /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i,
];

/** API tokens of the standalone host, for programs. */
@ConnectorController('api-tokens')
export class ApiTokensController {
  constructor(private readonly tokens: ApiTokens) {}

  @Get()
  @RequiresPermission('access:manage')
  async list(
    @Caller() caller: UseCaseContext,
    @Query() query: PageQueryDto,
  ): Promise<Page<ApiTokenResponse>> {
    const page = await this.tokens.list(caller, query.limit, cursorKey(query.cursor, CURSOR));
    return { items: page.items.map(toResponse), nextCursor: page.nextCursor };
  }

  @Post()
  @RequiresPermission('access:manage')
  @AuditedAs(HOST_OPERATIONS.createToken, 'apiToken')
  async create(
    @Caller() caller: UseCaseContext,
    @Body() { name, permissions, expiresInDays }: CreateApiTokenDto,
  ): Promise<ApiTokenResponse & { token: string }> {
    const { row, token } = await this.tokens.create(caller, { name, permissions, expiresInDays });
    return { ...toResponse(row), token };
  }

  @Delete(':id')
  @HttpCode(204)
  @RequiresPermission('access:manage')
  @AuditedAs(HOST_OPERATIONS.revokeToken, 'apiToken')
  async revoke(@Caller() caller: UseCaseContext, @Param('id') id: string): Promise<void> {
    await this.tokens.revoke(caller, id);
  }
}

function toResponse(row: ApiTokenRow): ApiTokenResponse {
  return {
    id: row.id,
    name: row.name,
    permissions: row.permissions,
    tier: row.tier,
    tenantId: row.tenant_id,
    createdAt: row.created_at.toISOString(),
    createdBy: row.created_by,
    expiresAt: row.expires_at.toISOString(),
    revokedAt: row.revoked_at?.toISOString() ?? null,
    lastUsedAt: row.last_used_at?.toISOString() ?? null,
  };
}
