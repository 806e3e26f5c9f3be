import { Injectable } from '@nestjs/common';
import { InjectDataSource } from '@nestjs/typeorm';
import type { DataSource } from 'typeorm';
import type { Transaction } from '../../kernel/transaction.js';
import { PSA_CONNECTOR_DATA_SOURCE } from '../../platform/persistence/data-source.js';
import { rowsOf } from '../../platform/persistence/sql.js';
import { managerOf } from '../../platform/persistence/transaction-runner.js';
import type { ChunkStore } from '../domain/import-store.js';

@Injectable()
export class ImportChunkRepository implements ChunkStore {
  constructor(@InjectDataSource(PSA_CONNECTOR_DATA_SOURCE) private readonly dataSource: DataSource) {}

  async add(importId: string, position: number, bytes: Buffer, at: Date): Promise<void> {
    await rowsOf(
      this.dataSource.manager,
      'INSERT INTO import_chunk (import_id, position, bytes, stored_at) VALUES ($1, $2, $3, $4)',
      [importId, position, bytes, at],
    );
  }

  async read(importId: string, position: number): Promise<Buffer | null> {
    const [row] = await rowsOf<{ bytes: Buffer }>(
      this.dataSource.manager,
      'SELECT bytes FROM import_chunk WHERE import_id = $1 AND position = $2',
      [importId, position],
    );
    return row?.bytes ?? null;
  }

  async drop(importId: string, tx?: Transaction): Promise<void> {
    const manager = tx === undefined ? this.dataSource.manager : managerOf(tx);
    await rowsOf(manager, 'DELETE FROM import_chunk WHERE import_id = $1', [importId]);
  }

  async dropForgotten(before: Date): Promise<number> {
    const rows = await rowsOf(
      this.dataSource.manager,
      `DELETE FROM import_chunk AS chunk WHERE chunk.import_id IN (
         SELECT import_id FROM import_chunk GROUP BY import_id HAVING max(stored_at) < $1
       ) AND NOT EXISTS (
         SELECT FROM billing_import WHERE id = chunk.import_id AND state IN ('queued', 'running')
       ) RETURNING position`,
      [before],
    );
    return rows.length;
  }
}
