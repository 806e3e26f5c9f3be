import { Injectable } from '@nestjs/common';
import { InjectDataSource } from '@nestjs/typeorm';
import type { DataSource, EntityManager } from 'typeorm';
import type { LocalDate } from '../../kernel/local-date.js';
import { type Page, type PageRequest, toPage } from '../../kernel/page.js';
import type { Transaction } from '../../kernel/transaction.js';
import { PSA_CONNECTOR_DATA_SOURCE } from '../../platform/persistence/data-source.js';
import { translatingViolations } from '../../platform/persistence/constraint-violation.js';
import { preparedRowsOf } from '../../platform/persistence/sql.js';
import { managerOf } from '../../platform/persistence/transaction-runner.js';
import { PushLeaseLostError } from '../domain/billing.errors.js';
import type { Operation, OperationState } from '../domain/operation.js';
import type {
  LastApplied,
  NewOperation,
  OperationFilter,
  OperationOutcome,
  OperationStore,
  PushedChange,
  PushLease,
  SendIntent,
} from '../domain/operation-store.js';
import type { PlanStep } from '../domain/plan-step.js';
import { fromStepJson, toStepJson } from './json-codec.js';
import { fromLastApplied, LAST_APPLIED, type LastAppliedRow } from './last-applied.js';
import {
  ADJUSTMENTS,
  attemptsOf,
  COLUMNS,
  fromNew,
  fromRow,
  OPEN,
  type OperationRow,
  VIOLATIONS,
} from './operation-row.js';
import { MAY_PUSH } from './push.repository.js';

/** It only says why an amount beside the seats is not billed: nothing has to wait for it. */
const REFUSED_CHARGE = `(state = 'failed' AND step ->> 'rule' = 'refused' AND step ? 'settles')`;

/** The outbox in hand-written SQL: a pass over many operations takes one statement. */
@Injectable()
export class OperationRepository implements OperationStore {
  constructor(@InjectDataSource(PSA_CONNECTOR_DATA_SOURCE) private readonly dataSource: DataSource) {}

  async insert(tx: Transaction, operations: readonly NewOperation[]): Promise<Operation[]> {
    if (operations.length === 0) return [];
    const rows = operations.map(({ step, error, ...operation }, position) => ({
      ...operation,
      position,
      attempts: attemptsOf(operation),
      kind: step.kind,
      effectiveOn: step.effectiveOn,
      step: toStepJson(step),
      errorCode: error?.code ?? null,
      errorDetail: error?.detail ?? null,
    }));
    const inserting = preparedRowsOf<{ id: string; sequence: string }>(
      managerOf(tx),
      `INSERT INTO billing_operation (id, connection_id, tenant_id, line_id, subscription_id, plan_id, step_id, compensates_id,
         kind, effective_on, step, state, attempts, not_before, error_code, error_detail, actor_id, actor_name, correlation_id,
         created_at, updated_at)
       SELECT id, "connectionId", "tenantId", "lineId", "subscriptionId", "planId", "stepId", "compensatesId", kind,
         "effectiveOn", step, state, attempts, "createdAt", "errorCode", "errorDetail", "actorId", "actorName", "correlationId",
         "createdAt", "createdAt"
       FROM jsonb_to_recordset($1::jsonb) AS given (id uuid, "connectionId" uuid, "tenantId" text,
         "lineId" uuid, "subscriptionId" text, "planId" uuid, "stepId" uuid, "compensatesId" uuid, kind text,
         "effectiveOn" date, step jsonb, state text, attempts integer, "errorCode" text, "errorDetail" text, "actorId" text, "actorName" text,
         "correlationId" text, "createdAt" timestamptz, position integer)
       ORDER BY position RETURNING id, sequence`,
      [JSON.stringify(rows)],
    );
    const inserted = await translatingViolations(inserting, VIOLATIONS);
    const sequences = new Map(inserted.map(({ id, sequence }) => [id, sequence]));
    return operations.map((operation) => fromNew(operation, sequences.get(operation.id) ?? ''));
  }

  async find(id: string): Promise<Operation | null> {
    const [row] = await this.rows<OperationRow>(`SELECT ${COLUMNS} FROM billing_operation WHERE id = $1`, [
      id,
    ]);
    return row === undefined ? null : fromRow(row);
  }

  async lock(tx: Transaction, id: string): Promise<Operation | null> {
    const [row] = await preparedRowsOf<OperationRow>(
      managerOf(tx),
      `SELECT ${COLUMNS} FROM billing_operation WHERE id = $1 FOR UPDATE`,
      [id],
    );
    return row === undefined ? null : fromRow(row);
  }

