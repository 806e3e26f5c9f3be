import { gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import type { ChunkStore } from '../domain/import-store.js';
import { textOf } from './text-source.js';

const TEXT = 'a line like every other\n'.repeat(50_000);

/** A stored file of one piece. */
function stored(bytes: Buffer): ChunkStore {
  const read = (_id: string, position: number) => Promise.resolve(position === 0 ? gzipSync(bytes) : null);
  return { read } as unknown as ChunkStore;
}

async function lengthOf(text: AsyncIterable<string>): Promise<number> {
  let length = 0;
  for await (const piece of text) length += piece.length;
  return length;
}

describe('textOf', () => {
  const file = gzipSync(TEXT);
  const chunks = stored(file);
  const reading = { encoding: 'utf-8', isGzipped: true } as const;

  it('reads a gzipped file of the largest size', async () => {
    expect(file.length).toBeLessThan(TEXT.length / 100);
    expect(await lengthOf(textOf(chunks, 'i', reading, TEXT.length))).toBe(TEXT.length);
  });

  it('refuses one that expands to more', async () => {
    await expect(lengthOf(textOf(chunks, 'i', reading, TEXT.length - 1))).rejects.toMatchObject({
      code: 'import.file_too_large',
    });
  });
});
