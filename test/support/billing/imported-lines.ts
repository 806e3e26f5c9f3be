import { randomUUID } from 'node:crypto';
import type { Connector } from '../connector.js';

export interface ImportedLineValues {
  source?: 'nceReconciliation' | 'dailyUsage' | 'focus';
  billingMonth: string;
  customerId: string;
  subscriptionId?: string | null;
  productId?: string;
  skuId?: string;
  productName?: string;
  chargeType?: string;
  subtotal: string;
  currency?: string;
  tenantId?: string;
}

/** Lines as an import leaves them; a file of their own each time. @returns the id of the import */
export async function importLines(
  connector: Connector,
  lines: readonly ImportedLineValues[],
): Promise<string> {
  const id = randomUUID();
  const [first] = lines;
  const tenantId = first?.tenantId ?? 'tenant-a';
  await connector.rows(
    `INSERT INTO psa_connector.billing_import (id, tenant_id, content_sha256, content_bytes, format, options, detected, state,
       correlation_id, created_by_id, created_by_name, created_at, touched_at, finished_at)
     VALUES ($1::uuid, $2, $3, 1, 'nceReconciliation', '{}', '{}', 'succeeded', $3, 'admin', 'Admin', now(), now(), now())`,
    [id, tenantId, id],
  );
  for (const [index, line] of lines.entries()) {
    await connector.rows(
      `INSERT INTO psa_connector.imported_line (tenant_id, import_id, line_number, line_key, content_digest, source, billing_month,
         customer_id, customer_name, subscription_id, product_id, sku_id, product_name, charge_type, charge_start, charge_end,
         quantity, unit_price, subtotal, total, currency)
       VALUES ($1, $2::uuid, $3::integer, $14, '', $4, $5::date, $6, $6, $7, $8, $9, $10, $11, $5::date,
         ($5::date + interval '1 month - 1 day')::date, 1, $12::numeric, $12::numeric, $12::numeric, $13)`,
      [
        tenantId,
        id,
        index + 1,
        line.source ?? 'nceReconciliation',
        line.billingMonth,
        line.customerId,
        line.subscriptionId ?? null,
        line.productId ?? 'DZH318Z0BPS6',
        line.skuId ?? '0001',
        line.productName ?? 'Azure plan',
        line.chargeType ?? 'usage',
        line.subtotal,
        line.currency ?? 'EUR',
        `${id}/${index}`,
      ],
    );
  }
  return id;
}

/** What a corrected file does to the lines of an earlier one. */
export async function supersede(connector: Connector, earlier: string, by: string): Promise<void> {
  await connector.rows('UPDATE psa_connector.imported_line SET superseded_by = $2 WHERE import_id = $1', [
    earlier,
    by,
  ]);
}
