import { Injectable } from '@nestjs/common';
import { InjectDataSource } from '@nestjs/typeorm';
import type { DataSource } from 'typeorm';
import { MoneyDecimal } from '../../kernel/money.js';
import type { Transaction } from '../../kernel/transaction.js';
import { translatingViolations } from '../../platform/persistence/constraint-violation.js';
import { PSA_CONNECTOR_DATA_SOURCE } from '../../platform/persistence/data-source.js';
import { rowsOf } from '../../platform/persistence/sql.js';
import { managerOf } from '../../platform/persistence/transaction-runner.js';
import { MarginScopeTakenError } from '../domain/billing.errors.js';
import type { MarginKind, MarginMethod, MarginRule } from '../domain/margin-rule.js';
import type { MarginStore, StoredMarginRule } from '../domain/margin-store.js';

interface Row {
  connectionId: string;
  id: string;
  method: MarginMethod;
  percent: string;
  customerId: string | null;
  productId: string | null;
  skuId: string | null;
  kind: MarginKind | null;
  promotions: MarginRule['promotions'];
  isNotAboveErp: boolean;
  isNotBelowList: boolean;
  minUnitPrice: string | null;
  maxUnitPrice: string | null;
  updatedAt: Date;
  updatedById: string;
  updatedByName: string;
}

const COLUMNS = `connection_id AS "connectionId", id, method, percent, customer_id AS "customerId", product_id AS "productId",
  sku_id AS "skuId", charge_kind AS kind, promotions, not_above_erp AS "isNotAboveErp", not_below_list AS "isNotBelowList",
  min_unit_price AS "minUnitPrice", max_unit_price AS "maxUnitPrice", updated_at AS "updatedAt",
  updated_by_id AS "updatedById", updated_by_name AS "updatedByName"`;

@Injectable()
export class MarginRuleRepository implements MarginStore {
  constructor(@InjectDataSource(PSA_CONNECTOR_DATA_SOURCE) private readonly dataSource: DataSource) {}

  async list(connectionId: string): Promise<StoredMarginRule[]> {
    const rows = await rowsOf<Row>(
      this.dataSource.manager,
      `SELECT ${COLUMNS} FROM margin_rule WHERE connection_id = $1 ORDER BY id COLLATE "C"`,
      [connectionId],
    );
    return rows.map(fromRow);
  }

  async lock(tx: Transaction, connectionId: string, id: string): Promise<StoredMarginRule | null> {
    const manager = managerOf(tx);
    // Also holds off a second first writing of the rule, where there is no row to lock.
    const name = JSON.stringify(['margin_rule', connectionId, id]);
    await manager.query('SELECT pg_advisory_xact_lock(hashtextextended($1, 0))', [name]);
    const [row] = await rowsOf<Row>(
      manager,
      `SELECT ${COLUMNS} FROM margin_rule WHERE connection_id = $1 AND id = $2 FOR UPDATE`,
      [connectionId, id],
    );
    return row === undefined ? null : fromRow(row);
  }

  async put(tx: Transaction, rule: StoredMarginRule): Promise<void> {
    const row = toRow(rule);
    const columns = Object.keys(row);
    const write = managerOf(tx).query(
      `INSERT INTO margin_rule (${columns.join(', ')}) VALUES (${columns.map((_, index) => `$${index + 1}`).join(', ')})
       ON CONFLICT (connection_id, id) DO UPDATE SET ${columns.map((name) => `${name} = excluded.${name}`).join(', ')}`,
      Object.values(row),
    );
    await translatingViolations(write, { margin_rule_scope_uq: () => new MarginScopeTakenError() });
  }

  async remove(tx: Transaction, connectionId: string, id: string): Promise<void> {
    await rowsOf(managerOf(tx), 'DELETE FROM margin_rule WHERE connection_id = $1 AND id = $2', [
      connectionId,
      id,
    ]);
  }
}

function fromRow(row: Row): StoredMarginRule {
  const {
    customerId,
    productId,
    skuId,
    kind,
    percent,
    minUnitPrice,
    maxUnitPrice,
    updatedById,
    updatedByName,
    ...rest
  } = row;
  return {
    ...rest,
    scope: { customerId, productId, skuId, kind },
    percent: new MoneyDecimal(percent),
    minUnitPrice: minUnitPrice === null ? null : new MoneyDecimal(minUnitPrice),
    maxUnitPrice: maxUnitPrice === null ? null : new MoneyDecimal(maxUnitPrice),
    updatedBy: { id: updatedById, name: updatedByName },
  };
}

/** Every column by name. */
function toRow(rule: StoredMarginRule): Record<string, unknown> {
  const { scope, updatedBy } = rule;
  return {
    connection_id: rule.connectionId,
    id: rule.id,
    method: rule.method,
    percent: rule.percent.toFixed(),
    customer_id: scope.customerId,
    product_id: scope.productId,
    sku_id: scope.skuId,
    charge_kind: scope.kind,
    promotions: rule.promotions,
    not_above_erp: rule.isNotAboveErp,
    not_below_list: rule.isNotBelowList,
    min_unit_price: rule.minUnitPrice?.toFixed() ?? null,
    max_unit_price: rule.maxUnitPrice?.toFixed() ?? null,
    updated_at: rule.updatedAt,
    updated_by_id: updatedBy.id,
    updated_by_name: updatedBy.name,
  };
}
