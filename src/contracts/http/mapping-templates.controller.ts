import { Body, Param, Post, Res } from '@nestjs/common';
import { HttpAdapterHost } from '@nestjs/core';
import { AUDIT_OPERATIONS } from '../../audit/domain/audit-operations.js';
import type { UseCaseContext } from '../../core/use-case-context.js';
import { ConnectorController } from '../../platform/http/connector-controller.js';
import { RequiresPermission } from '../../platform/http/permissions.guard.js';
import { AuditedAs } from '../../platform/http/refusal-recorder.js';
import { Caller } from '../../platform/http/request-context.js';
import { CompanyTemplates } from '../application/company-template.service.js';
import { ContractTemplates } from '../application/contract-template.service.js';
import { MappingBook } from '../application/mapping-book.service.js';
import { MappingLists } from '../application/mapping-lists.service.js';
import type { RecordTemplate } from '../application/record-template.js';
import { ServiceTemplates } from '../application/service-template.service.js';
import { TemplateCreations } from '../application/template-creations.service.js';
import type { MappingKind, MappingScope } from '../domain/mapping.js';
import type { MappingRows } from '../domain/mapping-rows.js';
import type { MissingMember, TemplateRecords, UsedRate } from '../domain/template-records.js';
import {
  CreateCompanyDto,
  CreateContractDto,
  CreateServiceDto,
  toCompanyWishes,
  toContractWishes,
  toServiceWishes,
} from './template-request.dto.js';

export type TemplateAnswer<K extends MappingKind> =
  | { record: TemplateRecords[K]; missing: MissingMember[]; rates?: UsedRate[] }
  | { record: TemplateRecords[K]; externalId: string; mapping: MappingRows[K] | null };

/** Records of the PSA made for subjects that have none to be mapped to: previewed (200), or created and mapped (201). */
@ConnectorController('connections/:id')
export class MappingTemplatesController {
  constructor(
    private readonly book: MappingBook,
    private readonly lists: MappingLists,
    private readonly creations: TemplateCreations,
    private readonly companies: CompanyTemplates,
    private readonly services: ServiceTemplates,
    private readonly contracts: ContractTemplates,
    private readonly adapterHost: HttpAdapterHost,
  ) {}

  @Post('customer-mappings/create-company')
  @RequiresPermission('mapping:write')
  @AuditedAs(AUDIT_OPERATIONS.createCompany)
  createCompany(
    @Caller() caller: UseCaseContext,
    @Param('id') id: string,
    @Body() body: CreateCompanyDto,
    @Res({ passthrough: true }) response: object,
  ): Promise<TemplateAnswer<'customer'>> {
    const row = (scope: MappingScope) => this.lists.customer(scope, body.customerId);
    return this.run(caller, id, this.companies, toCompanyWishes(body), body.preview, response, row);
  }

  @Post('offer-mappings/create-service')
  @RequiresPermission('mapping:write')
  @AuditedAs(AUDIT_OPERATIONS.createService)
  createService(
    @Caller() caller: UseCaseContext,
    @Param('id') id: string,
    @Body() body: CreateServiceDto,
    @Res({ passthrough: true }) response: object,
  ): Promise<TemplateAnswer<'offer'>> {
    const wishes = toServiceWishes(body);
    const row = (scope: MappingScope) => this.lists.offer(scope, wishes.offer);
    return this.run(caller, id, this.services, wishes, body.preview, response, row);
  }

  @Post('subscription-mappings/create-contract')
  @RequiresPermission('mapping:write')
  @AuditedAs(AUDIT_OPERATIONS.createContract)
  createContract(
    @Caller() caller: UseCaseContext,
    @Param('id') id: string,
    @Body() body: CreateContractDto,
    @Res({ passthrough: true }) response: object,
  ): Promise<TemplateAnswer<'subscription'>> {
    const row = (scope: MappingScope) => this.lists.subscription(scope, body.subscriptionId);
    return this.run(caller, id, this.contracts, toContractWishes(body), body.preview, response, row);
  }

  private async run<K extends MappingKind, Wishes>(
    caller: UseCaseContext,
    id: string,
    template: RecordTemplate<K, Wishes>,
    wishes: Wishes,
    preview: boolean | undefined,
    response: object,
    row: (scope: MappingScope) => Promise<MappingRows[K] | null>,
  ): Promise<TemplateAnswer<K>> {
    const isPreview = preview ?? true;
    // Through the adapter, because Express and Fastify differ.
    this.adapterHost.httpAdapter.status(response, isPreview ? 200 : 201);
    if (isPreview) {
      const { record, missing, rates } = await this.creations.preview(caller, id, template, wishes);
      return { record, missing, ...(rates === undefined ? {} : { rates }) };
    }
    const { record, externalId } = await this.creations.create(caller, id, template, wishes);
    return { record, externalId, mapping: await row(await this.book.scope(caller, id)) };
  }
}
