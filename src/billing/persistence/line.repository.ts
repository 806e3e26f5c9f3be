import { Injectable } from '@nestjs/common';
import { InjectDataSource } from '@nestjs/typeorm';
import type { DataSource } from 'typeorm';
import { newId } from '../../kernel/ids.js';
import type { LocalDate } from '../../kernel/local-date.js';
import type { Transaction } from '../../kernel/transaction.js';
import { PSA_CONNECTOR_DATA_SOURCE } from '../../platform/persistence/data-source.js';
import { preparedRowsOf } from '../../platform/persistence/sql.js';
import { managerOf } from '../../platform/persistence/transaction-runner.js';
import type {
  BillingLine,
  BoundLine,
  LeftLine,
  LineDeparture,
  LineFacts,
  LineKey,
  LineStanding,
  LineStore,
} from '../domain/billing-line.js';
import { fromSubscriptionJson, toSubscriptionJson, toValues } from './json-codec.js';
import { fromLine, IS_KEPT, LINE, type LineRow, STANDING } from './line-row.js';

const UNSETTLED = `('pending', 'sending', 'verifying', 'failed')`;
const MAPPED = `SELECT ${LINE} FROM billing_line AS line
  WHERE tenant_id = $1 AND subscription_id = $2 AND is_mapped AND ${IS_KEPT}`;

@Injectable()
export class LineRepository implements LineStore {
  constructor(@InjectDataSource(PSA_CONNECTOR_DATA_SOURCE) private readonly dataSource: DataSource) {}

  async ensureLines(tx: Transaction, keys: readonly LineKey[], at: Date): Promise<BillingLine[]> {
    if (keys.length === 0) return [];
    const rows = keys.map((key) => ({ id: newId(), ...key }));
    const given = JSON.stringify(rows);
    await preparedRowsOf(
      managerOf(tx),
      `INSERT INTO billing_line (id, connection_id, tenant_id, subscription_id, contract_external_id, service_external_id,
         is_mapped, created_at)
       SELECT id, "connectionId", "tenantId", "subscriptionId", "contractExternalId", "serviceExternalId", true, $2
       FROM jsonb_to_recordset($1::jsonb) AS given (id uuid, "connectionId" uuid, "tenantId" text, "subscriptionId" text,
         "contractExternalId" text, "serviceExternalId" text)
       ON CONFLICT (connection_id, subscription_id, contract_external_id, service_external_id)
       DO UPDATE SET is_mapped = true,
         known = CASE WHEN billing_line.is_mapped THEN billing_line.known END,
         baseline = CASE WHEN billing_line.is_mapped THEN billing_line.baseline END`,
      [given, at],
    );
    const lines = await preparedRowsOf<LineRow>(
      managerOf(tx),
      `SELECT ${LINE} FROM billing_line
       WHERE (connection_id, subscription_id, contract_external_id, service_external_id) IN (
         SELECT "connectionId", "subscriptionId", "contractExternalId", "serviceExternalId"
         FROM jsonb_to_recordset($1::jsonb) AS given ("connectionId" uuid, "subscriptionId" text, "contractExternalId" text,
           "serviceExternalId" text))`,
      [given],
    );
    return lines.map(fromLine);
  }

  async leave(tx: Transaction, departures: readonly LineDeparture[]): Promise<BillingLine[]> {
    if (departures.length === 0) return [];
    const given = departures.map(({ connectionId, subscriptionId, to }) => ({
      connectionId,
      subscriptionId,
      ...to,
    }));
    const left = await preparedRowsOf<{ id: string }>(
      managerOf(tx),
      `SELECT line.id FROM billing_line AS line
       JOIN jsonb_to_recordset($1::jsonb) AS given ("connectionId" uuid, "subscriptionId" text, "contractExternalId" text,
         "serviceExternalId" text)
         ON line.connection_id = given."connectionId" AND line.subscription_id = given."subscriptionId"
       WHERE line.is_mapped AND (line.contract_external_id, line.service_external_id)
         IS DISTINCT FROM (given."contractExternalId", given."serviceExternalId")
       ORDER BY line.id FOR UPDATE OF line`,
      [JSON.stringify(given)],
    );
    if (left.length === 0) return [];
    const rows = await preparedRowsOf<LineRow>(
      managerOf(tx),
      `UPDATE billing_line SET is_mapped = false WHERE id = ANY($1::uuid[]) RETURNING ${LINE}`,
      [left.map(({ id }) => id)],
    );
    return rows.map(fromLine);
  }

