import { Injectable } from '@nestjs/common';
import { InjectDataSource } from '@nestjs/typeorm';
import type { DataSource, EntityManager } from 'typeorm';
import { currencyCode } from '../../kernel/currency.js';
import { money } from '../../kernel/money.js';
import { type Page, type PageRequest, toPage } from '../../kernel/page.js';
import type { Transaction } from '../../kernel/transaction.js';
import { PSA_CONNECTOR_DATA_SOURCE } from '../../platform/persistence/data-source.js';
import { rowsOf } from '../../platform/persistence/sql.js';
import { managerOf } from '../../platform/persistence/transaction-runner.js';
import type { DriftFinding, DriftState, DriftStore, NotedFinding } from '../domain/drift.js';
import { fromValues, toValues } from './json-codec.js';

interface DriftRow extends Omit<DriftFinding, 'expected' | 'actual' | 'impact' | 'decidedBy'> {
  expected: object;
  actual: object;
  impactAmount: string;
  impactCurrency: string;
  decidedById: string | null;
  decidedByName: string | null;
}

const COLUMNS = `id, connection_id AS "connectionId", tenant_id AS "tenantId", line_id AS "lineId",
  subscription_id AS "subscriptionId", cause, (SELECT contract_external_id FROM billing_line AS line
    WHERE line.id = billing_drift.line_id) AS "contractExternalId", expected, actual, impact_amount AS "impactAmount",
  impact_currency AS "impactCurrency", state, found_at AS "foundAt", seen_at AS "seenAt", decided_at AS "decidedAt",
  decided_by_id AS "decidedById", decided_by_name AS "decidedByName"`;

@Injectable()
export class DriftRepository implements DriftStore {
  constructor(@InjectDataSource(PSA_CONNECTOR_DATA_SOURCE) private readonly dataSource: DataSource) {}

  async list(
    connectionId: string,
    state: DriftState | undefined,
    { limit }: PageRequest,
    before: readonly string[] | undefined,
  ): Promise<Page<DriftFinding>> {
    const rows = await this.rows(
      this.dataSource.manager,
      `connection_id = $1 AND ($2::text IS NULL OR state = $2)
         AND ($3::timestamptz IS NULL OR (found_at, id) < ($3, $4::uuid))
       ORDER BY found_at DESC, id DESC LIMIT $5`,
      [connectionId, state ?? null, before?.[0] ?? null, before?.[1] ?? null, limit + 1],
    );
    return toPage(rows, limit, ({ foundAt, id }) => [foundAt.toISOString(), id]);
  }

  async find(id: string): Promise<DriftFinding | null> {
    return (await this.rows(this.dataSource.manager, 'id = $1', [id]))[0] ?? null;
  }

  async lock(tx: Transaction, id: string): Promise<DriftFinding | null> {
    return (await this.rows(managerOf(tx), 'id = $1 FOR UPDATE', [id]))[0] ?? null;
  }

  openAndKept(connectionId: string): Promise<DriftFinding[]> {
    return this.rows(
      this.dataSource.manager,
      `connection_id = $1 AND (state = 'open' OR id IN (
         SELECT DISTINCT ON (line_id) id FROM billing_drift WHERE connection_id = $1 AND state = 'kept'
         ORDER BY line_id, decided_at DESC))`,
      [connectionId],
    );
  }

  async put(tx: Transaction, finding: NotedFinding): Promise<void> {
    await rowsOf(
      managerOf(tx),
      `INSERT INTO billing_drift (id, connection_id, tenant_id, line_id, subscription_id, expected, actual, impact_amount,
         impact_currency, state, found_at, seen_at, decided_at, decided_by_id, decided_by_name, cause)
       VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16)
       ON CONFLICT (id) DO UPDATE SET cause = $16, expected = $6, actual = $7, impact_amount = $8, state = $10, seen_at = $12,
         decided_at = $13, decided_by_id = $14, decided_by_name = $15`,
      [
        finding.id,
        finding.connectionId,
        finding.tenantId,
        finding.lineId,
        finding.subscriptionId,
        JSON.stringify(toValues(finding.expected)),
        JSON.stringify(toValues(finding.actual)),
        finding.impact.amount.toFixed(),
        finding.impact.currency,
        finding.state,
        finding.foundAt,
        finding.seenAt,
        finding.decidedAt,
        finding.decidedBy?.id ?? null,
        finding.decidedBy?.name ?? null,
        finding.cause,
      ],
    );
  }

  private async rows(
    manager: EntityManager,
    where: string,
    parameters: readonly unknown[],
  ): Promise<DriftFinding[]> {
    const rows = await rowsOf<DriftRow>(
      manager,
      `SELECT ${COLUMNS} FROM billing_drift WHERE ${where}`,
      parameters,
    );
    return rows.map(({ impactAmount, impactCurrency, decidedById, decidedByName, ...row }) => ({
      ...row,
      expected: fromValues(row.expected),
      actual: fromValues(row.actual),
      impact: money(impactAmount, currencyCode(impactCurrency)),
      decidedBy: decidedById === null ? null : { id: decidedById, name: decidedByName ?? '' },
    }));
  }
}
