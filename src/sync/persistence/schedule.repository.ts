import { Injectable } from '@nestjs/common';
import { InjectDataSource } from '@nestjs/typeorm';
import type { DataSource } from 'typeorm';
import type { Transaction } from '../../kernel/transaction.js';
import { PSA_CONNECTOR_DATA_SOURCE } from '../../platform/persistence/data-source.js';
import { rowsOf } from '../../platform/persistence/sql.js';
import { managerOf } from '../../platform/persistence/transaction-runner.js';
import type {
  ConnectionSchedule,
  DueSchedule,
  PlannedTimes,
  ScheduleStore,
} from '../domain/schedule-store.js';

const MEMBERS = `s.connection_id AS "connectionId", s.sync_cron AS "syncCron", s.paused_at AS "pausedAt",
  s.next_run_at AS "nextRunAt", s.next_sweep_at AS "nextSweepAt", s.needs_full AS "needsFull",
  s.deletions_accepted_at AS "deletionsAcceptedAt", s.full_failures AS "fullFailures"`;

/** A set of due schedules takes well under a second. */
const DUE_TIMEOUT_SECONDS = 30;

/**
 * Schedules set by set, so that thousands of connections cost a few statements. Two of them join `connection`, of which they read
 * nothing but id, tenant and state: asking the owner connection by connection would undo what the sets are for.
 */
@Injectable()
export class ScheduleRepository implements ScheduleStore {
  constructor(@InjectDataSource(PSA_CONNECTOR_DATA_SOURCE) private readonly dataSource: DataSource) {}

  async find(connectionId: string): Promise<ConnectionSchedule | null> {
    const [row] = await rowsOf<ConnectionSchedule>(
      this.dataSource.manager,
      `SELECT ${MEMBERS} FROM sync_schedule s WHERE connection_id = $1`,
      [connectionId],
    );
    return row ?? null;
  }

  async lock(tx: Transaction, connectionId: string): Promise<ConnectionSchedule | null> {
    const [row] = await rowsOf<ConnectionSchedule>(
      managerOf(tx),
      `SELECT ${MEMBERS} FROM sync_schedule s WHERE connection_id = $1 FOR UPDATE`,
      [connectionId],
    );
    return row ?? null;
  }

  async save(
    tx: Transaction,
    schedule: Omit<ConnectionSchedule, 'fullFailures'>,
    plannedWith: string,
  ): Promise<void> {
    await managerOf(tx).query(
      `INSERT INTO sync_schedule (connection_id, sync_cron, paused_at, next_run_at, next_sweep_at, needs_full,
         deletions_accepted_at, planned_with)
       VALUES ($1, $2, $3, $4, $5, $6, $7, $8)
       ON CONFLICT (connection_id) DO UPDATE SET sync_cron = excluded.sync_cron, paused_at = excluded.paused_at,
         next_run_at = excluded.next_run_at, next_sweep_at = excluded.next_sweep_at, needs_full = excluded.needs_full,
         deletions_accepted_at = excluded.deletions_accepted_at, planned_with = excluded.planned_with,
         full_failures = 0`,
      [
        schedule.connectionId,
        schedule.syncCron,
        schedule.pausedAt,
        schedule.nextRunAt,
        schedule.nextSweepAt,
        schedule.needsFull,
        schedule.deletionsAcceptedAt,
        plannedWith,
      ],
    );
  }

  listUnplanned(
    plannedWith: string,
    isReplanning: boolean,
    limit: number,
  ): Promise<{ connectionId: string; syncCron: string | null }[]> {
    return rowsOf(
      this.dataSource.manager,
      `SELECT c.id AS "connectionId", s.sync_cron AS "syncCron"
       FROM connection c LEFT JOIN sync_schedule s ON s.connection_id = c.id
       WHERE c.state <> 'removed' AND (s.connection_id IS NULL
         OR (s.paused_at IS NULL AND (s.planned_with IS NULL OR ($2::boolean AND s.planned_with <> $1::text))))
       LIMIT $3`,
      [plannedWith, isReplanning, limit],
    );
  }

