import { Injectable } from '@nestjs/common';
import { InjectDataSource } from '@nestjs/typeorm';
import { type DataSource, In } from 'typeorm';
import { type Page, type PageRequest, toPage } from '../../kernel/page.js';
import type { Transaction } from '../../kernel/transaction.js';
import { translatingViolations } from '../../platform/persistence/constraint-violation.js';
import { PSA_CONNECTOR_DATA_SOURCE } from '../../platform/persistence/data-source.js';
import { rowsOf } from '../../platform/persistence/sql.js';
import { managerOf } from '../../platform/persistence/transaction-runner.js';
import { LeaseLostError, SyncAlreadyActiveError } from '../domain/sync.errors.js';
import type { EntityProgress, SyncRun } from '../domain/sync-run.js';
import type { RunLease, SyncRunListKey, SyncRunStore } from '../domain/sync-run-store.js';
import { fromRow, toProgressRow, toRow } from './sync-run.mapping.js';
import { SyncRunEntity, SyncRunEntityEntity } from './sync-run.entity.js';

const ABANDONED = {
  code: 'sync.run_abandoned',
  detail: 'The worker of this run stopped and none took it over. The next run starts from the beginning.',
};

@Injectable()
export class SyncRunRepository implements SyncRunStore {
  constructor(@InjectDataSource(PSA_CONNECTOR_DATA_SOURCE) private readonly dataSource: DataSource) {}

  async insert(tx: Transaction, run: SyncRun): Promise<void> {
    await translatingViolations(managerOf(tx).insert(SyncRunEntity, toRow(run, null)), {
      sync_run_one_active_uq: () => new SyncAlreadyActiveError(),
    });
    await this.insertProgress(tx, run);
  }

  async insertScheduled(tx: Transaction, run: SyncRun, scheduledFor: Date): Promise<boolean> {
    const inserted = await managerOf(tx)
      .createQueryBuilder()
      .insert()
      .into(SyncRunEntity)
      .values(toRow(run, scheduledFor))
      .orIgnore()
      .returning('id')
      .execute();
    const rows: unknown = inserted.raw;
    if (!Array.isArray(rows) || rows.length === 0) return false;
    await this.insertProgress(tx, run);
    return true;
  }

  async claim({ runId, token }: RunLease, at: Date): Promise<SyncRun | null> {
    const claimed = await rowsOf(
      this.dataSource.manager,
      `UPDATE sync_run SET state = 'running', lease_token = $2, touched_at = $3, started_at = coalesce(started_at, $3)
       WHERE id = $1 AND state IN ('queued', 'running') RETURNING id`,
      [runId, token, at],
    );
    return claimed.length === 0 ? null : this.find(runId);
  }

  async saveProgress(
    tx: Transaction,
    lease: RunLease,
    progress: EntityProgress,
    apiCalls: number,
    at: Date,
  ): Promise<void> {
    await this.touch(tx, lease, { apiCalls, touchedAt: at });
    const { entity, ...counts } = progress;
    await managerOf(tx).update(SyncRunEntityEntity, { runId: lease.runId, entity }, counts);
  }

  async finish(tx: Transaction, lease: RunLease, run: SyncRun): Promise<void> {
    const { state, finishedAt, apiCalls, error } = run;
    await this.touch(tx, lease, {
      state,
      finishedAt,
      apiCalls,
      errorCode: error?.code ?? null,
      errorDetail: error?.detail ?? null,
    });
  }

  async takeForgotten(tx: Transaction, untouchedSince: Date, at: Date): Promise<string[]> {
    const rows = await rowsOf<{ id: string }>(
      managerOf(tx),
      `UPDATE sync_run SET touched_at = $2 WHERE state = 'queued' AND touched_at < $1 RETURNING id`,
      [untouchedSince, at],
    );
    return rows.map(({ id }) => id);
  }

  async failAbandoned(untouchedSince: Date, at: Date): Promise<string[]> {
    const rows = await rowsOf<{ id: string }>(
      this.dataSource.manager,
      `UPDATE sync_run SET state = 'failed', finished_at = $2, lease_token = NULL, error_code = $3, error_detail = $4
       WHERE state = 'running' AND touched_at < $1 RETURNING id`,
      [untouchedSince, at, ABANDONED.code, ABANDONED.detail],
    );
    return rows.map(({ id }) => id);
  }

  async find(id: string): Promise<SyncRun | null> {
    const row = await this.dataSource.manager.findOneBy(SyncRunEntity, { id });
    if (row === null) return null;
    const [run] = await this.withProgress([row]);
    return run ?? null;
  }

  async list(
    connectionId: string,
    { limit }: PageRequest,
    before: SyncRunListKey | undefined,
  ): Promise<Page<SyncRun>> {
    const query = this.dataSource
      .getRepository(SyncRunEntity)
      .createQueryBuilder('run')
      .where({ connectionId })
      .orderBy('run.createdAt', 'DESC')
      .addOrderBy('run.id', 'DESC')
      .limit(limit + 1);
    if (before !== undefined) {
      const [createdAt, id] = before;
      query.andWhere('(run.createdAt, run.id) < (:createdAt, :id)', { createdAt, id });
    }
    const page = toPage(await query.getMany(), limit, ({ createdAt, id }) => [createdAt.toISOString(), id]);
    return { items: await this.withProgress(page.items), nextCursor: page.nextCursor };
  }

  private async insertProgress(tx: Transaction, run: SyncRun): Promise<void> {
    const rows = run.entities.map((progress, position) => toProgressRow(run.id, progress, position));
    await managerOf(tx).insert(SyncRunEntityEntity, rows);
  }

  /** Every write of a worker goes through here: a lease that was taken over writes nothing. */
  private async touch(
    tx: Transaction,
    { runId, token }: RunLease,
    change: Partial<SyncRunEntity>,
  ): Promise<void> {
    const result = await managerOf(tx).update(
      SyncRunEntity,
      { id: runId, leaseToken: token, state: 'running' },
      change,
    );
    if (result.affected !== 1) throw new LeaseLostError(runId);
  }

  private async withProgress(rows: SyncRunEntity[]): Promise<SyncRun[]> {
    if (rows.length === 0) return [];
    const progress = await this.dataSource.manager.find(SyncRunEntityEntity, {
      where: { runId: In(rows.map(({ id }) => id)) },
      order: { position: 'ASC' },
    });
    const byRun = Map.groupBy(progress, ({ runId }) => runId);
    return rows.map((row) => fromRow(row, byRun.get(row.id) ?? []));
  }
}