  async list(
    { tenantId, connectionId, subscriptionId, state }: OperationFilter,
    { limit }: PageRequest,
    before: string | undefined,
  ): Promise<Page<Operation>> {
    const rows = await this.rows<OperationRow>(
      `SELECT ${COLUMNS} FROM billing_operation
       WHERE tenant_id = $1 AND ($2::uuid IS NULL OR connection_id = $2) AND ($3::text IS NULL OR subscription_id = $3)
         AND ($4::text IS NULL OR state = $4) AND ($5::bigint IS NULL OR sequence < $5)
       ORDER BY sequence DESC LIMIT $6`,
      [tenantId, connectionId ?? null, subscriptionId ?? null, state ?? null, before ?? null, limit + 1],
    );
    return toPage(rows.map(fromRow), limit, ({ sequence }) => [sequence]);
  }

  async openOf(lineIds: readonly string[], tx?: Transaction): Promise<Operation[]> {
    const rows = await preparedRowsOf<OperationRow>(
      tx === undefined ? this.dataSource.manager : managerOf(tx),
      `SELECT ${COLUMNS} FROM billing_operation WHERE line_id = ANY($1::uuid[]) AND state IN ${OPEN} ORDER BY sequence`,
      [lineIds],
    );
    return rows.map(fromRow);
  }

  async pushedOf(lineIds: readonly string[]): Promise<PushedChange[]> {
    const rows = await this.rows<Omit<PushedChange, 'step'> & { step: object }>(
      `SELECT line_id AS "lineId", effective_on::text AS "effectiveOn", step, state FROM billing_operation
       WHERE line_id = ANY($1::uuid[]) AND kind IN ${ADJUSTMENTS}
         AND (state IN ('sending', 'verifying', 'applied') OR (state = 'pending' AND attempts > 0)
           OR (state = 'failed' AND step ->> 'rule' <> 'refused'))
       ORDER BY sequence`,
      [lineIds],
    );
    return rows.map((row) => ({ ...row, step: fromStepJson(row.step) }));
  }

  async due(connectionId: string, now: Date, limit: number): Promise<Operation[]> {
    const rows = await this.rows<OperationRow>(
      `SELECT ${COLUMNS} FROM (
         SELECT *, row_number() OVER (
           PARTITION BY kind, step ->> 'contractExternalId', step ->> 'serviceExternalId' ORDER BY sequence
         ) AS turn
         FROM (
           SELECT DISTINCT ON (line_id) * FROM billing_operation
           WHERE connection_id = $1 AND state IN ${OPEN} AND NOT ${REFUSED_CHARGE} ORDER BY line_id, sequence
         ) AS next
         WHERE state <> 'failed'
       ) AS first
       WHERE not_before <= $2 AND (kind <> 'addService' OR turn = 1) AND NOT (step ? 'waitsForExtension' AND EXISTS (
         SELECT FROM billing_operation AS extension
         WHERE extension.connection_id = $1 AND extension.state IN ${OPEN} AND extension.kind = 'extendContract'
           AND extension.sequence < first.sequence
           AND extension.step ->> 'contractExternalId' = first.step ->> 'contractExternalId'))
       ORDER BY (kind = 'extendContract') DESC, sequence LIMIT $3`,
      [connectionId, now, limit],
    );
    return rows.map(fromRow);
  }

  async markSending(
    lease: PushLease,
    intents: readonly SendIntent[],
    at: Date,
  ): Promise<ReadonlySet<string>> {
    if (intents.length === 0) return new Set();
    const marked = await this.rows<{ id: string }>(
      `UPDATE billing_operation AS operation SET state = 'sending', attempts = attempts + 1, updated_at = $4,
         not_before = given."notBefore", error_code = NULL, error_detail = NULL
       FROM jsonb_to_recordset($3::jsonb) AS given (id uuid, version integer, "notBefore" timestamptz)
       WHERE operation.id = given.id AND operation.version = given.version AND operation.state IN ('pending', 'sending')
         AND EXISTS (SELECT FROM billing_push AS push WHERE ${MAY_PUSH})
       RETURNING operation.id`,
      [lease.connectionId, lease.token, JSON.stringify(intents), at],
    );
    if (marked.length !== intents.length) await this.demandLease(this.dataSource.manager, lease);
    return new Set(marked.map(({ id }) => id));
  }

  async saveOutcomes(
    tx: Transaction,
    lease: PushLease,
    outcomes: readonly OperationOutcome[],
    at: Date,
  ): Promise<ReadonlySet<string>> {
    if (outcomes.length === 0) return new Set();
    const rows = outcomes.map(({ error, ...outcome }) => ({
      ...outcome,
      errorCode: error?.code ?? null,
      errorDetail: error?.detail ?? null,
    }));
    const saved = await preparedRowsOf<{ id: string }>(
      managerOf(tx),
      `UPDATE billing_operation AS operation SET state = given.state, attempts = given.attempts,
         not_before = given."notBefore", external_id = given."externalId", error_code = given."errorCode",
         error_detail = given."errorDetail", updated_at = $4
       FROM jsonb_to_recordset($3::jsonb) AS given (id uuid, version integer, state text, attempts integer,
         "notBefore" timestamptz, "externalId" text, "errorCode" text, "errorDetail" text)
       WHERE operation.id = given.id AND operation.version = given.version
         AND operation.state IN ('pending', 'sending', 'verifying')
         AND EXISTS (SELECT FROM billing_push WHERE connection_id = $1 AND lease_token = $2)
       RETURNING operation.id`,
      [lease.connectionId, lease.token, JSON.stringify(rows), at],
    );
    if (saved.length !== outcomes.length) await this.demandLease(managerOf(tx), lease);
    return new Set(saved.map(({ id }) => id));
  }