  async savePlanned(tx: Transaction, times: readonly PlannedTimes[], plannedWith: string): Promise<void> {
    await managerOf(tx).query(
      `INSERT INTO sync_schedule AS s (connection_id, next_run_at, next_sweep_at, needs_full, planned_with)
       SELECT t.*, true, $4::text FROM unnest($1::uuid[], $2::timestamptz[], $3::timestamptz[]) AS t
       ON CONFLICT (connection_id) DO UPDATE SET next_run_at = excluded.next_run_at,
         next_sweep_at = excluded.next_sweep_at, planned_with = excluded.planned_with
       WHERE s.paused_at IS NULL AND s.planned_with IS DISTINCT FROM excluded.planned_with`,
      [...columnsOf(times), plannedWith],
    );
  }

  /** Bounds the statements of the transaction: while one hangs, nothing that is due is started. */
  async takeDue(tx: Transaction, at: Date, limit: number): Promise<DueSchedule[]> {
    await managerOf(tx).query(`SET LOCAL statement_timeout = '${DUE_TIMEOUT_SECONDS}s'`);
    return rowsOf<DueSchedule>(
      managerOf(tx),
      `WITH due AS (
         SELECT connection_id FROM sync_schedule WHERE due_at <= $1 ORDER BY due_at LIMIT $2 FOR UPDATE SKIP LOCKED
       )
       SELECT ${MEMBERS}, c.tenant_id AS "tenantId", c.state
       FROM due JOIN sync_schedule s USING (connection_id) JOIN connection c ON c.id = s.connection_id`,
      [at, limit],
    );
  }

  async saveTaken(tx: Transaction, times: readonly (PlannedTimes & { needsFull: boolean })[]): Promise<void> {
    await managerOf(tx).query(
      `UPDATE sync_schedule s SET next_run_at = t.next_run_at, next_sweep_at = t.next_sweep_at, needs_full = t.needs_full
       FROM unnest($1::uuid[], $2::timestamptz[], $3::timestamptz[], $4::boolean[])
         AS t (connection_id, next_run_at, next_sweep_at, needs_full)
       WHERE s.connection_id = t.connection_id`,
      [...columnsOf(times), times.map(({ needsFull }) => needsFull)],
    );
  }

  async requireFull(tx: Transaction, connectionId: string): Promise<void> {
    await managerOf(tx).query(
      `INSERT INTO sync_schedule (connection_id, needs_full) VALUES ($1, true)
       ON CONFLICT (connection_id) DO UPDATE SET needs_full = true`,
      [connectionId],
    );
  }

  async completeFull(tx: Transaction, connectionId: string): Promise<void> {
    await managerOf(tx).query(
      `INSERT INTO sync_schedule (connection_id, needs_full) VALUES ($1, false)
       ON CONFLICT (connection_id) DO UPDATE SET needs_full = false, deletions_accepted_at = NULL, full_failures = 0`,
      [connectionId],
    );
  }

  async saveRest(
    tx: Transaction,
    { connectionId, fullFailures, nextRunAt, nextSweepAt }: PlannedTimes & { fullFailures: number },
  ): Promise<void> {
    await managerOf(tx).query(
      `UPDATE sync_schedule SET full_failures = $2, next_run_at = $3, next_sweep_at = $4 WHERE connection_id = $1`,
      [connectionId, fullFailures, nextRunAt, nextSweepAt],
    );
  }

  async setDeletionsAccepted(tx: Transaction, connectionId: string, at: Date | null): Promise<void> {
    await managerOf(tx).query(
      'UPDATE sync_schedule SET deletions_accepted_at = $2 WHERE connection_id = $1',
      [connectionId, at],
    );
  }
}

function columnsOf(times: readonly PlannedTimes[]): unknown[] {
  return [
    times.map(({ connectionId }) => connectionId),
    times.map(({ nextRunAt }) => nextRunAt),
    times.map(({ nextSweepAt }) => nextSweepAt),
  ];
}
