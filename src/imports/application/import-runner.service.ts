import { Inject, Injectable, Logger, Optional } from '@nestjs/common';
import { AuditTrail } from '../../audit/application/audit-trail.service.js';
import { AUDIT_OPERATIONS } from '../../audit/domain/audit-operations.js';
import { systemContext } from '../../core/use-case-context.js';
import { ConnectorError } from '../../kernel/connector-error.js';
import { newId } from '../../kernel/ids.js';
import { isDatabaseUnavailable } from '../../platform/persistence/database-unavailable.js';
import { TransactionRunner } from '../../platform/persistence/transaction-runner.js';
import { CLOCK, type Clock } from '../../ports/host/clock.port.js';
import type { BillingImport, StagedLine } from '../domain/billing-import.js';
import { IMPORT_LISTENER, type ImportListener } from '../domain/import-listener.js';
import {
  CHUNK_STORE,
  type ChunkStore,
  IMPORT_STORE,
  type ImportClaim,
  type ImportStore,
  LINE_STORE,
  type LineStore,
} from '../domain/import-store.js';
import { ImportTakenOverError } from '../domain/import.errors.js';
import { stagedLines } from './staged-lines.js';
import { textOf } from './text-source.js';

/** How often progress is told, which also shows that the worker lives. */
const PROGRESS_MS = 1_000;

const UNEXPECTED = {
  code: 'internal.unexpected',
  detail:
    'Something went wrong on our side; the log holds the cause under the id of the import. Nothing of the file was kept.',
};

/** Reads a queued file and keeps its lines, all or none; safe to repeat. */
@Injectable()
export class ImportRunner {
  readonly #logger = new Logger(ImportRunner.name);

  constructor(
    @Inject(IMPORT_STORE) private readonly store: ImportStore,
    @Inject(CHUNK_STORE) private readonly chunks: ChunkStore,
    @Inject(LINE_STORE) private readonly lines: LineStore,
    private readonly audit: AuditTrail,
    private readonly transactions: TransactionRunner,
    @Inject(CLOCK) private readonly clock: Clock,
    @Optional() @Inject(IMPORT_LISTENER) private readonly listener: ImportListener | null,
  ) {}

  /** Rejects only where repeating helps: the database is away, or the process ends. */
  async execute(importId: string, signal: AbortSignal): Promise<void> {
    const claim = { importId, attempt: newId() };
    const billingImport = await this.store.claim(claim, this.clock.now());
    if (billingImport === null) return;
    try {
      await this.#apply(billingImport, claim, signal);
    } catch (error) {
      if (error instanceof ImportTakenOverError) return;
      if (signal.aborted || isDatabaseUnavailable(error)) throw error;
      await this.#fail(billingImport, claim, error);
    }
  }

  /** One transaction, so that nobody ever sees half a bill and a killed worker leaves nothing. Reading the file is no network call of it. */
  async #apply(billingImport: BillingImport, claim: ImportClaim, signal: AbortSignal): Promise<void> {
    const { id } = billingImport;
    const text = textOf(this.chunks, id, billingImport.reading);
    const counted = this.#watched(stagedLines(billingImport, text), claim, signal);
    await this.transactions.run(async (tx) => {
      const applied = await this.lines.apply(tx, billingImport, counted);
      await this.store.finish(tx, claim, applied, this.clock.now());
      await this.chunks.drop(id, tx);
      const details = { ...applied.lines, superseded: applied.superseded, format: billingImport.format };
      await this.audit.append(
        tx,
        systemContext(billingImport.tenantId, newId()),
        this.#event(billingImport, details),
      );
      const { tenantId, createdBy: actor, correlationId } = billingImport;
      const finished = { importId: id, tenantId, actor, correlationId, touched: applied.touched };
      await this.listener?.importFinished(tx, finished);
    });
  }

  async *#watched(
    lines: AsyncIterable<StagedLine[]>,
    claim: ImportClaim,
    signal: AbortSignal,
  ): AsyncGenerator<StagedLine[]> {
    let read = 0;
    let toldAt = this.clock.now().getTime();
    for await (const batch of lines) {
      signal.throwIfAborted();
      read += batch.length;
      yield batch;
      const now = this.clock.now();
      if (now.getTime() - toldAt < PROGRESS_MS) continue;
      toldAt = now.getTime();
      await this.store.progress(claim, read, now);
    }
  }

  async #fail(billingImport: BillingImport, claim: ImportClaim, error: unknown): Promise<void> {
    const { id: importId, tenantId } = billingImport;
    const told =
      error instanceof ConnectorError && error.category !== 'internal'
        ? { code: error.code, detail: error.detail }
        : UNEXPECTED;
    this.#logger.error('Import failed', { importId, code: told.code, reason: reasonOf(error) });
    await this.transactions.run(async (tx) => {
      await this.store.fail(tx, claim, told, this.clock.now());
      await this.chunks.drop(importId, tx);
      const event = this.#event(billingImport, { code: told.code, reason: told.detail });
      await this.audit.appendFailed(tx, systemContext(tenantId, newId()), event);
    });
  }

  #event({ id, fileName }: BillingImport, details: Record<string, string | number>) {
    const subject = { type: 'billingImport', id, label: fileName ?? '' };
    return { operation: AUDIT_OPERATIONS.storeImportedLines, subject, details };
  }
}

/** Only our own messages and those of the runtime: a driver's may quote a line. */
function reasonOf(error: unknown): string {
  return error instanceof Error ? `${error.name}: ${error.message.slice(0, 200)}` : 'not an Error';
}
