import { Body, Delete, Get, HttpCode, Param, Patch, Post, Query } from '@nestjs/common';
import { AUDIT_OPERATIONS } from '../../audit/domain/audit-operations.js';
import type { UseCaseContext } from '../../core/use-case-context.js';
import type { Page } from '../../kernel/page.js';
import { ConnectorController } from '../../platform/http/connector-controller.js';
import { InvalidRequestError } from '../../platform/http/http.errors.js';
import { cursorKey, INSTANT_PART, PageQueryDto, UUID_PART } from '../../platform/http/page-query.dto.js';
import { RequiresPermission } from '../../platform/http/permissions.guard.js';
import { AuditedAs } from '../../platform/http/refusal-recorder.js';
import { Caller } from '../../platform/http/request-context.js';
import type { AccessReport } from '../../ports/psa/access-report.js';
import { ConnectionAdministration } from '../application/connection-administration.service.js';
import { ConnectionCheck } from '../application/connection-check.service.js';
import { ConnectionDirectory } from '../application/connection-directory.service.js';
import { ConnectionRegistration } from '../application/connection-registration.service.js';
import type { ConnectionListKey } from '../domain/connection-store.js';
import {
  CreateConnectionDto,
  toCredentials,
  toNewConnection,
  toPolicies,
  UpdateConnectionDto,
} from './connection-request.dto.js';
import { type ConnectionResponse, toResponse } from './connection-response.js';

@ConnectorController('connections')
export class ConnectionsController {
  constructor(
    private readonly registration: ConnectionRegistration,
    private readonly administration: ConnectionAdministration,
    private readonly checks: ConnectionCheck,
    private readonly directory: ConnectionDirectory,
  ) {}

  @Post()
  @RequiresPermission('connection:write')
  @AuditedAs(AUDIT_OPERATIONS.createConnection)
  async create(
    @Caller() caller: UseCaseContext,
    @Body() body: CreateConnectionDto,
  ): Promise<ConnectionResponse> {
    return toResponse(await this.registration.create(caller, toNewConnection(body)));
  }

  @Post('check')
  @HttpCode(200)
  @RequiresPermission('connection:write')
  @AuditedAs(AUDIT_OPERATIONS.checkConnection)
  async check(
    @Caller() caller: UseCaseContext,
    @Body() body: CreateConnectionDto,
  ): Promise<{ accessReport: AccessReport }> {
    return { accessReport: await this.registration.check(caller, toNewConnection(body)) };
  }

  @Get()
  @RequiresPermission('connection:read')
  async list(
    @Caller() caller: UseCaseContext,
    @Query() query: PageQueryDto,
  ): Promise<Page<ConnectionResponse>> {
    const after = cursorKey(query.cursor, [INSTANT_PART, UUID_PART]) as ConnectionListKey | undefined;
    const page = await this.directory.list(caller, query, after);
    return { items: page.items.map(toResponse), nextCursor: page.nextCursor };
  }

  @Get(':id')
  @RequiresPermission('connection:read')
  async get(@Caller() caller: UseCaseContext, @Param('id') id: string): Promise<ConnectionResponse> {
    return toResponse(await this.directory.get(caller, id));
  }

  @Patch(':id')
  @RequiresPermission('connection:write')
  @AuditedAs(AUDIT_OPERATIONS.updateConnection)
  async update(
    @Caller() caller: UseCaseContext,
    @Param('id') id: string,
    @Body() body: UpdateConnectionDto,
  ): Promise<ConnectionResponse> {
    const { alias, enabled, credentials, policies } = body;
    if ([alias, enabled, credentials, policies].every((member) => member === undefined)) {
      throw new InvalidRequestError([
        { pointer: '', detail: 'must name at least one of alias, enabled, credentials, policies' },
      ]);
    }
    const change = {
      alias,
      enabled,
      credentials: credentials && toCredentials(credentials),
      policies: policies && toPolicies(policies),
    };
    return toResponse(await this.administration.update(caller, id, change));
  }

  @Delete(':id')
  @HttpCode(204)
  @RequiresPermission('connection:write')
  @AuditedAs(AUDIT_OPERATIONS.deleteConnection)
  async remove(@Caller() caller: UseCaseContext, @Param('id') id: string): Promise<void> {
    await this.administration.remove(caller, id);
  }

  @Post(':id/check')
  @HttpCode(200)
  @RequiresPermission('connection:write')
  @AuditedAs(AUDIT_OPERATIONS.checkConnection)
  async checkSaved(
    @Caller() caller: UseCaseContext,
    @Param('id') id: string,
  ): Promise<{ accessReport: AccessReport }> {
    return { accessReport: await this.checks.checkNow(caller, id) };
  }
}
