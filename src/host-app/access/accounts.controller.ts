import { Body, Delete, Get, HttpCode, Param, Patch, Post, Query } from '@nestjs/common';
import {
  AuditedAs,
  Caller,
  ConnectorController,
  cursorKey,
  InvalidRequestError,
  type Page,
  PageQueryDto,
  RequiresPermission,
  type UseCaseContext,
} from '../../index.js';
import type { AccountRow } from './access-rows.js';
import { CreateAccountDto, UpdateAccountDto } from './access-request.dto.js';
import { Accounts } from './account.service.js';
import { HOST_OPERATIONS } from './host-operations.js';

/** An account as it travels; its password never does. */
export interface AccountResponse {
  id: string;
  userName: string;
  displayName: string;
  role: string;
  tier: string;
  tenantId: string;
  enabled: boolean;
  createdAt: string;
  createdBy: string;
  lastSignInAt: string | null;
}

/** Local accounts of the standalone host. */
@ConnectorController('accounts')
export class AccountsController {
  constructor(private readonly accounts: Accounts) {}

  @Get()
  @RequiresPermission('access:manage')
  async list(@Caller() caller: UseCaseContext, @Query() query: PageQueryDto): Promise<Page<AccountResponse>> {
    const after = cursorKey(query.cursor, [/^\P{C}{1,100}$/u])?.[0];
    const page = await this.accounts.list(caller, query.limit, after);
    return { items: page.items.map(toResponse), nextCursor: page.nextCursor };
  }

  @Post()
  @RequiresPermission('access:manage')
  @AuditedAs(HOST_OPERATIONS.createAccount, 'account')
  async create(@Caller() caller: UseCaseContext, @Body() body: CreateAccountDto): Promise<AccountResponse> {
    const { userName, displayName, password, role, tier, tenantId } = body;
    const account = { userName, displayName, password, role, tier, tenantId };
    return toResponse(await this.accounts.create(caller, account));
  }

  @Get(':id')
  @RequiresPermission('access:manage')
  async get(@Caller() caller: UseCaseContext, @Param('id') id: string): Promise<AccountResponse> {
    return toResponse(await this.accounts.demand(caller, id));
  }

  @Patch(':id')
  @RequiresPermission('access:manage')
  @AuditedAs(HOST_OPERATIONS.updateAccount, 'account')
  async update(
    @Caller() caller: UseCaseContext,
    @Param('id') id: string,
    @Body() body: UpdateAccountDto,
  ): Promise<AccountResponse> {
    const { displayName, role, enabled, password } = body;
    const change = { displayName, role, enabled, password };
    if (Object.values(change).every((value) => value === undefined)) {
      throw new InvalidRequestError([
        { pointer: '', detail: 'must name at least one of displayName, role, enabled, password' },
      ]);
    }
    return toResponse(await this.accounts.update(caller, id, change));
  }

  @Delete(':id')
  @HttpCode(204)
  @RequiresPermission('access:manage')
  @AuditedAs(HOST_OPERATIONS.deleteAccount, 'account')
  async remove(@Caller() caller: UseCaseContext, @Param('id') id: string): Promise<void> {
    await this.accounts.remove(caller, id);
  }

  @Delete(':id/sessions')
  @HttpCode(204)
  @RequiresPermission('access:manage')
  @AuditedAs(HOST_OPERATIONS.endSessions, 'account')
  async endSessions(@Caller() caller: UseCaseContext, @Param('id') id: string): Promise<void> {
    await this.accounts.endSessions(caller, id);
  }
}

function toResponse(row: AccountRow): AccountResponse {
  return {
    id: row.id,
    userName: row.user_name,
    displayName: row.display_name,
    role: row.role,
    tier: row.tier,
    tenantId: row.tenant_id,
    enabled: row.is_active,
    createdAt: row.created_at.toISOString(),
    createdBy: row.created_by,
    lastSignInAt: row.last_sign_in_at?.toISOString() ?? null,
  };
}
