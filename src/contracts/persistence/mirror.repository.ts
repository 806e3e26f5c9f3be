import { Injectable } from '@nestjs/common';
import { InjectDataSource } from '@nestjs/typeorm';
import { DatabaseError } from 'pg';
import { type DataSource, type EntityManager, QueryFailedError } from 'typeorm';
import type { LocalDate } from '../../kernel/local-date.js';
import type { Transaction } from '../../kernel/transaction.js';
import { PSA_CONNECTOR_DATA_SOURCE } from '../../platform/persistence/data-source.js';
import { preparedRowsOf, rowsOf } from '../../platform/persistence/sql.js';
import { managerOf } from '../../platform/persistence/transaction-runner.js';
import type { PsaEntity, PsaRecords } from '../../ports/psa/psa-records.js';
import { MirrorBusyError } from '../domain/contracts.errors.js';
import { highestIn } from '../domain/external-id.js';
import type {
  ContractsPull,
  MergeCounts,
  MirrorBatch,
  MirrorPull,
  MirrorStore,
  PackedRecords,
  PackingFacts,
} from '../domain/mirror-store.js';
import {
  countSeenStatement,
  deleteOfRemovedStatement,
  deleteUnseenStatement,
  ID_SEPARATOR,
  isAllSeenStatement,
  knownSplitsStatement,
  LOCK_FOR_PULL,
  LOCK_FOR_RECORD,
  PATIENCE_AS_USUAL,
  PATIENCE_FOR_RECORD,
  mergeStatement,
  MIRRORED_ENTITIES,
  ofShownContracts,
  PLAN_BY_KEY,
  PLAN_BY_SETS,
  PLAN_FREELY,
  REMEMBER_RECORD,
  REMEMBER_SEEN,
  UNSEEN_ON_INVOICES,
} from './mirror-statements.js';
import { distinctPacks, packRecords } from './mirror-packing.js';
import { areStagedEqual, copyNewRecords, stageRecords } from './mirror-staging.js';
import { MIRROR_TABLES, touchColumn } from './mirror-tables.js';

/** Rows of removed connections deleted in one transaction. */
const DELETED_AT_ONCE = 5_000;

@Injectable()
export class MirrorRepository implements MirrorStore {
  constructor(@InjectDataSource(PSA_CONNECTOR_DATA_SOURCE) private readonly dataSource: DataSource) {}

  async beginPull(
    tx: Transaction,
    { connectionId, entity }: Pick<MirrorPull, 'connectionId' | 'entity'>,
  ): Promise<void> {
    await preparedRowsOf(managerOf(tx), LOCK_FOR_PULL, [`${connectionId} ${entity}`]);
  }

  pack<E extends PsaEntity>(
    entity: E,
    records: readonly PsaRecords[E][],
    facts: PackingFacts,
  ): PackedRecords {
    return packRecords(MIRROR_TABLES[entity], records, facts);
  }

  async merge(tx: Transaction, batch: MirrorBatch): Promise<MergeCounts> {
    const { connectionId, entity } = batch;
    // A statement may not meet a row twice.
    const packed = distinctPacks(batch.packed);
    const rows = packed.reduce((sum, { externalIds }) => sum + externalIds.length, 0);
    if (rows === 0) return { created: 0, updated: 0, unchanged: 0 };
    const manager = managerOf(tx);
    if (packed.every(({ areLikelyNew }) => areLikelyNew) && (await this.areInserted(manager, entity, packed)))
      return { created: rows, updated: 0, unchanged: 0 };
    const touches = batch.tellsTouched === true ? touchColumn(entity) : undefined;
    const written = await this.mergeRecords(manager, connectionId, entity, packed, touches);
    return { ...written, unchanged: rows - written.created - written.updated };
  }

  async remember(
    tx: Transaction,
    { connectionId, pullId, entity, pageNumber, packed, unreadExternalIds = [], isIntoEmpty }: MirrorBatch,
  ): Promise<void> {
    const seen = [...packed.flatMap(({ externalIds }) => externalIds), ...unreadExternalIds];
    const ids = isIntoEmpty === true ? null : seen.join(ID_SEPARATOR);
    const highest = highestIn(packed);
    await preparedRowsOf(managerOf(tx), REMEMBER_SEEN, [
      connectionId,
      pullId,
      entity,
      pageNumber,
      ids,
      highest,
    ]);
  }

