import { pipeline, Readable } from 'node:stream';
import { promisify } from 'node:util';
import { createGunzip, gunzip } from 'node:zlib';
import type { FileReading } from '../domain/import-options.js';
import type { ChunkStore } from '../domain/import-store.js';
import { FileTooLargeError, UploadBrokenError } from '../domain/import.errors.js';
import { EncodingEvidence, type TextEncoding } from '../domain/text-encoding.js';

const expand = promisify(gunzip);

/** 4 GiB, as it comes and expanded: gzip makes a thousandth of what repeats itself. */
export const MOST_FILE_BYTES = 4_294_967_296;

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

/** The text of a stored file in pieces, in order; the next piece is fetched while the one before is worked on. @throws FileTooLargeError where it expands to more */
export async function* textOf(
  chunks: ChunkStore,
  importId: string,
  { encoding, isGzipped }: Pick<FileReading, 'encoding' | 'isGzipped'>,
  mostBytes = MOST_FILE_BYTES,
): AsyncGenerator<string> {
  const decoder = new TextDecoder(encoding);
  const bytes = storedBytes(chunks, importId);
  const content: AsyncIterable<Buffer> = isGzipped ? expanded(bytes) : bytes;
  let size = 0;
  for await (const piece of content) {
    size += piece.length;
    if (size > mostBytes) throw new FileTooLargeError(mostBytes);
    yield* inPieces(decoder.decode(piece, { stream: true }));
  }
  yield* inPieces(decoder.decode());
}

function expanded(bytes: AsyncIterable<Buffer>): AsyncIterable<Buffer> {
  // What goes wrong before ends the reading of it too; a reader who stops early is no failure that anybody waits for.
  return pipeline(Readable.from(bytes), createGunzip(), () => undefined);
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
