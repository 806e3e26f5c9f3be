import { Injectable } from '@nestjs/common';
import { InjectDataSource } from '@nestjs/typeorm';
import type { DataSource } from 'typeorm';
import type { Transaction } from '../../kernel/transaction.js';
import { PSA_CONNECTOR_DATA_SOURCE } from '../../platform/persistence/data-source.js';
import { rowsOf } from '../../platform/persistence/sql.js';
import { managerOf } from '../../platform/persistence/transaction-runner.js';
import type { SealedValue } from '../domain/envelope.js';
import type { SealedSecretStore } from '../domain/sealed-secret-store.js';
import { SealedSecretEntity } from './sealed-secret.entity.js';

@Injectable()
export class SealedSecretRepository implements SealedSecretStore {
  constructor(@InjectDataSource(PSA_CONNECTOR_DATA_SOURCE) private readonly dataSource: DataSource) {}

  async put(tx: Transaction, ownerId: string, value: SealedValue, sealedAt: Date): Promise<void> {
    await managerOf(tx).upsert(SealedSecretEntity, { ownerId, ...value, sealedAt }, ['ownerId']);
  }

  async find(ownerId: string): Promise<SealedValue | null> {
    const row = await this.dataSource.manager.findOneBy(SealedSecretEntity, { ownerId });
    if (row === null) return null;
    const { masterKeyId, wrappedKey, sealedValue } = row;
    return { masterKeyId, wrappedKey, sealedValue };
  }

  async ownersNotUnder(masterKeyId: string, after: string | undefined, limit: number): Promise<string[]> {
    const sql = `SELECT owner_id AS "ownerId" FROM sealed_secret
      WHERE master_key_id <> $1 AND ($2::uuid IS NULL OR owner_id > $2) ORDER BY owner_id LIMIT $3`;
    const rows = await rowsOf<{ ownerId: string }>(this.dataSource.manager, sql, [
      masterKeyId,
      after ?? null,
      limit,
    ]);
    return rows.map(({ ownerId }) => ownerId);
  }

  async replaceWrapping(
    tx: Transaction,
    ownerId: string,
    before: SealedValue,
    after: SealedValue,
  ): Promise<boolean> {
    const { masterKeyId, wrappedKey } = after;
    const { affected } = await managerOf(tx).update(
      SealedSecretEntity,
      { ownerId, masterKeyId: before.masterKeyId, wrappedKey: before.wrappedKey },
      { masterKeyId, wrappedKey },
    );
    return affected === 1;
  }

  async masterKeyIds(): Promise<string[]> {
    const rows = await rowsOf<{ id: string }>(
      this.dataSource.manager,
      'SELECT DISTINCT master_key_id AS id FROM sealed_secret ORDER BY id',
    );
    return rows.map(({ id }) => id);
  }

  async destroy(tx: Transaction, ownerId: string): Promise<void> {
    await managerOf(tx).delete(SealedSecretEntity, { ownerId });
  }
}