  /** What was not written either belongs to another worker by now, or was decided about anew. @throws PushLeaseLostError */
  private async demandLease(manager: EntityManager, { connectionId, token }: PushLease): Promise<void> {
    const held = await preparedRowsOf(
      manager,
      'SELECT connection_id FROM billing_push WHERE connection_id = $1 AND lease_token = $2',
      [connectionId, token],
    );
    if (held.length === 0) throw new PushLeaseLostError(connectionId);
  }

  async rewrite(
    tx: Transaction,
    { id, version }: Pick<Operation, 'id' | 'version'>,
    step: PlanStep,
    at: Date,
  ): Promise<number | null> {
    const rewritten = preparedRowsOf<{ version: number }>(
      managerOf(tx),
      `UPDATE billing_operation SET step = $2, kind = $3, effective_on = $4, updated_at = $5, version = version + 1
       WHERE id = $1 AND version = $6 AND state IN ('pending', 'failed') AND attempts = 0 RETURNING version`,
      [id, JSON.stringify(toStepJson(step)), step.kind, step.effectiveOn, at, version],
    );
    const [row] = await translatingViolations(rewritten, VIOLATIONS);
    return row?.version ?? null;
  }

  async setState(
    tx: Transaction,
    id: string,
    state: OperationState,
    error: Operation['error'],
    at: Date,
  ): Promise<void> {
    await preparedRowsOf(
      managerOf(tx),
      `UPDATE billing_operation SET state = $2, error_code = $3, error_detail = $4, updated_at = $5, not_before = $5,
         version = version + 1 WHERE id = $1`,
      [id, state, error?.code ?? null, error?.detail ?? null, at],
    );
  }

  async release(tx: Transaction, id: string, step: PlanStep, at: Date): Promise<void> {
    const released = preparedRowsOf(
      managerOf(tx),
      `UPDATE billing_operation SET state = 'pending', attempts = 0, not_before = $2, updated_at = $2, is_rebased = true,
         step = $3, kind = $4, effective_on = $5, version = version + 1
       WHERE id = $1 AND state = 'failed'`,
      [id, at, JSON.stringify(toStepJson(step)), step.kind, step.effectiveOn],
    );
    await translatingViolations(released, VIOLATIONS);
  }

  async settlingOf(
    connectionId: string,
    months: readonly LocalDate[],
    tx?: Transaction,
  ): Promise<Operation[]> {
    const rows = await preparedRowsOf<OperationRow>(
      tx === undefined ? this.dataSource.manager : managerOf(tx),
      `SELECT ${COLUMNS} FROM billing_operation
       WHERE connection_id = $1 AND step -> 'settles' ->> 'month' = ANY($2::text[]) ORDER BY sequence`,
      [connectionId, months],
    );
    return rows.map(fromRow);
  }

  async lastApplied(connectionId: string, upTo: LocalDate, untouchedSince: Date): Promise<LastApplied[]> {
    const rows = await this.rows<LastAppliedRow>(LAST_APPLIED, [connectionId, upTo, untouchedSince]);
    return rows.map(fromLastApplied);
  }

  async failedOf(tenantId: string, subscriptionId: string): Promise<Operation[]> {
    const rows = await this.rows<OperationRow>(
      `SELECT ${COLUMNS} FROM billing_operation WHERE tenant_id = $1 AND subscription_id = $2 AND state = 'failed' ORDER BY sequence`,
      [tenantId, subscriptionId],
    );
    return rows.map(fromRow);
  }

  async connectionsDue(now: Date): Promise<string[]> {
    const rows = await this.rows<{ id: string }>(
      `SELECT DISTINCT operation.connection_id AS id FROM billing_operation AS operation
       JOIN connection ON connection.id = operation.connection_id
       LEFT JOIN billing_push AS push ON push.connection_id = operation.connection_id
       WHERE operation.state IN ('pending', 'sending', 'verifying') AND operation.not_before <= $1
         AND connection.state = 'active' AND push.stopped_at IS NULL
         AND (push.leased_until IS NULL OR push.leased_until < $1)`,
      [now],
    );
    return rows.map(({ id }) => id);
  }

  private rows<Row extends object>(sql: string, parameters: readonly unknown[]): Promise<Row[]> {
    return preparedRowsOf<Row>(this.dataSource.manager, sql, parameters);
  }
}
