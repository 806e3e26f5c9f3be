import { type CanActivate, type ExecutionContext, Injectable } from '@nestjs/common';
import { type HttpRequest, useCaseContextOf } from '../../platform/http/request-context.js';
import { SyncRuns } from '../application/sync-run.service.js';

/**
 * Lets a request pass when its run exists in the caller's tenant. An event stream needs this before its handler: behind an
 * interceptor, ours or one of the host, Nest sends status 200 and the headers while the handler still looks for the run.
 */
@Injectable()
export class SyncRunExistsGuard implements CanActivate {
  constructor(private readonly runs: SyncRuns) {}

  /** @throws SyncRunNotFoundError */
  async canActivate(context: ExecutionContext): Promise<boolean> {
    const request = context.switchToHttp().getRequest<HttpRequest & { params?: Record<string, string> }>();
    await this.runs.get(useCaseContextOf(request), request.params?.['id'] ?? '');
    return true;
  }
}
