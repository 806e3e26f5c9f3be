import { companyCurrency } from './company-currency.js';

const ITEMS = (where: string): string => `
  SELECT json_agg(json_build_object('externalId', item.external_id, 'price', item.price::text,
      'invoiceId', item.invoice_external_id, 'number', invoice.number, 'isVoided', invoice.is_voided)
    ORDER BY length(item.external_id), item.external_id) AS items
  FROM psa_billing_item AS item
  LEFT JOIN psa_invoice AS invoice
    ON invoice.connection_id = item.connection_id AND invoice.external_id = item.invoice_external_id
  WHERE item.connection_id = $1 AND ${where}`;

const CURRENCY = `${companyCurrency('$2')} AS currency`;
const COMPANY = `
  LEFT JOIN psa_company AS company
    ON company.connection_id = contract.connection_id AND company.external_id = contract.company_external_id
  LEFT JOIN psa_currency AS currency
    ON currency.connection_id = contract.connection_id AND currency.external_id = company.currency_external_id`;

/**
 * Lines that a condition picks, with the unit rows of some days. The billing item of a unit row is told by the row's number, on instances
 * that do not tell by contract service and day.
 */
const lines = (from: string, to: string, where: string): string => `
  SELECT line.external_id AS "externalId", line.contract_external_id AS "contractExternalId", contract.name AS "contractName",
    contract.company_external_id AS "companyExternalId", coalesce(company.name, contract.company_external_id) AS "companyName",
    customer.customer_id AS "customerId", line.service_external_id AS "serviceExternalId",
    coalesce(service.name, line.service_external_id) AS "serviceName", ${CURRENCY}, line.unit_price AS "unitPrice",
    contract.period_type AS "periodType", contract.starts_on::text AS "startsOn", contract.ends_on::text AS "endsOn",
    coalesce(units.rows, '[]') AS rows
  FROM psa_contract_service AS line
  JOIN psa_contract AS contract
    ON contract.connection_id = line.connection_id AND contract.external_id = line.contract_external_id${COMPANY}
  LEFT JOIN psa_service AS service
    ON service.connection_id = line.connection_id AND service.external_id = line.service_external_id
  LEFT JOIN customer_mapping AS customer
    ON customer.connection_id = line.connection_id AND customer.company_external_id = contract.company_external_id
      AND customer.archived_at IS NULL
  CROSS JOIN LATERAL (
    SELECT json_agg(json_build_object('externalId', unit.external_id, 'startsOn', unit.starts_on, 'endsOn', unit.ends_on,
        'units', unit.units::text, 'price', unit.price::text, 'isPosted', unit.posted_at IS NOT NULL, 'items', posted.items)
      ORDER BY unit.starts_on, length(unit.external_id), unit.external_id) AS rows
    FROM psa_contract_service_unit AS unit
    LEFT JOIN LATERAL (${ITEMS(`item.contract_external_id = unit.contract_external_id
      AND (item.contract_service_unit_external_id = unit.external_id
        OR (item.contract_service_unit_external_id IS NULL AND item.contract_service_external_id = unit.contract_service_external_id
          AND item.item_on = unit.starts_on))`)}) AS posted ON unit.posted_at IS NOT NULL
    WHERE unit.connection_id = line.connection_id AND unit.contract_external_id = line.contract_external_id
      AND unit.contract_service_external_id = line.external_id AND unit.starts_on <= ${to}::date AND unit.ends_on >= ${from}::date
  ) AS units
  WHERE line.connection_id = $1 AND ${where}`;

/** `$1` connection, `$2` internal currency, `$3` contracts, `$4` and `$5` first and last day. */
export const BILLED_LINES = `${lines('$4', '$5', 'line.contract_external_id = ANY($3::text[])')}
  ORDER BY line.contract_external_id, line.external_id`;

/**
 * `$1` connection, `$2` internal currency, `$3` and `$4` first and last day, `$5` the last line seen (null for the first page), `$6` rows. A
 * subscription stands behind the line it is bound to, and behind any line of its service where it is bound to none.
 */
export const STRAY_LINES = `${lines(
  '$3',
  '$4',
  `($5::text IS NULL OR line.external_id > $5::text) AND units.rows IS NOT NULL
    AND EXISTS (SELECT FROM offer_mapping AS offer WHERE offer.connection_id = line.connection_id AND offer.archived_at IS NULL
      AND offer.service_external_id = line.service_external_id)
    AND NOT EXISTS (SELECT FROM subscription_mapping AS mapping JOIN offer_mapping AS offer ON offer.id = mapping.offer_mapping_id
      WHERE mapping.connection_id = line.connection_id AND mapping.archived_at IS NULL
        AND mapping.contract_external_id = line.contract_external_id AND offer.service_external_id = line.service_external_id)`,
)}
  ORDER BY line.external_id LIMIT $6`;

/** `$1` connection, `$2` internal currency, `$3` charges. */
export const CONTRACT_CHARGES = `
  SELECT charge.external_id AS "externalId", charge.contract_external_id AS "contractExternalId", charge.name,
    charge.charged_on::text AS "chargedOn", coalesce(charge.price, charge.unit_price * charge.units) AS price, ${CURRENCY},
    charge.is_billed AS "isBilled", posted.items
  FROM psa_contract_charge AS charge
  JOIN psa_contract AS contract
    ON contract.connection_id = charge.connection_id AND contract.external_id = charge.contract_external_id${COMPANY}
  LEFT JOIN LATERAL (${ITEMS(`item.contract_external_id = charge.contract_external_id
    AND item.contract_charge_external_id = charge.external_id`)}) AS posted ON charge.is_billed
  WHERE charge.connection_id = $1 AND charge.external_id = ANY($3::text[])
  ORDER BY charge.charged_on, length(charge.external_id), charge.external_id`;

/** `$1` tenant, `$2` customers, `$3` subscriptions. */
export const BINDINGS = `
  SELECT 'customer' AS kind, customer_id AS id, connection_id AS "connectionId", company_external_id IS NULL AS "isExcluded"
  FROM customer_mapping WHERE tenant_id = $1 AND archived_at IS NULL AND customer_id = ANY($2::text[])
  UNION ALL
  SELECT 'subscription', subscription_id, connection_id, contract_external_id IS NULL
  FROM subscription_mapping WHERE tenant_id = $1 AND archived_at IS NULL AND subscription_id = ANY($3::text[])`;
