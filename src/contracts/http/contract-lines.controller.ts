import { Get, Param, Query, StreamableFile } from '@nestjs/common';
import type { UseCaseContext } from '../../core/use-case-context.js';
import type { Page } from '../../kernel/page.js';
import { ConnectorController } from '../../platform/http/connector-controller.js';
import { cursorKey } from '../../platform/http/page-query.dto.js';
import { RequiresPermission } from '../../platform/http/permissions.guard.js';
import { Caller } from '../../platform/http/request-context.js';
import { ContractLineQuery } from '../application/contract-line-query.service.js';
import type { ContractLine, ContractLineKey } from '../domain/contract-line.js';
import { contractLinesCsv } from './contract-lines.csv.js';
import { ContractLinesFilterDto, ContractLinesQueryDto } from './contract-lines-query.dto.js';

/** Text without NUL, which the database cannot compare with. */
const TEXT_PART = /^[^\0]*$/;
const KIND_PART = /^(service|bundle)$/;

/** What contracts bill on a day. Lines hold no secret and travel in the form the reader gives them. */
@ConnectorController('connections/:id/contract-lines')
export class ContractLinesController {
  constructor(private readonly lines: ContractLineQuery) {}

  @Get()
  @RequiresPermission('connection:read')
  list(
    @Caller() caller: UseCaseContext,
    @Param('id') id: string,
    @Query() { asOf, contractId, companyId, limit, cursor }: ContractLinesQueryDto,
  ): Promise<Page<ContractLine>> {
    const after = cursorKey(cursor, [TEXT_PART, KIND_PART, TEXT_PART]) as ContractLineKey | undefined;
    return this.lines.page(caller, id, given({ asOf, contractId, companyId }), { limit }, after);
  }

  @Get('export.csv')
  @RequiresPermission('connection:read')
  async export(
    @Caller() caller: UseCaseContext,
    @Param('id') id: string,
    @Query() { asOf, contractId, companyId }: ContractLinesFilterDto,
  ): Promise<StreamableFile> {
    const { filter, lines } = await this.lines.all(caller, id, given({ asOf, contractId, companyId }));
    return new StreamableFile(contractLinesCsv(lines), {
      type: 'text/csv; charset=utf-8',
      disposition: `attachment; filename="contract-lines-${filter.asOf}.csv"`,
    });
  }
}

/** Only what was given: an option that is undefined is not the same as one that is absent. */
function given<T extends object>(options: T): { [Key in keyof T]?: Exclude<T[Key], undefined> } {
  return Object.fromEntries(Object.entries(options).filter(([, value]) => value !== undefined)) as {
    [Key in keyof T]?: Exclude<T[Key], undefined>;
  };
}
