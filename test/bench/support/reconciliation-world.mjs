// A tenant with as many lines of a bill as asked for, made by the database itself: four lines (a month, a refund, a charge and usage)
// for each subscription, five subscriptions for each customer, a contract for each subscription. Every tenth contract has a seat too many.
export const TENANT = 'tenant-of-the-bench';
export const CONNECTION = '00000000-0000-4000-8000-00000000000a';
export const LINES_PER_SUBSCRIPTION = 4;
const CUSTOMER_MAPPING = `('00000000-0000-4000-9000-' || lpad(c::text, 12, '0'))::uuid`;
const OFFER_MAPPING = '00000000-0000-4000-8000-00000000000b';
const IMPORT = '00000000-0000-4000-8000-00000000000c';
const NOW = `'2026-12-01T00:00:00Z'::timestamptz`;

/** `s` numbers subscriptions, `c` customers. */
const STATEMENTS = [
  `INSERT INTO connection (id, tenant_id, root_tenant_id, provider, alias, currency, state, username, instance_id, zone_name, api_url,
     web_url, internal_currency, instance_metadata, capabilities, access_report, created_at, created_by_id, created_by_name)
   SELECT '${CONNECTION}', '${TENANT}', '${TENANT}', 'autotask', 'bench', 'EUR', 'active', 'u', '1', 'z', 'https://a', 'https://b', 'EUR',
     '{}', '{}', '{}', ${NOW}, 'b', 'Bench' WHERE $1::int > 0`,
  `INSERT INTO customer (tenant_id, id, name, recorded_at) SELECT '${TENANT}', 'customer-' || c, 'Customer ' || c, ${NOW}
   FROM generate_series(0, ($1::int - 1) / 5) AS c`,
  `INSERT INTO subscription (tenant_id, id, customer_id, product_id, sku_id, offer_name, segment, term, billing_cycle, kind, quantity,
     status, starts_on, currency, unit_cost, unit_price, effective_on, revision, recorded_at, recorded_by_id, recorded_by_name)
   SELECT '${TENANT}', 'subscription-' || s, 'customer-' || s / 5, 'p', 's', 'Offer', 'commercial', 'P1Y', 'monthly', 'license', 8,
     'active', '2026-01-01', 'EUR', 7, 10, '2026-11-10', 2, ${NOW}, 'b', 'Bench' FROM generate_series(0, $1::int - 1) AS s`,
  `INSERT INTO subscription_revision SELECT * FROM subscription WHERE $1::int > 0`,
  `INSERT INTO subscription_revision SELECT (jsonb_populate_record(subscription,
     '{"revision": 1, "quantity": 5, "effective_on": "2026-01-01"}')).* FROM subscription WHERE $1::int > 0`,
  `INSERT INTO customer_mapping (id, connection_id, tenant_id, changed_at, changed_by_id, changed_by_name, customer_id, company_external_id)
   SELECT ${CUSTOMER_MAPPING}, '${CONNECTION}', '${TENANT}', ${NOW}, 'b', 'Bench', 'customer-' || c, c::text
   FROM generate_series(0, ($1::int - 1) / 5) AS c`,
  `INSERT INTO offer_mapping (id, connection_id, tenant_id, changed_at, changed_by_id, changed_by_name, product_id, sku_id, segment, term,
     billing_cycle, offer_name, service_external_id)
   SELECT '${OFFER_MAPPING}', '${CONNECTION}', '${TENANT}', ${NOW}, 'b', 'Bench', 'p', 's', 'commercial', 'P1Y', 'monthly', 'Offer', '5'
   WHERE $1::int > 0`,
  `INSERT INTO subscription_mapping (id, connection_id, tenant_id, changed_at, changed_by_id, changed_by_name, root_tenant_id,
     subscription_id, customer_id, customer_mapping_id, offer_mapping_id, contract_external_id)
   SELECT gen_random_uuid(), '${CONNECTION}', '${TENANT}', ${NOW}, 'b', 'Bench', '${TENANT}', 'subscription-' || s, 'customer-' || c,
     ${CUSTOMER_MAPPING}, '${OFFER_MAPPING}', s::text
   FROM (SELECT s, s / 5 AS c FROM generate_series(0, $1::int - 1) AS s) AS numbered`,
  `INSERT INTO billing_line (id, connection_id, tenant_id, subscription_id, contract_external_id, service_external_id, line_external_id,
     is_mapped, created_at)
   SELECT gen_random_uuid(), '${CONNECTION}', '${TENANT}', 'subscription-' || s, s::text, '5', s::text, true, ${NOW}
   FROM generate_series(0, $1::int - 1) AS s`,
  `INSERT INTO psa_currency SELECT '${CONNECTION}', '1', 'EUR', true, true, 1 WHERE $1::int > 0`,
  `INSERT INTO psa_company (connection_id, external_id, name, type, is_active, currency_external_id)
   SELECT '${CONNECTION}', c::text, 'Company ' || c, 'customer', true, '1' FROM generate_series(0, ($1::int - 1) / 5) AS c`,
  `INSERT INTO psa_service (connection_id, external_id, name, period_type, is_active)
   SELECT '${CONNECTION}', '5', 'Offer', 'monthly', true WHERE $1::int > 0`,
  `INSERT INTO psa_contract (connection_id, external_id, company_external_id, name, type, is_active, period_type, starts_on, ends_on)
   SELECT '${CONNECTION}', s::text, (s / 5)::text, 'Contract ' || s, 'recurring_service', true, 'monthly', '2026-01-01', '2026-12-31'
   FROM generate_series(0, $1::int - 1) AS s`,
  `INSERT INTO psa_contract_service (connection_id, external_id, contract_external_id, service_external_id, unit_price, unit_cost)
   SELECT '${CONNECTION}', s::text, s::text, '5', 10, 7 FROM generate_series(0, $1::int - 1) AS s`,
  `INSERT INTO psa_contract_service_unit (connection_id, external_id, contract_external_id, contract_service_external_id,
     service_external_id, starts_on, ends_on, units, price, cost)
   SELECT '${CONNECTION}', s || part.code, s::text, s::text, '5', part.first::date, part.last::date, units, units * 10 * days / 30.0,
     units * 7 * days / 30.0
   FROM generate_series(0, $1::int - 1) AS s, (VALUES ('1', '2026-11-01', '2026-11-09', 9), ('2', '2026-11-10', '2026-11-30', 21))
     AS part (code, first, last, days),
     LATERAL (SELECT CASE WHEN part.code = '1' THEN 5 ELSE 8 END + CASE WHEN s % 10 = 0 THEN 1 ELSE 0 END AS units) AS held`,
  `INSERT INTO billing_import (id, tenant_id, content_sha256, content_bytes, format, options, detected, state, correlation_id,
     created_by_id, created_by_name, created_at, touched_at)
   SELECT '${IMPORT}', '${TENANT}', 'x', 1, 'nceReconciliation', '{}', '{}', 'queued', 'c', 'b', 'Bench', ${NOW}, ${NOW} WHERE $1::int > 0`,
  `INSERT INTO imported_line (tenant_id, import_id, line_number, line_key, content_digest, source, billing_month, customer_id,
     customer_name, subscription_id, product_id, sku_id, product_name, charge_type, charge_start, charge_end, order_date, quantity,
     unit_price, subtotal, total, currency, reference_id)
   SELECT '${TENANT}', '${IMPORT}', s * 4 + line, s || '-' || line, md5(s || '-' || line), 'nceReconciliation', '2026-11-01',
     'customer-' || s / 5, 'Customer ' || s / 5, 'subscription-' || s, 'p', 's', 'Offer', type, first::date, '2026-11-30', first::date,
     quantity, 7, subtotal, subtotal, 'EUR', 'r-' || s
   FROM generate_series(0, $1::int - 1) AS s, (VALUES (0, 'cycleCharge', '2026-11-01', 5, 35.00), (1, 'addQuantity', '2026-11-10', 5, -24.50),
     (2, 'addQuantity', '2026-11-10', 8, 39.20), (3, 'customerCredit', '2026-11-30', 1, -0.10))
     AS part (line, type, first, quantity, subtotal)`,
];

/** Fills the tables the bench needs for a number of lines. */
export async function fillWorld(dataSource, lines) {
  const subscriptions = Math.floor(lines / LINES_PER_SUBSCRIPTION);
  for (const sql of STATEMENTS) await dataSource.query(sql, [subscriptions]);
  await dataSource.query('ANALYZE');
  return subscriptions;
}
