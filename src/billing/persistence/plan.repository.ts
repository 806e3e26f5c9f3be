import { Injectable } from '@nestjs/common';
import { InjectDataSource } from '@nestjs/typeorm';
import type { DataSource, EntityManager } from 'typeorm';
import { type Page, type PageRequest, toPage } from '../../kernel/page.js';
import type { Transaction } from '../../kernel/transaction.js';
import { PSA_CONNECTOR_DATA_SOURCE } from '../../platform/persistence/data-source.js';
import { rowsOf } from '../../platform/persistence/sql.js';
import { managerOf } from '../../platform/persistence/transaction-runner.js';
import { PlanClosedError, PlanStaleError } from '../domain/billing.errors.js';
import type { BillingPlan, PlanStore, StoredStep } from '../domain/billing-plan.js';
import { fromStepJson, toStepJson } from './json-codec.js';

type PlanRow = Omit<BillingPlan, 'steps' | 'createdBy'> & { createdById: string; createdByName: string };
type StepRow = Omit<StoredStep, 'step'> & { planId: string; step: object };

const PLAN = `id, connection_id AS "connectionId", tenant_id AS "tenantId", state, fingerprint, refusals,
  change_ids AS "changeIds", approvals, created_at AS "createdAt", created_by_id AS "createdById",
  created_by_name AS "createdByName", changed_by_id AS "changedById"`;

@Injectable()
export class PlanRepository implements PlanStore {
  constructor(@InjectDataSource(PSA_CONNECTOR_DATA_SOURCE) private readonly dataSource: DataSource) {}

  async insert(tx: Transaction, plan: BillingPlan): Promise<void> {
    await rowsOf(
      managerOf(tx),
      `INSERT INTO billing_plan (id, connection_id, tenant_id, state, fingerprint, refusals, change_ids, approvals, created_at,
         created_by_id, created_by_name)
       VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)`,
      [
        plan.id,
        plan.connectionId,
        plan.tenantId,
        plan.state,
        plan.fingerprint,
        JSON.stringify(plan.refusals),
        JSON.stringify(plan.changeIds),
        JSON.stringify(plan.approvals),
        plan.createdAt,
        plan.createdBy.id,
        plan.createdBy.name,
      ],
    );
    const steps = plan.steps.map(({ id, lineId, step }, position) => ({
      id,
      lineId,
      position,
      step: toStepJson(step),
    }));
    await rowsOf(
      managerOf(tx),
      `INSERT INTO billing_plan_step (id, plan_id, position, line_id, step)
       SELECT id, $1, position, "lineId", step
       FROM jsonb_to_recordset($2::jsonb) AS given (id uuid, position integer, "lineId" uuid, step jsonb)`,
      [plan.id, JSON.stringify(steps)],
    );
  }

  find(id: string): Promise<BillingPlan | null> {
    return this.one(this.dataSource.manager, id, '');
  }

  lock(tx: Transaction, id: string): Promise<BillingPlan | null> {
    return this.one(managerOf(tx), id, 'FOR UPDATE');
  }

  async save(
    tx: Transaction,
    { id, state, approvals, changedById }: Parameters<PlanStore['save']>[1],
  ): Promise<void> {
    const manager = managerOf(tx);
    const saved = await rowsOf(
      manager,
      `UPDATE billing_plan SET state = $2, approvals = $3, changed_by_id = coalesce($4, changed_by_id)
       WHERE id = $1 AND state IN ('draft', 'approved') RETURNING id`,
      [id, state, JSON.stringify(approvals), changedById ?? null],
    );
    if (saved.length > 0) return;
    const [closed] = await rowsOf<{ state: string }>(
      manager,
      'SELECT state FROM billing_plan WHERE id = $1',
      [id],
    );
    throw closed?.state === 'stale' ? new PlanStaleError() : new PlanClosedError();
  }

  async saveStep(tx: Transaction, { id, step, dismissedReason }: StoredStep): Promise<void> {
    await rowsOf(
      managerOf(tx),
      'UPDATE billing_plan_step SET step = $2, dismissed_reason = $3 WHERE id = $1',
      [id, JSON.stringify(toStepJson(step)), dismissedReason],
    );
  }

  async list(
    connectionId: string,
    { limit }: PageRequest,
    before: readonly string[] | undefined,
  ): Promise<Page<BillingPlan>> {
    const rows = await rowsOf<PlanRow>(
      this.dataSource.manager,
      `SELECT ${PLAN} FROM billing_plan
       WHERE connection_id = $1 AND ($2::timestamptz IS NULL OR (created_at, id) < ($2, $3::uuid))
       ORDER BY created_at DESC, id DESC LIMIT $4`,
      [connectionId, before?.[0] ?? null, before?.[1] ?? null, limit + 1],
    );
    const page = toPage(rows, limit, ({ createdAt, id }) => [createdAt.toISOString(), id]);
    return { items: await this.withSteps(this.dataSource.manager, page.items), nextCursor: page.nextCursor };
  }

  private async one(manager: EntityManager, id: string, lock: string): Promise<BillingPlan | null> {
    const rows = await rowsOf<PlanRow>(manager, `SELECT ${PLAN} FROM billing_plan WHERE id = $1 ${lock}`, [
      id,
    ]);
    return (await this.withSteps(manager, rows))[0] ?? null;
  }

  private async withSteps(manager: EntityManager, plans: readonly PlanRow[]): Promise<BillingPlan[]> {
    const rows = await rowsOf<StepRow>(
      manager,
      `SELECT id, plan_id AS "planId", line_id AS "lineId", step, dismissed_reason AS "dismissedReason"
       FROM billing_plan_step WHERE plan_id = ANY($1::uuid[]) ORDER BY position`,
      [plans.map(({ id }) => id)],
    );
    const byPlan = Map.groupBy(rows, ({ planId }) => planId);
    return plans.map(({ createdById, createdByName, ...plan }) => ({
      ...plan,
      createdBy: { id: createdById, name: createdByName },
      steps: (byPlan.get(plan.id) ?? []).map(({ id, lineId, step, dismissedReason }) => ({
        id,
        lineId,
        step: fromStepJson(step),
        dismissedReason,
      })),
    }));
  }
}
