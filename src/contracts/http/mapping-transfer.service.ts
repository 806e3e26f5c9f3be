import { pipeline, Readable } from 'node:stream';
import { Injectable, StreamableFile } from '@nestjs/common';
import type { UseCaseContext } from '../../core/use-case-context.js';
import type { Page, PageRequest } from '../../kernel/page.js';
import { csvWriter, readCsv } from '../../platform/http/csv.js';
import { readCsvBody } from '../../platform/http/raw-text-body.js';
import type { MappingBinding, MappingResult } from '../application/mapping-binding.js';
import { MappingBook } from '../application/mapping-book.service.js';
import { keyText, type MappingKeys, type MappingKind, type MappingWish } from '../domain/mapping.js';
import type { MappingRows } from '../domain/mapping-rows.js';
import { isProblem, type LineProblem, MAPPING_CSV, type MappingCsv, wishOf } from './mapping-csv.js';

const IMPORT_LIMIT_BYTES = 8 * 1_048_576;
const MOST_LINES = 20_000;
const EXPORT_PAGE = 200;

/** What became of an imported file. */
export interface ImportReport {
  lines: { read: number; accepted: number; unchanged: number; rejected: number };
  /** By line of the file, the header being line 1. */
  rejections: (LineProblem & { line: number })[];
}

/** Mappings as files, out and in. */
@Injectable()
export class MappingTransfer {
  constructor(private readonly book: MappingBook) {}

  /** Streams every row; a page is read when the one before it has been sent. */
  export<K extends MappingKind>(
    kind: K,
    read: (page: PageRequest) => Promise<Page<MappingRows[K]>>,
  ): StreamableFile {
    const csv: MappingCsv<K> = MAPPING_CSV[kind];
    const writer = csvWriter(csv.columns);
    // An error while reading ends the answer early; the writer passes it on to whoever sends it.
    pipeline(Readable.from(recordsOf(csv, read)), writer, () => undefined);
    return new StreamableFile(writer, {
      type: 'text/csv; charset=utf-8',
      disposition: `attachment; filename="${kind}-mappings.csv"`,
    });
  }

  /** Reads a file and makes the mappings it asks for, each line by itself. @throws InvalidRequestError when it is no such file */
  async import<K extends MappingKind>(
    context: UseCaseContext,
    connectionId: string,
    binding: MappingBinding<K>,
    request: object,
  ): Promise<ImportReport> {
    const csv: MappingCsv<K> = MAPPING_CSV[binding.kind];
    const lines = readCsv(await readCsvBody(request, IMPORT_LIMIT_BYTES), csv.needed, MOST_LINES);
    const rejections: ImportReport['rejections'] = [];
    const wishes: { line: number; wish: MappingWish<MappingKeys[K]> }[] = [];
    const seen = new Set<string>();
    for (const { line, record } of lines) {
      const wish = wishOf(csv, record);
      if (wish === null) continue;
      if (isProblem(wish)) rejections.push({ line, ...wish });
      else if (seen.has(keyText(wish.key))) rejections.push({ line, ...duplicate(csv) });
      else {
        seen.add(keyText(wish.key));
        wishes.push({ line, wish });
      }
    }
    const results = await this.book.apply(
      context,
      connectionId,
      binding,
      wishes.map(({ wish }) => wish),
    );
    const unread = rejections.map(({ line, column = '', code, detail }) => ({ line, column, code, detail }));
    await this.book.refuseLines(context, connectionId, binding, unread);
    rejections.push(...refusalsOf(csv, wishes, results));
    const accepted = results.filter(({ outcome }) => outcome === 'created' || outcome === 'updated').length;
    const rejected = rejections.length;
    return {
      lines: { read: lines.length, accepted, unchanged: lines.length - accepted - rejected, rejected },
      rejections: rejections.toSorted((left, right) => left.line - right.line),
    };
  }
}

async function* recordsOf<K extends MappingKind>(
  csv: MappingCsv<K>,
  read: (page: PageRequest) => Promise<Page<MappingRows[K]>>,
): AsyncGenerator<Record<string, string | null>> {
  let cursor: string | undefined;
  do {
    const page = await read({ limit: EXPORT_PAGE, cursor });
    for (const row of page.items) yield csv.toRecord(row);
    cursor = page.nextCursor ?? undefined;
  } while (cursor !== undefined);
}

function duplicate({ needed: [column = ''] }: Pick<MappingCsv<never>, 'needed'>): LineProblem {
  const detail =
    'is on a line before this one; which of them is meant cannot be known, so the first was taken';
  return { column, code: 'import.duplicate_line', detail };
}

function refusalsOf<K extends MappingKind>(
  { target, needed: [subject = ''] }: MappingCsv<K>,
  wishes: readonly { line: number }[],
  results: readonly MappingResult<unknown>[],
): ImportReport['rejections'] {
  return results.flatMap(({ error }, index) => {
    const line = wishes[index]?.line;
    if (error === null || line === undefined) return [];
    const isSubject = error.code === 'customer.not_found' || error.code === 'subscription.not_found';
    return [{ line, column: isSubject ? subject : target, code: error.code, detail: error.detail }];
  });
}
