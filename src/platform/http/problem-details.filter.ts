import { type ArgumentsHost, Catch, type ExceptionFilter, Injectable, Logger } from '@nestjs/common';
import { HttpAdapterHost } from '@nestjs/core';
import { ConnectorError } from '../../kernel/connector-error.js';
import { setAnswerHeaders } from './answer-headers.js';
import { releaseAnswer } from './held-answer.js';
import { describeProblem } from './problem-details.js';
import { type HttpRequest, stateOf } from './request-context.js';

/**
 * Writes every error as an RFC 9457 problem document, under Express and Fastify. Bound to our controllers only; a host may also
 * register it for itself to get the same documents for unknown routes and broken JSON.
 */
@Catch()
@Injectable()
export class ProblemDetailsFilter implements ExceptionFilter {
  readonly #logger = new Logger(ProblemDetailsFilter.name);

  constructor(private readonly adapterHost: HttpAdapterHost) {}

  catch(thrown: unknown, host: ArgumentsHost): void {
    const http = host.switchToHttp();
    const request = http.getRequest<HttpRequest>();
    const response = http.getResponse<object>();
    releaseAnswer(response);
    // What our own code failed with is told, whatever a host's interceptor made of it on the way.
    this.answer(stateOf(request).failure ?? thrown, request, response);
  }

  /** Writes the problem document of an error, unless an answer has begun. */
  answer(error: unknown, request: HttpRequest, response: object): void {
    const { httpAdapter } = this.adapterHost;
    const { correlationId } = stateOf(request);
    const { problem, level, retryAfterSeconds } = describeProblem(error, correlationId);
    this.#logger[level]('Request failed', {
      correlationId,
      code: problem.code,
      ...factsOf(error),
    });
    if (httpAdapter.isHeadersSent(response)) return;
    httpAdapter.setHeader(response, 'Content-Type', 'application/problem+json; charset=utf-8');
    setAnswerHeaders(httpAdapter, response, correlationId);
    if (problem.status === 401) httpAdapter.setHeader(response, 'WWW-Authenticate', 'Bearer');
    if (retryAfterSeconds !== undefined) {
      httpAdapter.setHeader(response, 'Retry-After', String(Math.ceil(retryAfterSeconds)));
    }
    httpAdapter.reply(response, JSON.stringify(problem), problem.status);
  }
}

/** Facts for the log, picked one by one: error objects of drivers carry statement parameters. */
function factsOf(error: unknown): Record<string, unknown> {
  if (error instanceof ConnectorError) {
    const cause = error.cause instanceof Error ? { cause: error.cause.message } : {};
    return { detail: error.detail, ...error.context, ...cause };
  }
  return error instanceof Error ? { reason: error.message, stack: error.stack } : { reason: 'not an Error' };
}
