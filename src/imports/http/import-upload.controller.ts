import { HttpCode, Post, Req } from '@nestjs/common';
import { AUDIT_OPERATIONS } from '../../audit/domain/audit-operations.js';
import type { UseCaseContext } from '../../core/use-case-context.js';
import { ConnectorController } from '../../platform/http/connector-controller.js';
import { InvalidRequestError } from '../../platform/http/http.errors.js';
import { RequiresPermission } from '../../platform/http/permissions.guard.js';
import { AuditedAs } from '../../platform/http/refusal-recorder.js';
import { Caller } from '../../platform/http/request-context.js';
import { type BodyRequest, unreadBodyOf } from '../../platform/http/unread-body.js';
import { ImportUpload } from '../application/import-upload.service.js';
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
    @Req() request: BodyRequest & { query?: Record<string, unknown> },
  ): Promise<ImportSummaryResponse> {
    // Form fields and query hold the same options, and are checked by the same readers.
    const told = optionsOf(request.query ?? {});
    if (told.problems.length > 0) throw new InvalidRequestError(told.problems);
    return toSummary(await this.uploads.receive(caller, uploadOf(unreadBodyOf(request), told)));
  }
}
