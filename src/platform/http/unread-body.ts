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

/** A body nobody has read. */
export interface UnreadBody {
  headers: IncomingHttpHeaders;
  stream: IncomingMessage;
}

/** The body of a request that `UnreadBodyMiddleware` took aside; null when a parser of the host has read it before. */
export function unreadBodyOf(request: { raw?: IncomingMessage }): UnreadBody | null {
  const stream = request.raw ?? (request as IncomingMessage);
  const headers = HEADERS.get(stream);
  if (headers === undefined) throw new Error('The middleware is not bound to this route');
  return stream.readableEnded ? null : { headers, stream };
}
