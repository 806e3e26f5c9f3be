import { createHash } from 'node:crypto';
import { promisify } from 'node:util';
import { gzip } from 'node:zlib';
import { Inject, Injectable } from '@nestjs/common';
import { AuditTrail } from '../../audit/application/audit-trail.service.js';
import { AUDIT_OPERATIONS } from '../../audit/domain/audit-operations.js';
import type { UseCaseContext } from '../../core/use-case-context.js';
import { newId } from '../../kernel/ids.js';
import { TransactionRunner } from '../../platform/persistence/transaction-runner.js';
import { JobQueue } from '../../platform/queue/job-queue.js';
import { CLOCK, type Clock } from '../../ports/host/clock.port.js';
import type { BillingImport } from '../domain/billing-import.js';
import { detectFile, type Detection } from '../domain/file-detection.js';
import type { ImportOptions } from '../domain/import-options.js';
import { CHUNK_STORE, type ChunkStore, IMPORT_STORE, type ImportStore } from '../domain/import-store.js';
import { FileEmptyError, FileTooLargeError, ImportTierNotAllowedError } from '../domain/import.errors.js';
import { EncodingEvidence } from '../domain/text-encoding.js';
import { type ImportJob, jobOf } from './import-queue.js';
import { decodedHead, isGzip, MOST_FILE_BYTES } from './text-source.js';

const compress = promisify(gzip);

/** Bytes of the file in one row; a piece is read, decoded and parsed at once, so that it bounds the memory. */
const CHUNK_BYTES = 524_288;
/** How much of the beginning is looked at to find out how the file is written. */
const HEAD_BYTES = 1_048_576;

/** A file as it comes in. */
export interface Upload {
  content: AsyncIterable<Uint8Array>;
  /** Known when the content has been read: a form may name the file and its options behind it. */
  about(): { fileName: string | null; options: ImportOptions };
}

/** Takes files in: stores their bytes, finds out what they are and queues their import. */
@Injectable()
export class ImportUpload {
  constructor(
    @Inject(IMPORT_STORE) private readonly store: ImportStore,
    @Inject(CHUNK_STORE) private readonly chunks: ChunkStore,
    private readonly queue: JobQueue,
    private readonly audit: AuditTrail,
    private readonly transactions: TransactionRunner,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  /**
   * Stores the bytes as they come, each piece by itself, and then the import with its job in one transaction.
   * @throws ImportTierNotAllowedError, FileEmptyError, FileTooLargeError, ColumnsUnknownError, UploadBrokenError, InvalidRequestError
   */
  async receive(context: UseCaseContext, upload: Upload): Promise<BillingImport> {
    const id = newId();
    const subject = { type: 'billingImport', id: null as string | null, label: '' };
    const event = () => ({ operation: AUDIT_OPERATIONS.importLines, subject });
    return this.audit.attempt(context, event, async () => {
      if (context.actor.tier === 'customer') throw new ImportTierNotAllowedError();
      try {
        const file = await this.#stage(id, upload.content);
        const { fileName, options } = upload.about();
        subject.label = fileName ?? '';
        const detection = await file.detect(options);
        const billingImport = this.#newImport(context, id, { ...file, fileName, options, detection });
        subject.id = id;
        await this.transactions.run(async (tx) => {
          await this.store.insert(tx, billingImport);
          await this.queue.enqueue<ImportJob>(tx, jobOf(id));
          const { format, contentSha256, contentBytes } = billingImport;
          const details = { fileName, format, contentSha256, contentBytes };
          await this.audit.append(tx, context, { ...event(), details });
        });
        return billingImport;
      } catch (error) {
        subject.id = null;
        // Whatever is left when this fails too is swept later.
        await this.chunks.drop(id).catch(() => undefined);
        throw error;
      }
    });
  }

  async #stage(id: string, content: AsyncIterable<Uint8Array>) {
    const sha = createHash('sha256');
    const encoding = new EncodingEvidence();
    let head: Buffer = Buffer.alloc(0);
    let bytes = 0;
    let position = 0;
    for await (const chunk of inChunks(content)) {
      bytes += chunk.length;
      if (bytes > MOST_FILE_BYTES) throw new FileTooLargeError(MOST_FILE_BYTES);
      sha.update(chunk);
      encoding.observe(chunk);
      if (head.length < HEAD_BYTES) head = Buffer.concat([head, chunk]);
      // Level 1: a bill shrinks to a tenth of its size, and the upload does not wait for it.
      await this.chunks.add(id, position, await compress(chunk, { level: 1 }), this.clock.now());
      position += 1;
    }
    if (bytes === 0) throw new FileEmptyError();
    const isGzipped = isGzip(head);
    const detect = async (options: ImportOptions): Promise<Detection> => {
      const found = await decodedHead(
        head,
        isGzipped,
        options.encoding ?? (isGzipped ? null : encoding.encoding),
      );
      return detectFile(found.text, found.encoding, isGzipped, options);
    };
    return { contentSha256: sha.digest('hex'), contentBytes: bytes, detect };
  }

  #newImport(
    { actor, correlationId }: UseCaseContext,
    id: string,
    file: Pick<BillingImport, 'fileName' | 'options' | 'contentSha256' | 'contentBytes'> & {
      detection: Detection;
    },
  ): BillingImport {
    const { fileName, options, contentSha256, contentBytes, detection } = file;
    return {
      id,
      tenantId: actor.tenantId,
      fileName,
      contentSha256,
      contentBytes,
      format: detection.reading.format,
      billingMonth: options.billingMonth ?? null,
      options,
      ...detection,
      state: 'queued',
      lines: { read: 0, accepted: 0, rejected: 0, unchanged: 0 },
      superseded: 0,
      error: null,
      correlationId,
      createdBy: { id: actor.id, name: actor.name },
      createdAt: this.clock.now(),
      startedAt: null,
      finishedAt: null,
    };
  }
}

/** The same bytes in pieces of one size, whatever sizes the network gives. */
async function* inChunks(content: AsyncIterable<Uint8Array>): AsyncGenerator<Buffer> {
  let parts: Uint8Array[] = [];
  let size = 0;
  for await (const part of content) {
    parts.push(part);
    size += part.length;
    if (size < CHUNK_BYTES) continue;
    const all = Buffer.concat(parts);
    let from = 0;
    for (; all.length - from >= CHUNK_BYTES; from += CHUNK_BYTES)
      yield all.subarray(from, from + CHUNK_BYTES);
    parts = [all.subarray(from)];
    size = all.length - from;
  }
  if (size > 0) yield Buffer.concat(parts);
}
