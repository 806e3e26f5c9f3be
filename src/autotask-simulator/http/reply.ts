import { toJsonText } from './json-text.js';

/** An answer before it is sent; `body` is complete text. */
export interface Reply {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

const JSON_TYPE = { 'Content-Type': 'application/json; charset=utf-8' };

export function jsonReply(status: number, value: unknown): Reply {
  return { status, headers: JSON_TYPE, body: toJsonText(value) };
}

/** Business and validation errors: always HTTP 500 (Autotask REST reference, §6). */
export function errorsReply(errors: readonly string[], status = 500): Reply {
  return jsonReply(status, { errors });
}

/** Transport-level errors as ASP.NET writes them. */
export function messageReply(status: number, message: string): Reply {
  return jsonReply(status, { Message: message });
}

export function methodNotAllowed(method: string): Reply {
  return messageReply(405, `The requested resource does not support http method '${method}'.`);
}

export function unknownRoute(url: string): Reply {
  return messageReply(404, `No HTTP resource was found that matches the request URI '${url}'.`);
}

export function htmlReply(status: number, title: string): Reply {
  return {
    status,
    headers: { 'Content-Type': 'text/html' },
    body: `<!DOCTYPE html>\r\n<html><head><title>${title}</title></head><body><h1>${title}</h1></body></html>\r\n`,
  };
}

/** Every credential problem looks the same: no body, and the zone host as realm (reference §1.4, observed). */
export function unauthorized(zoneNumber: number | null): Reply {
  const realm = zoneNumber === null ? 'webservices' : `webservices${zoneNumber}`;
  return { status: 401, headers: { 'WWW-Authenticate': `Basic Realm="${realm}.autotask.net"` }, body: '' };
}
