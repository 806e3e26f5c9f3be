import type { IncomingMessage, ServerResponse } from 'node:http';
import { gunzipSync } from 'node:zlib';
import { errorsReply, messageReply, type Reply } from './reply.js';

const MAX_BODY_BYTES = 10_000_000;

/** The body as text, or the refusal of a body the vendor's server would not read. */
export async function readBody(request: IncomingMessage): Promise<string | Reply> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    bytes += chunk.length;
    if (bytes > MAX_BODY_BYTES) return messageReply(413, 'Maximum request length exceeded.');
    chunks.push(chunk);
  }
  if (bytes === 0) return '';
  const mediaType = request.headers['content-type'] ?? '';
  if (!/^application\/json\b/i.test(mediaType)) {
    return messageReply(
      415,
      `The request entity's media type '${mediaType}' is not supported for this resource.`,
    );
  }
  const content = Buffer.concat(chunks);
  if (!/gzip/i.test(request.headers['content-encoding'] ?? '')) return content.toString('utf8');
  try {
    return gunzipSync(content, { maxOutputLength: MAX_BODY_BYTES }).toString('utf8');
  } catch {
    return errorsReply(['The request body is not valid gzip.']);
  }
}

/** Resolves when the answer is on its way; a truncated one leaves the connection to be closed by the caller. */
export async function send(response: ServerResponse, reply: Reply, isTruncated = false): Promise<void> {
  const body = Buffer.from(reply.body, 'utf8');
  response.writeHead(reply.status, { ...reply.headers, 'Content-Length': body.length });
  if (!isTruncated) {
    response.end(body);
    return;
  }
  await new Promise<void>((resolve) => {
    response.write(body.subarray(0, Math.floor(body.length / 2)), () => resolve());
  });
}

/** The address as the client sees the server; a malformed Host header falls back to our own. */
export function addressOf(request: IncomingMessage, host: string): URL {
  const path = request.url ?? '/';
  const ours = `http://${host}${path.startsWith('/') ? path : '/'}`;
  return (
    URL.parse(`http://${request.headers.host ?? host}${path.startsWith('/') ? path : '/'}`) ?? new URL(ours)
  );
}