  /** False, and nothing is done, when one of them is known. */
  private async areInserted(
    manager: EntityManager,
    entity: PsaEntity,
    packed: readonly PackedRecords[],
  ): Promise<boolean> {
    try {
      // A transaction inside the transaction: a savepoint.
      await manager.transaction((nested) => copyNewRecords(nested, MIRROR_TABLES[entity], packed));
      return true;
    } catch (error) {
      if (error instanceof DatabaseError && error.constraint === `${MIRROR_TABLES[entity].name}_pk`)
        return false;
      throw error;
    }
  }

  private async mergeRecords(
    manager: EntityManager,
    connectionId: string,
    entity: PsaEntity,
    packed: readonly PackedRecords[],
    touches?: string,
  ): Promise<{ created: number; updated: number; touched?: string[] }> {
    const table = MIRROR_TABLES[entity];
    await stageRecords(manager, table, packed);
    if (await areStagedEqual(manager, table, connectionId, packed))
      return { created: 0, updated: 0, touched: [] };
    await manager.query(PLAN_BY_KEY);
    const [row] = await rowsOf<{ created: number; updated: number; touched?: string[] | null }>(
      manager,
      mergeStatement(table, touches),
      [connectionId],
    );
    await manager.query(PLAN_FREELY);
    const { created = 0, updated = 0, touched } = row ?? {};
    const ids = (touched ?? []).filter((id) => id !== null);
    return touches === undefined ? { created, updated } : { created, updated, touched: ids };
  }

  async put<E extends PsaEntity>(
    tx: Transaction,
    connectionId: string,
    entity: E,
    record: PsaRecords[E],
  ): Promise<void> {
    const manager = managerOf(tx);
    await manager.query(PATIENCE_FOR_RECORD);
    await manager.query(LOCK_FOR_RECORD, [`${connectionId} ${entity}`]).catch((error: unknown) => {
      throw isLockTimeout(error) ? new MirrorBusyError({ cause: error }) : error;
    });
    await manager.query(PATIENCE_AS_USUAL);
    const packed = this.pack(entity, [record], { connectionId, areLikelyNew: false });
    await this.mergeRecords(manager, connectionId, entity, [packed]);
    await manager.query(REMEMBER_RECORD, [connectionId, entity, record.externalId]);
  }

  async countSeen(tx: Transaction, pull: MirrorPull): Promise<{ seen: number; missing: number }> {
    if (pull.insertedIntoEmpty !== undefined) return { seen: pull.insertedIntoEmpty, missing: 0 };
    const [all] = await rowsOf<{ isAllSeen: boolean; total: string }>(
      managerOf(tx),
      isAllSeenStatement(MIRROR_TABLES[pull.entity]),
      [pull.connectionId, pull.pullId, pull.entity],
    );
    if (all?.isAllSeen === true) return { seen: Number(all.total), missing: 0 };
    return this.count(tx, pull, '', []);
  }

  countSeenOfContracts(tx: Transaction, pull: ContractsPull): Promise<{ seen: number; missing: number }> {
    return this.count(tx, pull, ofShownContracts(MIRROR_TABLES[pull.entity]), [pull.contractExternalIds]);
  }

  async unseenOnInvoices(
    connectionId: string,
    pullId: string,
    invoiceExternalIds: readonly string[],
  ): Promise<string[]> {
    const parameters = [connectionId, pullId, 'billingItems', invoiceExternalIds];
    const rows = await rowsOf<{ id: string }>(this.dataSource.manager, UNSEEN_ON_INVOICES, parameters);
    return rows.map(({ id }) => id);
  }

  deleteUnseen(tx: Transaction, pull: MirrorPull): Promise<number> {
    return this.delete(tx, pull, '', []);
  }

  deleteUnseenOfContracts(tx: Transaction, pull: ContractsPull): Promise<number> {
    return this.delete(tx, pull, ofShownContracts(MIRROR_TABLES[pull.entity]), [pull.contractExternalIds]);
  }

