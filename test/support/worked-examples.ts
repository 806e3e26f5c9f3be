import { readdirSync, readFileSync } from 'node:fs';
import { stagedLines } from '../../src/imports/application/staged-lines.js';
import type { StagedLine } from '../../src/imports/domain/billing-import.js';
import { detectFile, type Detection } from '../../src/imports/domain/file-detection.js';
import type { ImportOptions } from '../../src/imports/domain/import-options.js';
import type { LineDraft } from '../../src/imports/domain/line-draft.js';
import { EncodingEvidence } from '../../src/imports/domain/text-encoding.js';

const FIXTURES = new URL('../fixtures/', import.meta.url);

export function fixture(path: string): Buffer {
  return readFileSync(new URL(path, FIXTURES));
}

export function fixturesIn(folder: string, ending: string): string[] {
  return readdirSync(new URL(folder, FIXTURES))
    .filter((name) => name.endsWith(ending))
    .toSorted()
    .map((name) => `${folder}${name}`);
}

/** A file read as the connector reads it, without a database. */
export interface ReadFile extends Detection {
  lines: StagedLine[];
}

/** @param pieceLength characters given to the parser at once */
export async function readFile(
  bytes: Buffer,
  options: ImportOptions = {},
  pieceLength = 131_072,
): Promise<ReadFile> {
  const evidence = new EncodingEvidence();
  evidence.observe(bytes);
  const encoding = options.encoding ?? evidence.encoding;
  const text = new TextDecoder(encoding).decode(bytes);
  const detection = detectFile(text.slice(0, 1_048_576), encoding, false, options);
  async function* pieces() {
    for (let from = 0; from < text.length; from += pieceLength) yield text.slice(from, from + pieceLength);
  }
  const lines: StagedLine[] = [];
  for await (const batch of stagedLines({ reading: detection.reading, options }, pieces()))
    lines.push(...batch);
  return { ...detection, lines };
}

export function draftsOf({ lines }: ReadFile): LineDraft[] {
  return lines.flatMap(({ draft }) => (draft === null ? [] : [draft]));
}
