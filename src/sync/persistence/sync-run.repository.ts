import { Injectable } from '@nestjs/common';
import { InjectDataSource } from '@nestjs/typeorm';
import { type DataSource, In } from 'typeorm';
import { type Page, type PageRequest, toPage } from '../../kernel/page.js';
import type { Transaction } from '../../kernel/transaction.js';
import { translatingViolations } from '../../platform/persistence/constraint-violation.js';
import { PSA_CONNECTOR_DATA_SOURCE } from '../../platform/persistence/data-source.js';
import { preparedRowsOf, rowsOf } from '../../platform/persistence/sql.js';
import { managerOf } from '../../platform/persistence/transaction-runner.js';
import { LeaseLostError, SyncAlreadyActiveError } from '../domain/sync.errors.js';
import type { EntityProgress, SyncRun } from '../domain/sync-run.js';
import type {
  ActiveRuns,
  Continuation,
  LostRun,
  RunLease,
  ScheduledRun,
  SyncRunListKey,
  SyncRunStore,
} from '../domain/sync-run-store.js';
import { fromRow, toProgressRow, toRow } from './sync-run.mapping.js';
import { progressValues, SAVE_PROGRESS } from './sync-progress.js';
import { SyncRunEntity, SyncRunEntityEntity } from './sync-run.entity.js';

const ABANDONED = {
  code: 'sync.run_abandoned',
  detail:
    'The worker of this run stopped and those that took it over stopped as well. The next run starts from the beginning.',
};

/** How often a run whose worker is gone is put back before it counts as the cause. */
const MAX_RECOVERIES = 5;

/** A job may be given out a little before our clock says so, because the queue goes by that of the database; what comes much earlier is put off. */
const CLOCK_SLACK_MS = 5_000;

/** When a run was touched last is told by the clock of the database alone: those of two replicas may be minutes apart. */
const BY_DATABASE = () => 'now()';

/** `$1` seconds. */
const LONG_AGO = 'now() - make_interval(secs => $1::double precision)';

@Injectable()
export class SyncRunRepository implements SyncRunStore {
  constructor(@InjectDataSource(PSA_CONNECTOR_DATA_SOURCE) private readonly dataSource: DataSource) {}

  async insert(tx: Transaction, run: SyncRun): Promise<void> {
    const row = Object.assign(toRow(run), { touchedAt: BY_DATABASE });
    await translatingViolations(managerOf(tx).insert(SyncRunEntity, row), {
      sync_run_one_active_uq: () => new SyncAlreadyActiveError(),
    });
  }

  async insertScheduled(tx: Transaction, runs: readonly ScheduledRun[], at: Date): Promise<string[]> {
    if (runs.length === 0) return [];
    const rows = await rowsOf<{ id: string }>(
      managerOf(tx),
      `INSERT INTO sync_run (id, connection_id, tenant_id, mode, correlation_id, scheduled_for, trigger, state,
         created_at, touched_at, api_calls, waits, continuations, recoveries)
       SELECT t.*, 'schedule', 'queued', $7, now(), 0, 0, 0, 0
       FROM unnest($1::uuid[], $2::uuid[], $3::text[], $4::text[], $5::text[], $6::timestamptz[]) AS t
       ON CONFLICT DO NOTHING RETURNING id`,
      [
        runs.map(({ id }) => id),
        runs.map(({ connectionId }) => connectionId),
        runs.map(({ tenantId }) => tenantId),
        runs.map(({ mode }) => mode),
        runs.map(({ correlationId }) => correlationId),
        runs.map(({ scheduledFor }) => scheduledFor),
        at,
      ],
    );
    return rows.map(({ id }) => id);
  }

  async claim({ runId, token }: RunLease, at: Date): Promise<SyncRun | null> {
    const notBefore = new Date(at.getTime() + CLOCK_SLACK_MS);
    const claimed = await rowsOf(
      this.dataSource.manager,
      `UPDATE sync_run SET state = 'running', lease_token = $2, touched_at = now(), started_at = coalesce(started_at, $3),
         resumes_at = NULL, wait_code = NULL, wait_detail = NULL
       WHERE id = $1 AND state IN ('queued', 'running') AND (resumes_at IS NULL OR resumes_at <= $4) RETURNING id`,
      [runId, token, at, notBefore],
    );
    return claimed.length === 0 ? null : this.find(runId);
  }

  async savePlan(tx: Transaction, lease: RunLease, entities: readonly EntityProgress[]): Promise<void> {
    await this.touch(tx, lease, {});
    const rows = entities.map((progress, position) => toProgressRow(lease.runId, progress, position));
    await managerOf(tx).insert(SyncRunEntityEntity, rows);
  }

  async saveProgress(
    tx: Transaction,
    lease: RunLease,
    progress: EntityProgress,
    apiCalls: number,
  ): Promise<void> {
    const { runId, token } = lease;
    const saved = await preparedRowsOf(managerOf(tx), SAVE_PROGRESS, [
      runId,
      token,
      apiCalls,
      progress.entity,
      ...progressValues(progress),
    ]);
    if (saved.length === 0) throw new LeaseLostError(runId);
  }