  async rememberedPulls(): Promise<string[]> {
    const rows = await rowsOf<{ id: string }>(
      this.dataSource.manager,
      'SELECT DISTINCT pull_id AS id FROM mirror_seen_page',
      [],
    );
    return rows.map(({ id }) => id);
  }

  async forgetPulls(tx: Transaction, ids: readonly string[]): Promise<void> {
    await managerOf(tx).query('DELETE FROM mirror_seen_page WHERE pull_id = ANY($1::uuid[])', [ids]);
  }

  async knownSplits(connectionId: string, entity: PsaEntity, parts: number): Promise<string[]> {
    const rows = await rowsOf<{ externalId: string }>(
      this.dataSource.manager,
      knownSplitsStatement(MIRROR_TABLES[entity]),
      [connectionId, parts],
    );
    return rows.map(({ externalId }) => externalId);
  }

  async mirroredEntities(connectionId: string): Promise<PsaEntity[]> {
    const rows = await rowsOf<{ entity: PsaEntity }>(this.dataSource.manager, MIRRORED_ENTITIES, [
      connectionId,
    ]);
    return rows.map(({ entity }) => entity);
  }

  async highestExternalId(connectionId: string, entity: PsaEntity): Promise<string | null> {
    const [row] = await rowsOf<{ externalId: string }>(
      this.dataSource.manager,
      'SELECT external_id AS "externalId" FROM mirror_highest_id WHERE connection_id = $1 AND entity = $2',
      [connectionId, entity],
    );
    return row?.externalId ?? null;
  }

  async contractExternalIds(connectionId: string, endingOnOrAfter: LocalDate | null): Promise<string[]> {
    const rows = await rowsOf<{ externalId: string }>(
      this.dataSource.manager,
      `SELECT external_id AS "externalId" FROM psa_contract
       WHERE connection_id = $1 AND ($2::date IS NULL OR ends_on >= $2::date)
       ORDER BY length(external_id), external_id COLLATE "C"`,
      [connectionId, endingOnOrAfter],
    );
    return rows.map(({ externalId }) => externalId);
  }

  async deleteOfRemoved(removedBefore: Date): Promise<number> {
    let total = 0;
    for (const table of Object.values(MIRROR_TABLES)) {
      for (let deleted = DELETED_AT_ONCE; deleted === DELETED_AT_ONCE; total += deleted) {
        deleted = await this.dataSource.transaction(async (manager) => {
          await manager.query(PLAN_BY_KEY);
          const parameters = [removedBefore, DELETED_AT_ONCE];
          return (await rowsOf(manager, deleteOfRemovedStatement(table), parameters)).length;
        });
      }
    }
    return total;
  }

  private async count(
    tx: Transaction,
    { connectionId, pullId, entity }: MirrorPull,
    condition: string,
    parameters: unknown[],
  ): Promise<{ seen: number; missing: number }> {
    const manager = managerOf(tx);
    await manager.query(PLAN_BY_SETS);
    const [counts] = await rowsOf<{ total: string; missing: string }>(
      manager,
      countSeenStatement(MIRROR_TABLES[entity], condition),
      [connectionId, pullId, entity, ...parameters],
    );
    await manager.query(PLAN_FREELY);
    const total = Number(counts?.total ?? 0);
    const missing = Number(counts?.missing ?? 0);
    return { seen: total - missing, missing };
  }

  private async delete(
    tx: Transaction,
    { connectionId, pullId, entity }: MirrorPull,
    condition: string,
    parameters: unknown[],
  ): Promise<number> {
    const manager = managerOf(tx);
    await manager.query(PLAN_BY_SETS);
    const deleted = await rowsOf(manager, deleteUnseenStatement(MIRROR_TABLES[entity], condition), [
      connectionId,
      pullId,
      entity,
      ...parameters,
    ]);
    await manager.query(PLAN_FREELY);
    return deleted.length;
  }
}

function isLockTimeout(error: unknown): boolean {
  return (
    error instanceof QueryFailedError &&
    error.driverError instanceof DatabaseError &&
    error.driverError.code === '55P03'
  );
}
