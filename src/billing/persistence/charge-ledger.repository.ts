import { Injectable } from '@nestjs/common';
import { InjectDataSource } from '@nestjs/typeorm';
import type { DataSource } from 'typeorm';
import type { Connection } from '../../connections/domain/connection.js';
import { PSA_CONNECTOR_DATA_SOURCE } from '../../platform/persistence/data-source.js';
import { rowsOf } from '../../platform/persistence/sql.js';
import { importedKeysOf } from '../domain/charge-item.js';
import type { ChargeLedger, LedgerQuestion, SettledElsewhere } from '../domain/charge-ledger.js';
import { COLUMNS, fromRow, type OperationRow } from './operation-row.js';

@Injectable()
export class ChargeLedgerRepository implements ChargeLedger {
  constructor(@InjectDataSource(PSA_CONNECTOR_DATA_SOURCE) private readonly dataSource: DataSource) {}

  async settledElsewhere(
    { id, tenantId, currency, instance }: Connection,
    { months, keys, customerIds }: LedgerQuestion,
  ): Promise<SettledElsewhere[]> {
    if (keys.length === 0 && customerIds.length === 0) return [];
    // By connection, because that is what the index of settled months begins with.
    const rows = await rowsOf<OperationRow & { isSameMoney: boolean }>(
      this.dataSource.manager,
      `SELECT ${COLUMNS}, other.is_same_money AS "isSameMoney" FROM (
         SELECT id AS other_id, state = 'removed' AS is_removed,
           currency = $6 AND coalesce(internal_currency, currency) = $7 AS is_same_money
         FROM connection WHERE tenant_id = $1 AND id <> $2
       ) AS other
       JOIN billing_operation ON connection_id = other_id
       WHERE step -> 'settles' ->> 'month' = ANY($3::text[]) AND step ->> 'rule' <> 'refused'
         AND NOT (is_removed AND state = 'pending' AND attempts = 0)
         AND EXISTS (SELECT FROM jsonb_array_elements(step -> 'settles' -> 'amounts') AS amount
           WHERE amount ->> 'key' = ANY($4::text[])
             OR split_part(amount ->> 'key', '/', 1) || '/' || split_part(amount ->> 'key', '/', 2) || '/' = ANY($5::text[]))
       ORDER BY sequence`,
      [
        tenantId,
        id,
        months,
        keys,
        customerIds.map(importedKeysOf),
        currency,
        instance.internalCurrency ?? currency,
      ],
    );
    return rows.map(({ isSameMoney, ...row }) => ({ operation: fromRow(row), isSameMoney }));
  }

  async chargesWithoutSettlement(tenantId: string, chargeIds: readonly string[]): Promise<Set<string>> {
    const rows = await rowsOf<{ id: string }>(
      this.dataSource.manager,
      `SELECT step -> 'charge' ->> 'chargeId' AS id FROM billing_operation
       WHERE connection_id IN (SELECT id FROM connection WHERE tenant_id = $1)
         AND kind = 'createCharge' AND state <> 'dismissed' AND step -> 'settles' IS NULL
         AND step -> 'charge' ->> 'chargeId' = ANY($2::text[])`,
      [tenantId, chargeIds],
    );
    return new Set(rows.map(({ id }) => id));
  }
}
