import {
  type CallHandler,
  type ExecutionContext,
  Injectable,
  type NestInterceptor,
  StreamableFile,
} from '@nestjs/common';
import { HttpAdapterHost } from '@nestjs/core';
import { type Observable, tap } from 'rxjs';
import { holdAnswer } from './held-answer.js';
import { ProblemDetailsFilter } from './problem-details.filter.js';
import { type HttpRequest, stateOf } from './request-context.js';

const SERVER_SENT_EVENTS = '__sse__';

/**
 * Sees to it that our results and our errors are what is answered, whatever a host's global interceptors make of them; those stand around
 * this one, see both, and may only add to them.
 */
@Injectable()
export class AnswerInterceptor implements NestInterceptor {
  readonly #problems: ProblemDetailsFilter;

  constructor(private readonly adapterHost: HttpAdapterHost) {
    this.#problems = new ProblemDetailsFilter(adapterHost);
  }

  intercept(context: ExecutionContext, next: CallHandler): Observable<unknown> {
    if (Reflect.getMetadata(SERVER_SENT_EVENTS, context.getHandler()) === true) return next.handle();
    const http = context.switchToHttp();
    const request = http.getRequest<HttpRequest>();
    const response = http.getResponse<object>();
    return next.handle().pipe(
      tap({
        next: (value: unknown) => {
          // Nest itself finds a stream again, in whatever it was wrapped.
          if (value instanceof StreamableFile) return;
          holdAnswer(response, () => this.adapterHost.httpAdapter.reply(response, value));
        },
        error: (error: unknown) => {
          stateOf(request).failure = error;
          holdAnswer(response, () => this.#problems.answer(error, request, response));
        },
      }),
    );
  }
}
