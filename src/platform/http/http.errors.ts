import { ConnectorError } from '../../kernel/connector-error.js';
import type { Permission } from '../../ports/host/actor-resolver.port.js';

export interface FieldProblem {
  /** JSON Pointer into the body, or `/name` of a query parameter. */
  pointer: string;
  detail: string;
}

/** Body, query or path do not have the documented form. */
export class InvalidRequestError extends ConnectorError {
  constructor(errors: FieldProblem[]) {
    super({
      code: 'request.invalid',
      category: 'invalid_input',
      detail: `The request is not valid: ${errors.map(({ pointer, detail }) => `${pointer} ${detail}`).join('; ')}.`,
      extensions: { errors },
    });
  }
}

/** Nobody is signed in, or the token is not known. */
export class UnauthenticatedError extends ConnectorError {
  constructor() {
    super({
      code: 'access.unauthenticated',
      category: 'unauthenticated',
      detail: 'Sign in first: send a valid token as "Authorization: Bearer <token>".',
    });
  }
}

/** The actor lacks the permission the route needs. */
export class PermissionMissingError extends ConnectorError {
  constructor(permission: Permission) {
    super({
      code: 'access.permission_missing',
      category: 'forbidden',
      detail: `You do not have the permission '${permission}'. Ask an administrator for it.`,
    });
  }
}

/** The actor sends more requests than the host allows. */
export class TooManyRequestsError extends ConnectorError {
  constructor(retryAfterSeconds: number) {
    super({
      code: 'request.rate_limited',
      category: 'throttled',
      detail: 'You send more requests than this host allows. Wait for a while, then go on more slowly.',
      extensions: { retryAfterSeconds },
    });
  }
}

/** The client closed the connection before it had its answer; nobody sees this but the log. */
export class ClientGoneError extends ConnectorError {
  constructor() {
    super({
      code: 'request.client_gone',
      category: 'conflict',
      detail: 'The client went away before it had its answer; the work for it was stopped.',
    });
  }
}
