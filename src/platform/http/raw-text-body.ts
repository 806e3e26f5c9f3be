import type { IncomingMessage } from 'node:http';
import {
  Injectable,
  type NestMiddleware,
  PayloadTooLargeException,
  UnsupportedMediaTypeException,
} from '@nestjs/common';
import { InvalidRequestError } from './http.errors.js';

/** Requests whose body is left for the handler to read. */
const LEFT_UNREAD = new WeakSet<IncomingMessage>();

const CSV = /^\s*(text|application)\/csv\s*(;|$)/i;

/**
 * Leaves CSV bodies unread, so that the handler reads them after the guards have run and with a limit of its own. Bind it to the routes
 * that take CSV. Fastify would refuse a media type nobody parses, and a parser registered there would be the whole host's; without a
 * media type and a length it passes the request on as it is. Express only parses the types it knows.
 */
@Injectable()
export class UnreadCsvMiddleware implements NestMiddleware<IncomingMessage> {
  use(request: IncomingMessage, _response: unknown, next: () => void): void {
    if (CSV.test(request.headers['content-type'] ?? '')) {
      LEFT_UNREAD.add(request);
      delete request.headers['content-type'];
      delete request.headers['content-length'];
      delete request.headers['transfer-encoding'];
    }
    next();
  }
}

/** What Express's request and Fastify's have in common where a body is concerned. */
interface BodyRequest {
  raw?: IncomingMessage;
  body?: unknown;
}

/**
 * The CSV text of a request, also where a parser of the host has read it before us.
 * @throws UnsupportedMediaTypeException when the body is no CSV, PayloadTooLargeException, InvalidRequestError when it is no UTF-8
 */
export async function readCsvBody(request: BodyRequest, limitBytes: number): Promise<string> {
  const raw = request.raw ?? (request as IncomingMessage);
  if (!LEFT_UNREAD.has(raw)) throw new UnsupportedMediaTypeException();
  const { body } = request;
  if (typeof body === 'string' || Buffer.isBuffer(body)) {
    if (Buffer.byteLength(body) > limitBytes) throw new PayloadTooLargeException();
    return typeof body === 'string' ? body : decode(body);
  }
  return decode(await readAll(raw, limitBytes));
}

/** Reads to the end or to the limit; what comes after the limit is discarded, so that the client can read the answer. */
function readAll(raw: IncomingMessage, limitBytes: number): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    let size = 0;
    raw.on('data', (chunk: Buffer) => {
      size += chunk.length;
      if (size > limitBytes) reject(new PayloadTooLargeException());
      else chunks.push(chunk);
    });
    raw.once('end', () => resolve(Buffer.concat(chunks)));
    raw.once('error', reject);
    raw.once('close', () =>
      reject(new Error('The client closed the connection before it had sent the body')),
    );
  });
}

function decode(bytes: Buffer): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    throw new InvalidRequestError([{ pointer: '', detail: 'must be text in UTF-8' }]);
  }
}
