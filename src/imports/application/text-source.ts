import { Readable } from 'node:stream';
import { promisify } from 'node:util';
import { createGunzip, gunzip } from 'node:zlib';
import type { FileReading } from '../domain/import-options.js';
import type { ChunkStore } from '../domain/import-store.js';
import { UploadBrokenError } from '../domain/import.errors.js';
import { EncodingEvidence, type TextEncoding } from '../domain/text-encoding.js';

const expand = promisify(gunzip);

/** Characters given on at once, so that the server answers others in between. */
const PIECE_LENGTH = 131_072;
const SYNC_FLUSH = 2;

export function isGzip(head: Buffer): boolean {
  return head[0] === 0x1f && head[1] === 0x8b;
}

/** The beginning of a file as text, without a byte order mark. @param encoding null to find it out */
export async function decodedHead(
  head: Buffer,
  isGzipped: boolean,
  encoding: TextEncoding | null,
): Promise<{ text: string; encoding: TextEncoding }> {
  const bytes = isGzipped ? await expandedStart(head) : head;
  const found = encoding ?? encodingOf(bytes);
  // Streaming leaves a character that is cut at the end out.
  return { text: new TextDecoder(found).decode(bytes, { stream: true }), encoding: found };
}

function encodingOf(bytes: Buffer): TextEncoding {
  const evidence = new EncodingEvidence();
  evidence.observe(bytes);
  return evidence.encoding;
}

async function expandedStart(head: Buffer): Promise<Buffer> {
  try {
    // A beginning is cut off; what can be expanded of it is enough.
    return await expand(head, { finishFlush: SYNC_FLUSH, maxOutputLength: 67_108_864 });
  } catch (cause) {
    throw new UploadBrokenError('it begins like a gzip file but is none', cause);
  }
}

/** The text of a stored file in pieces, in order; the next piece is fetched while the one before is worked on. */
export async function* textOf(
  chunks: ChunkStore,
  importId: string,
  { encoding, isGzipped }: Pick<FileReading, 'encoding' | 'isGzipped'>,
): AsyncGenerator<string> {
  const decoder = new TextDecoder(encoding);
  const bytes = storedBytes(chunks, importId);
  const content: AsyncIterable<Buffer> = isGzipped ? Readable.from(bytes).compose(createGunzip()) : bytes;
  for await (const piece of content) yield* inPieces(decoder.decode(piece, { stream: true }));
  yield* inPieces(decoder.decode());
}

function* inPieces(text: string): Generator<string> {
  for (let from = 0; from < text.length; from += PIECE_LENGTH) yield text.slice(from, from + PIECE_LENGTH);
}

async function* storedBytes(chunks: ChunkStore, importId: string): AsyncGenerator<Buffer> {
  const read = async (position: number): Promise<Buffer | null> => {
    const chunk = await chunks.read(importId, position);
    return chunk === null ? null : expand(chunk);
  };
  let next = read(0);
  for (let position = 1; ; position += 1) {
    const chunk = await next;
    if (chunk === null) return;
    next = read(position);
    // Whoever stops early leaves a promise behind that nobody waits for.
    next.catch(() => undefined);
    yield chunk;
  }
}
