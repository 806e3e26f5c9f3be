import {
  type CallHandler,
  type ExecutionContext,
  HttpException,
  Inject,
  Injectable,
  type NestInterceptor,
} from '@nestjs/common';
import { Reflector } from '@nestjs/core';
import { catchError, type Observable } from 'rxjs';
import { InvalidRequestError } from './http.errors.js';
import { asRefusal } from './problem-details.js';
import {
  AUDITED_OPERATION,
  type AuditedRoute,
  REFUSAL_RECORDER,
  type RefusalRecorder,
} from './refusal-recorder.js';
import { type HttpRequest, useCaseContextOf } from './request-context.js';

/** What is not valid, too large, or of another media type; every other refusal is its use case's. */
function isOfTheForm(error: unknown): boolean {
  return error instanceof InvalidRequestError || error instanceof HttpException;
}

/** Audits requests that are refused for their form before their use case begins; pipes run inside interceptors. */
@Injectable()
export class InvalidRequestInterceptor implements NestInterceptor {
  constructor(
    private readonly reflector: Reflector,
    @Inject(REFUSAL_RECORDER) private readonly refusals: RefusalRecorder,
  ) {}

  intercept(context: ExecutionContext, next: CallHandler): Observable<unknown> {
    const audited = this.reflector.get<AuditedRoute | undefined>(AUDITED_OPERATION, context.getHandler());
    if (audited === undefined) return next.handle();
    const request = context.switchToHttp().getRequest<HttpRequest & { params?: Record<string, string> }>();
    return next.handle().pipe(
      catchError(async (error: unknown) => {
        const refusal = isOfTheForm(error) ? asRefusal(error) : null;
        if (refusal !== null) {
          await this.refusals.record({
            context: useCaseContextOf(request),
            ...audited,
            parameters: request.params ?? {},
            error: refusal,
          });
        }
        throw error;
      }),
    );
  }
}
