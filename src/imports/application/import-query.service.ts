import { Inject, Injectable } from '@nestjs/common';
import type { UseCaseContext } from '../../core/use-case-context.js';
import { isId } from '../../kernel/ids.js';
import { type Page, type PageRequest, toPage } from '../../kernel/page.js';
import type { BillingImport, Rejection } from '../domain/billing-import.js';
import type { ImportedLine } from '../domain/imported-line.js';
import { ImportNotFoundError } from '../domain/import.errors.js';
import { IMPORT_STORE, type ImportListKey, type ImportStore } from '../domain/import-store.js';

/** Rejections that come with an import; the rest is a list of its own. */
const SHOWN_REJECTIONS = 1_000;

/** Shows imports, what they kept and what they refused. */
@Injectable()
export class ImportQuery {
  constructor(@Inject(IMPORT_STORE) private readonly store: ImportStore) {}

  /** @throws ImportNotFoundError also for an import of another tenant */
  async get({ actor }: UseCaseContext, id: string): Promise<BillingImport> {
    const found = isId(id) ? await this.store.find(id) : null;
    if (found === null || found.tenantId !== actor.tenantId) throw new ImportNotFoundError();
    return found;
  }

  /** The first rejections of an import, in the order of the file. */
  firstRejections({ id }: BillingImport): Promise<Rejection[]> {
    return this.store.rejections(id, SHOWN_REJECTIONS, 0);
  }

  /** Newest first. */
  list(
    { actor }: UseCaseContext,
    page: PageRequest,
    before: ImportListKey | undefined,
  ): Promise<Page<BillingImport>> {
    return this.store.list(actor.tenantId, page, before);
  }

  /** In the order of the file. @throws ImportNotFoundError */
  async rejections(
    context: UseCaseContext,
    id: string,
    { limit }: PageRequest,
    afterLine: number,
  ): Promise<Page<Rejection>> {
    const found = await this.get(context, id);
    const rows = await this.store.rejections(found.id, limit + 1, afterLine);
    return toPage(rows, limit, ({ line }) => [String(line)]);
  }

  /** Kept lines in the order of the file. @throws ImportNotFoundError */
  async lines(
    context: UseCaseContext,
    id: string,
    { limit, afterLine, onlyDifferent }: { limit: number; afterLine: number; onlyDifferent: boolean },
  ): Promise<Page<ImportedLine>> {
    const found = await this.get(context, id);
    const rows = await this.store.lines(found.id, limit + 1, afterLine, onlyDifferent);
    return toPage(rows, limit, ({ lineNumber }) => [String(lineNumber)]);
  }
}
