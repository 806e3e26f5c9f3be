import { HttpCode, Post, Query, Req } from '@nestjs/common';
import { AUDIT_OPERATIONS } from '../../audit/domain/audit-operations.js';
import type { UseCaseContext } from '../../core/use-case-context.js';
import { ConnectorController } from '../../platform/http/connector-controller.js';
import { InvalidRequestError } from '../../platform/http/http.errors.js';
import { RequiresPermission } from '../../platform/http/permissions.guard.js';
import { AuditedAs } from '../../platform/http/refusal-recorder.js';
import { Caller } from '../../platform/http/request-context.js';
import { unreadBodyOf } from '../../platform/http/unread-body.js';
import { ImportUpload } from '../application/import-upload.service.js';
import { BodyAlreadyReadError } from '../domain/import.errors.js';
import { uploadOf } from './file-upload.js';
import { optionsOf } from './import-options.js';
import { type ImportSummaryResponse, toSummary } from './import-response.js';

/** Takes files; apart from the routes that read, because their bodies are taken aside. */
@ConnectorController('imports')
export class ImportUploadController {
  constructor(private readonly uploads: ImportUpload) {}

  @Post('partner-center')
  @HttpCode(202)
  @RequiresPermission('imports:write')
  @AuditedAs(AUDIT_OPERATIONS.importLines, 'billingImport')
  async start(
    @Caller() caller: UseCaseContext,
    @Query() query: Record<string, unknown>,
    @Req() request: object,
  ): Promise<ImportSummaryResponse> {
    const told = optionsOf(query);
    if (told.problems.length > 0) throw new InvalidRequestError(told.problems);
    const body = unreadBodyOf(request);
    if (body === null) throw new BodyAlreadyReadError();
    return toSummary(await this.uploads.receive(caller, uploadOf(body, told)));
  }
}
