import { Injectable } from '@nestjs/common';
import { InjectDataSource } from '@nestjs/typeorm';
import type { DataSource } from 'typeorm';
import { type Page, type PageRequest, toPage } from '../../kernel/page.js';
import type { Transaction } from '../../kernel/transaction.js';
import { PSA_CONNECTOR_DATA_SOURCE } from '../../platform/persistence/data-source.js';
import { rowsOf } from '../../platform/persistence/sql.js';
import { managerOf } from '../../platform/persistence/transaction-runner.js';
import type { BillingImport, Rejection } from '../domain/billing-import.js';
import type { ImportedLine } from '../domain/imported-line.js';
import { ImportTakenOverError } from '../domain/import.errors.js';
import type {
  AppliedLines,
  ClaimedImport,
  ImportClaim,
  ImportListKey,
  ImportStore,
} from '../domain/import-store.js';
import { type BillingImportRow, fromImportRow, IMPORT_COLUMNS } from './billing-import.mapping.js';
import { fromRow, type ImportedLineRow, LINE_COLUMNS } from './imported-line.mapping.js';

@Injectable()
export class BillingImportRepository implements ImportStore {
  constructor(@InjectDataSource(PSA_CONNECTOR_DATA_SOURCE) private readonly dataSource: DataSource) {}

  async insert(tx: Transaction, given: BillingImport): Promise<void> {
    const { reading, detected } = given;
    await rowsOf(
      managerOf(tx),
      `INSERT INTO billing_import (id, tenant_id, file_name, content_sha256, content_bytes, format, billing_month, options, detected,
         state, correlation_id, created_by_id, created_by_name, created_at, touched_at)
       VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, 'queued', $10, $11, $12, $13, $13)`,
      [
        given.id,
        given.tenantId,
        given.fileName,
        given.contentSha256,
        given.contentBytes,
        given.format,
        given.billingMonth,
        JSON.stringify(given.options),
        JSON.stringify({ reading, detected }),
        given.correlationId,
        given.createdBy.id,
        given.createdBy.name,
        given.createdAt,
      ],
    );
  }

  async find(id: string): Promise<BillingImport | null> {
    const [row] = await this.#rows<BillingImportRow>(
      `SELECT ${IMPORT_COLUMNS} FROM billing_import WHERE id = $1`,
      [id],
    );
    return row === undefined ? null : fromImportRow(row);
  }

  async list(
    tenantId: string,
    { limit }: PageRequest,
    before: ImportListKey | undefined,
  ): Promise<Page<BillingImport>> {
    const rows = await this.#rows<BillingImportRow>(
      `SELECT ${IMPORT_COLUMNS} FROM billing_import
       WHERE tenant_id = $1 AND ($2::timestamptz IS NULL OR (created_at, id) < ($2::timestamptz, $3::uuid))
       ORDER BY created_at DESC, id DESC LIMIT $4`,
      [tenantId, ...(before ?? [null, null]), limit + 1],
    );
    const page = toPage(rows, limit, ({ createdAt, id }) => [createdAt.toISOString(), id]);
    return { items: page.items.map(fromImportRow), nextCursor: page.nextCursor };
  }

  rejections(importId: string, limit: number, afterLine: number): Promise<Rejection[]> {
    return this.#rows<Rejection>(
      `SELECT line_number AS line, column_name AS "column", code, detail FROM import_rejection
       WHERE import_id = $1 AND line_number > $2 ORDER BY line_number LIMIT $3`,
      [importId, afterLine, limit],
    );
  }

  async lines(
    importId: string,
    limit: number,
    afterLine: number,
    onlyDifferent: boolean,
  ): Promise<ImportedLine[]> {
    const rows = await this.#rows<ImportedLineRow>(
      `SELECT ${LINE_COLUMNS} FROM imported_line
       WHERE import_id = $1 AND line_number > $2 AND (NOT $4::boolean OR (explanation->>'difference')::numeric <> 0)
       ORDER BY line_number LIMIT $3`,
      [importId, afterLine, limit, onlyDifferent],
    );
    return rows.map(fromRow);
  }

  async claim({ importId, attempt }: ImportClaim, at: Date): Promise<ClaimedImport | null> {
    const [claimed] = await this.#rows<{ attempts: number }>(
      `UPDATE billing_import SET state = 'running', attempt = $2, started_at = coalesce(started_at, $3), touched_at = $3, lines_read = 0,
         attempts = attempts + 1
       WHERE id = $1 AND state IN ('queued', 'running') RETURNING attempts`,
      [importId, attempt, at],
    );
    const billingImport = claimed === undefined ? null : await this.find(importId);
    return claimed === undefined || billingImport === null ? null : { billingImport, ...claimed };
  }

  async release({ importId, attempt }: ImportClaim): Promise<void> {
    await this.#rows(
      `UPDATE billing_import SET attempts = attempts - 1 WHERE id = $1 AND attempt = $2 AND state = 'running' AND attempts > 0
       RETURNING id`,
      [importId, attempt],
    );
  }

  async progress(claim: ImportClaim, linesRead: number, at: Date): Promise<void> {
    const rows = await this.#rows(
      `UPDATE billing_import SET lines_read = $3, touched_at = $4 WHERE id = $1 AND attempt = $2 AND state = 'running' RETURNING id`,
      [claim.importId, claim.attempt, linesRead, at],
    );
    if (rows.length === 0) throw new ImportTakenOverError();
  }

  async finish(
    tx: Transaction,
    claim: ImportClaim,
    { lines, superseded, billingMonth }: AppliedLines,
    at: Date,
  ): Promise<void> {
    const { read, accepted, rejected, unchanged } = lines;
    const rows = await rowsOf(
      managerOf(tx),
      `UPDATE billing_import SET state = 'succeeded', finished_at = $3, touched_at = $3, lines_read = $4, lines_accepted = $5,
         lines_rejected = $6, lines_unchanged = $7, lines_superseded = $8, billing_month = $9
       WHERE id = $1 AND attempt = $2 AND state = 'running' RETURNING id`,
      [claim.importId, claim.attempt, at, read, accepted, rejected, unchanged, superseded, billingMonth],
    );
    if (rows.length === 0) throw new ImportTakenOverError();
  }

  async fail(
    tx: Transaction,
    claim: ImportClaim,
    error: { code: string; detail: string },
    at: Date,
  ): Promise<void> {
    const rows = await rowsOf(
      managerOf(tx),
      `UPDATE billing_import SET state = 'failed', finished_at = $3, touched_at = $3, error = $4
       WHERE id = $1 AND attempt = $2 AND state = 'running' RETURNING id`,
      [claim.importId, claim.attempt, at, JSON.stringify(error)],
    );
    if (rows.length === 0) throw new ImportTakenOverError();
  }

  async takeForgotten(tx: Transaction, untouchedSince: Date, at: Date): Promise<string[]> {
    const rows = await rowsOf<{ id: string }>(
      managerOf(tx),
      `UPDATE billing_import SET touched_at = $2 WHERE state IN ('queued', 'running') AND touched_at < $1 RETURNING id`,
      [untouchedSince, at],
    );
    return rows.map(({ id }) => id);
  }

  #rows<Row extends object>(sql: string, parameters: readonly unknown[]): Promise<Row[]> {
    return rowsOf<Row>(this.dataSource.manager, sql, parameters);
  }
}
