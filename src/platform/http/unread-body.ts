import type { IncomingHttpHeaders, IncomingMessage } from 'node:http';
import { Injectable, type NestMiddleware } from '@nestjs/common';

/** What a request said about its body before that was hidden from the parsers. */
const HEADERS = new WeakMap<IncomingMessage, IncomingHttpHeaders>();

const ABOUT_BODY = ['content-type', 'content-length', 'content-encoding', 'transfer-encoding'] as const;

/**
 * Leaves bodies of any media type unread, so that the handler streams them after the guards have run. Bind it to routes that take files;
 * see `UnreadCsvMiddleware` for why it hides the headers. An Express host has run its own parsers before; what they read is lost.
 */
@Injectable()
export class UnreadBodyMiddleware implements NestMiddleware<IncomingMessage> {
  use(request: IncomingMessage, _response: unknown, next: () => void): void {
    HEADERS.set(request, { ...request.headers });
    for (const name of ABOUT_BODY) delete request.headers[name];
    next();
  }
}

/** What Express's request and Fastify's have in common where a body is concerned. */
export interface BodyRequest {
  /** Fastify's; Express's request is Node's own. */
  raw?: IncomingMessage;
}

/** A body that `UnreadBodyMiddleware` took aside. */
export interface UnreadBody {
  headers: IncomingHttpHeaders;
  stream: IncomingMessage;
  /** Whether a parser of the host has read it before us. */
  isRead: boolean;
}

export function unreadBodyOf(request: BodyRequest): UnreadBody {
  const stream = request.raw ?? (request as IncomingMessage);
  const headers = HEADERS.get(stream);
  if (headers === undefined) throw new Error('The middleware is not bound to this route');
  return { headers, stream, isRead: stream.readableEnded };
}