  async leaveAll(tx: Transaction, connectionId: string): Promise<BillingLine[]> {
    const rows = await preparedRowsOf<LineRow>(
      managerOf(tx),
      `WITH mapped AS (SELECT id FROM billing_line WHERE connection_id = $1 AND is_mapped ORDER BY id FOR UPDATE)
       UPDATE billing_line SET is_mapped = false WHERE id IN (SELECT id FROM mapped) RETURNING ${LINE}`,
      [connectionId],
    );
    return rows.map(fromLine);
  }

  async leftLines(connectionId: string, today: LocalDate, untouchedSince: Date): Promise<LeftLine[]> {
    const rows = await this.rows<LineRow & { now: object | null }>(
      `SELECT ${LINE}, (SELECT known FROM billing_line AS now WHERE now.connection_id = line.connection_id
           AND now.subscription_id = line.subscription_id AND now.is_mapped) AS now
       FROM billing_line AS line
       WHERE line.connection_id = $1 AND NOT line.is_mapped AND line.line_external_id IS NOT NULL
         AND NOT EXISTS (SELECT FROM billing_change AS change WHERE change.connection_id = line.connection_id
           AND change.subscription_id = line.subscription_id AND change.state = 'pending')
         AND NOT EXISTS (SELECT FROM billing_operation AS operation WHERE operation.line_id = line.id
           AND (operation.state IN ${UNSETTLED} OR operation.updated_at >= $3
             OR operation.state = 'applied' AND operation.effective_on > $2::date
               AND operation.step -> 'after' -> 'units' = '0'))
       ORDER BY line.id`,
      [connectionId, today, untouchedSince],
    );
    return rows.map(({ now, ...row }) => ({
      ...fromLine(row),
      now: now === null ? null : fromSubscriptionJson(now),
    }));
  }

  async giveUp(tx: Transaction, lineIds: readonly string[]): Promise<void> {
    await preparedRowsOf(
      managerOf(tx),
      'UPDATE billing_line SET line_external_id = NULL WHERE id = ANY($1::uuid[]) AND NOT is_mapped',
      [lineIds],
    );
  }

  async mappedLine(tx: Transaction, tenantId: string, subscriptionId: string): Promise<BillingLine | null> {
    const [row] = await preparedRowsOf<LineRow>(managerOf(tx), MAPPED, [tenantId, subscriptionId]);
    return row === undefined ? null : fromLine(row);
  }

  async findMapped(tenantId: string, subscriptionId: string): Promise<BillingLine | null> {
    const [row] = await this.rows<LineRow>(MAPPED, [tenantId, subscriptionId]);
    return row === undefined ? null : fromLine(row);
  }

  async mappedLines(connectionId: string, subscriptionIds: readonly string[]): Promise<BillingLine[]> {
    const rows = await this.rows<LineRow>(
      `SELECT ${LINE} FROM billing_line WHERE connection_id = $1 AND subscription_id = ANY($2::text[]) AND is_mapped`,
      [connectionId, subscriptionIds],
    );
    return rows.map(fromLine);
  }

  async linesThatAreOver(
    connectionId: string,
    contractExternalIds: readonly string[],
  ): Promise<BillingLine[]> {
    const rows = await this.rows<LineRow>(
      `SELECT ${LINE} FROM billing_line WHERE connection_id = $1 AND contract_external_id = ANY($2::text[]) AND is_mapped
         AND (known ->> 'status' = 'cancelled' OR (known ->> 'quantity')::integer = 0)`,
      [connectionId, contractExternalIds],
    );
    return rows.map(fromLine);
  }

  lockLines(tx: Transaction, ids: readonly string[]): Promise<LineStanding[]> {
    return preparedRowsOf(
      managerOf(tx),
      `SELECT ${STANDING} FROM billing_line WHERE id = ANY($1::uuid[]) ORDER BY id FOR UPDATE`,
      [ids],
    );
  }

  standingOf(ids: readonly string[]): Promise<LineStanding[]> {
    return this.rows(`SELECT ${STANDING} FROM billing_line WHERE id = ANY($1::uuid[])`, [ids]);
  }

  async findLines(ids: readonly string[], tx?: Transaction): Promise<BillingLine[]> {
    const rows = await preparedRowsOf<LineRow>(
      tx === undefined ? this.dataSource.manager : managerOf(tx),
      `SELECT ${LINE} FROM billing_line WHERE id = ANY($1::uuid[])`,
      [ids],
    );
    return rows.map(fromLine);
  }

