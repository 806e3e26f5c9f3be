import { createParamDecorator, type ExecutionContext } from '@nestjs/common';
import type { UseCaseContext } from '../../core/use-case-context.js';
import { newId } from '../../kernel/ids.js';
import type { Actor } from '../../ports/host/actor-resolver.port.js';

/** What Express's request and Fastify's have in common. */
export interface HttpRequest {
  method: string;
  url: string;
  headers: Record<string, string | string[] | undefined>;
}

interface RequestState {
  correlationId: string;
  actor: Actor | null;
  /** What our own code failed with, whatever was thrown in its place on the way out. */
  failure?: unknown;
}

const STATES = new WeakMap<object, RequestState>();
const REQUEST_ID = /^[\w.:-]{1,64}$/;

/** State of a request; made on first use, with the caller's `X-Request-Id` where it is well-formed. */
export function stateOf(request: HttpRequest): RequestState {
  let state = STATES.get(request);
  if (state === undefined) {
    const given = request.headers['x-request-id'];
    state = {
      correlationId: typeof given === 'string' && REQUEST_ID.test(given) ? given : newId(),
      actor: null,
    };
    STATES.set(request, state);
  }
  return state;
}

/** The context of a signed-in request; the guard has run before. */
export function useCaseContextOf(request: HttpRequest): UseCaseContext {
  const { actor, correlationId } = stateOf(request);
  if (actor === null) throw new Error('No actor on the request: the permissions guard did not run');
  return { actor, correlationId };
}

/** Handler parameter: who calls, and under which correlation id. */
export const Caller = createParamDecorator((_: unknown, context: ExecutionContext): UseCaseContext =>
  useCaseContextOf(context.switchToHttp().getRequest<HttpRequest>()),
);
