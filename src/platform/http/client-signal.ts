import type { ServerResponse } from 'node:http';
import { createParamDecorator, type ExecutionContext } from '@nestjs/common';
import { ClientGoneError } from './http.errors.js';

/** Handler parameter: a signal that is aborted, with a `ClientGoneError`, when the client goes away before it has its answer. */
export const ClientSignal = createParamDecorator((_: unknown, context: ExecutionContext): AbortSignal => {
  const response = context.switchToHttp().getResponse<ServerResponse & { raw?: ServerResponse }>();
  const raw = response.raw ?? response;
  const gone = new AbortController();
  const leave = () => {
    // It also closes after an answer.
    if (!raw.writableFinished) gone.abort(new ClientGoneError());
  };
  if (raw.closed) leave();
  else raw.once('close', leave);
  return gone.signal;
});