  async release(tx: Transaction, { runId, token }: RunLease, next: Continuation): Promise<number> {
    const [row] = await rowsOf<{ continuations: number }>(
      managerOf(tx),
      `UPDATE sync_run SET state = 'queued', lease_token = NULL, api_calls = $3, touched_at = now(), resumes_at = $4,
         wait_code = $5, wait_detail = $6, waiting_since = $7, waits = $8, continuations = continuations + 1
       WHERE id = $1 AND lease_token = $2 AND state = 'running' RETURNING continuations`,
      [
        runId,
        token,
        next.apiCalls,
        next.resumesAt,
        next.wait?.code ?? null,
        next.wait?.detail ?? null,
        next.waitingSince,
        next.waits,
      ],
    );
    if (row === undefined) throw new LeaseLostError(runId);
    return row.continuations;
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

  async cancel(tx: Transaction, runId: string, at: Date): Promise<boolean> {
    const rows = await rowsOf(
      managerOf(tx),
      `UPDATE sync_run SET state = 'cancelled', finished_at = $2, lease_token = NULL, resumes_at = NULL,
         wait_code = NULL, wait_detail = NULL
       WHERE id = $1 AND state IN ('queued', 'running') RETURNING id`,
      [runId, at],
    );
    return rows.length === 1;
  }

  async cancelScheduled(
    tx: Transaction,
    connectionId: string,
    at: Date,
  ): Promise<Pick<SyncRun, 'id' | 'mode' | 'state'> | null> {
    const [run] = await rowsOf<Pick<SyncRun, 'id' | 'mode' | 'state'>>(
      managerOf(tx),
      `SELECT id, mode, state FROM sync_run
       WHERE connection_id = $1 AND trigger = 'schedule' AND state IN ('queued', 'running') FOR UPDATE`,
      [connectionId],
    );
    return run !== undefined && (await this.cancel(tx, run.id, at)) ? run : null;
  }

  async postpone(
    tx: Transaction,
    runId: string,
    continuation: number,
  ): Promise<(LostRun & { resumesAt: Date }) | null> {
    const [row] = await rowsOf<LostRun & { resumesAt: Date }>(
      managerOf(tx),
      `UPDATE sync_run SET continuations = continuations + 1
       WHERE id = $1 AND continuations = $2 AND state = 'queued' AND resumes_at IS NOT NULL
       RETURNING id, mode, continuations, resumes_at AS "resumesAt"`,
      [runId, continuation],
    );
    return row ?? null;
  }

  takeForgotten(tx: Transaction, untouchedSeconds: number): Promise<LostRun[]> {
    return rowsOf<LostRun>(
      managerOf(tx),
      `UPDATE sync_run SET touched_at = now()
       WHERE state = 'queued' AND touched_at < ${LONG_AGO} AND (resumes_at IS NULL OR resumes_at < ${LONG_AGO})
       RETURNING id, mode, continuations`,
      [untouchedSeconds],
    );
  }

  recoverAbandoned(tx: Transaction, untouchedSeconds: number): Promise<LostRun[]> {
    return rowsOf<LostRun>(
      managerOf(tx),
      `UPDATE sync_run SET state = 'queued', lease_token = NULL, touched_at = now(), recoveries = recoveries + 1
       WHERE state = 'running' AND touched_at < ${LONG_AGO} AND recoveries < $2 RETURNING id, mode, continuations`,
      [untouchedSeconds, MAX_RECOVERIES],
    );
  }

  async failAbandoned(untouchedSeconds: number, at: Date): Promise<string[]> {
    const rows = await rowsOf<{ id: string }>(
      this.dataSource.manager,
      `UPDATE sync_run SET state = 'failed', finished_at = $2, lease_token = NULL, error_code = $3, error_detail = $4
       WHERE state = 'running' AND touched_at < ${LONG_AGO} AND recoveries >= $5 RETURNING id`,
      [untouchedSeconds, at, ABANDONED.code, ABANDONED.detail, MAX_RECOVERIES],
    );
    return rows.map(({ id }) => id);
  }

  async activeAmong(ids: readonly string[]): Promise<string[]> {
    const rows = await rowsOf<{ id: string }>(
      this.dataSource.manager,
      `SELECT DISTINCT unnest(ARRAY[id, connection_id]) AS id FROM sync_run
       WHERE state IN ('queued', 'running') AND (id = ANY($1::uuid[]) OR connection_id = ANY($1::uuid[]))`,
      [ids],
    );
    return rows.map(({ id }) => id);
  }

  async deleteFinished(before: Date, limit: number): Promise<number> {
    const rows = await rowsOf(
      this.dataSource.manager,
      `DELETE FROM sync_run WHERE id IN (SELECT id FROM sync_run WHERE finished_at < $1 LIMIT $2) RETURNING id`,
      [before, limit],
    );
    return rows.length;
  }

  async countActive(now: Date): Promise<ActiveRuns> {
    const [row] = await rowsOf<ActiveRuns>(
      this.dataSource.manager,
      `SELECT count(*) FILTER (WHERE state = 'queued' AND (resumes_at IS NULL OR resumes_at <= $1))::integer AS queued,
         count(*) FILTER (WHERE state = 'queued' AND resumes_at > $1)::integer AS waiting,
         count(*) FILTER (WHERE state = 'running')::integer AS running
       FROM sync_run WHERE state IN ('queued', 'running')`,
      [now],
    );
    return row ?? { queued: 0, waiting: 0, running: 0 };
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

  /** Every write of a worker goes through here: a lease that was taken over writes nothing. */
  private async touch(
    tx: Transaction,
    { runId, token }: RunLease,
    change: Partial<SyncRunEntity>,
  ): Promise<void> {
    const result = await managerOf(tx).update(
      SyncRunEntity,
      { id: runId, leaseToken: token, state: 'running' },
      { ...change, touchedAt: BY_DATABASE },
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
