import { Get, Param, Query } from '@nestjs/common';
import type { UseCaseContext } from '../../core/use-case-context.js';
import type { Page } from '../../kernel/page.js';
import { ConnectorController } from '../../platform/http/connector-controller.js';
import { cursorKey } from '../../platform/http/page-query.dto.js';
import { RequiresPermission } from '../../platform/http/permissions.guard.js';
import { Caller } from '../../platform/http/request-context.js';
import { MirrorQuery } from '../application/mirror-query.service.js';
import type { MirroredCompany, MirroredContract, MirroredService } from '../domain/mirrored-records.js';
import type { MirrorListKey } from '../domain/mirror-reader.js';
import { MirrorListQueryDto } from './mirror-list-query.dto.js';

/** Text without NUL, which the database cannot compare with. */
const TEXT_PART = /^[^\0]*$/;

function keyFrom(cursor: string | undefined): MirrorListKey | undefined {
  return cursorKey(cursor, [TEXT_PART, TEXT_PART]) as MirrorListKey | undefined;
}

/** Mirrored records of a connection. They hold no secret and travel in the form the reader gives them. */
@ConnectorController('connections/:id')
export class MirrorController {
  constructor(private readonly mirror: MirrorQuery) {}

  @Get('companies')
  @RequiresPermission('connection:read')
  companies(
    @Caller() caller: UseCaseContext,
    @Param('id') id: string,
    @Query() query: MirrorListQueryDto,
  ): Promise<Page<MirroredCompany>> {
    return this.mirror.companies(caller, id, query, keyFrom(query.cursor));
  }

  @Get('services')
  @RequiresPermission('connection:read')
  services(
    @Caller() caller: UseCaseContext,
    @Param('id') id: string,
    @Query() query: MirrorListQueryDto,
  ): Promise<Page<MirroredService>> {
    return this.mirror.services(caller, id, query, keyFrom(query.cursor));
  }

  @Get('contracts')
  @RequiresPermission('connection:read')
  contracts(
    @Caller() caller: UseCaseContext,
    @Param('id') id: string,
    @Query() query: MirrorListQueryDto,
  ): Promise<Page<MirroredContract>> {
    return this.mirror.contracts(caller, id, query, keyFrom(query.cursor));
  }

  @Get('contracts/:externalId')
  @RequiresPermission('connection:read')
  contract(
    @Caller() caller: UseCaseContext,
    @Param('id') id: string,
    @Param('externalId') externalId: string,
  ): Promise<MirroredContract> {
    return this.mirror.contract(caller, id, externalId);
  }
}