  boundLines(connectionId: string, contractExternalIds: readonly string[]): Promise<BoundLine[]> {
    return this.rows(
      `SELECT contract_external_id AS "contractExternalId", line_external_id AS "lineExternalId", id AS "lineId",
         NOT is_mapped AND NOT EXISTS (SELECT FROM billing_operation AS operation
           WHERE operation.line_id = billing_line.id AND operation.state IN ${UNSETTLED}) AS "isFree"
       FROM billing_line
       WHERE connection_id = $1 AND contract_external_id = ANY($2::text[]) AND line_external_id IS NOT NULL`,
      [connectionId, contractExternalIds],
    );
  }

  async formerLines(connectionId: string, subscriptionIds: readonly string[]): Promise<BillingLine[]> {
    const rows = await this.rows<LineRow>(
      `SELECT ${LINE} FROM billing_line WHERE connection_id = $1 AND subscription_id = ANY($2::text[]) AND NOT is_mapped
         AND line_external_id IS NOT NULL ORDER BY id`,
      [connectionId, subscriptionIds],
    );
    return rows.map(fromLine);
  }

  async leftLinesOf(connectionId: string, subscriptionIds: readonly string[]): Promise<BillingLine[]> {
    const rows = await this.rows<LineRow>(
      `SELECT ${LINE} FROM billing_line WHERE connection_id = $1 AND subscription_id = ANY($2::text[]) AND NOT is_mapped
       ORDER BY created_at DESC, id DESC`,
      [connectionId, subscriptionIds],
    );
    return rows.map(fromLine);
  }

  async bind(tx: Transaction, bound: readonly { lineId: string; lineExternalId: string }[]): Promise<void> {
    if (bound.length === 0) return;
    const given = [bound.map(({ lineId }) => lineId), bound.map(({ lineExternalId }) => lineExternalId)];
    await preparedRowsOf(
      managerOf(tx),
      `UPDATE billing_line AS line SET line_external_id = NULL
       FROM unnest($1::uuid[], $2::text[]) AS given (id, external_id)
       JOIN billing_line AS own ON own.id = given.id
       WHERE line.connection_id = own.connection_id AND line.line_external_id = given.external_id AND line.id <> own.id
         AND NOT line.is_mapped`,
      given,
    );
    await preparedRowsOf(
      managerOf(tx),
      `UPDATE billing_line AS line SET line_external_id = given.external_id
       FROM unnest($1::uuid[], $2::text[]) AS given (id, external_id) WHERE line.id = given.id`,
      given,
    );
  }

  /** In one statement, because each writes the row of a line anew with all its indexes. */
  async keepFacts(tx: Transaction, facts: readonly LineFacts[]): Promise<void> {
    if (facts.length === 0) return;
    const rows = facts.map(({ lineId, baseline, known }) => ({
      id: lineId,
      baseline: baseline === null ? null : toValues(baseline),
      known: known === null ? null : toSubscriptionJson(known),
    }));
    await preparedRowsOf(
      managerOf(tx),
      `UPDATE billing_line AS line SET baseline = coalesce(line.baseline, given.baseline),
         known = coalesce(given.known, line.known)
       FROM jsonb_to_recordset($1::jsonb) AS given (id uuid, baseline jsonb, known jsonb) WHERE line.id = given.id`,
      [JSON.stringify(rows)],
    );
  }

  async setKnownFromChange(tx: Transaction, lineId: string, revision: number): Promise<void> {
    await preparedRowsOf(
      managerOf(tx),
      `UPDATE billing_line AS line SET known = change.subscription FROM billing_change AS change
       WHERE line.id = $1 AND change.connection_id = line.connection_id AND change.subscription_id = line.subscription_id
         AND change.revision = $2 AND (line.known IS NULL OR (line.known ->> 'revision')::int <= $2)`,
      [lineId, revision],
    );
  }

  async unsettledSubscriptions(
    connectionId: string,
    subscriptionIds: readonly string[],
  ): Promise<Set<string>> {
    const rows = await this.rows<{ id: string }>(
      `SELECT subscription_id AS id FROM billing_change
       WHERE connection_id = $1 AND state = 'pending' AND subscription_id = ANY($2::text[])
       UNION
       SELECT line.subscription_id FROM billing_line AS line
       JOIN billing_operation AS operation ON operation.line_id = line.id
       WHERE line.connection_id = $1 AND line.subscription_id = ANY($2::text[])
         AND operation.state IN ${UNSETTLED}`,
      [connectionId, subscriptionIds],
    );
    return new Set(rows.map(({ id }) => id));
  }

  private rows<Row extends object>(sql: string, parameters: readonly unknown[]): Promise<Row[]> {
    return preparedRowsOf<Row>(this.dataSource.manager, sql, parameters);
  }
}
