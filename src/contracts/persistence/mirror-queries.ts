import { companyCurrency } from './company-currency.js';

/**
 * `$1` connection, `$2` and `$3` name and external id of the last row seen (null for the first page), `$4` rows to read, `$5` pattern
 * to search for (null for all). No index serves the search: reading every name of a connection takes milliseconds.
 */
function nextPage(numberColumn: string): string {
  return `
    AND ($5::text IS NULL OR row.name ILIKE $5::text OR row.${numberColumn} ILIKE $5::text)
    AND ($2::text IS NULL OR (row.name, row.external_id) > ($2::text, $3::text))
    ORDER BY row.name, row.external_id
    LIMIT $4`;
}

/** `$6` internal currency of the instance. */
export const COMPANIES = `
  SELECT row.external_id AS "externalId", row.name, row.number, row.type, row.is_active AS "isActive",
    ${companyCurrency('$6', 'row')} AS currency, row.parent_external_id AS "parentExternalId", row.web_address AS "webAddress"
  FROM psa_company AS row
  LEFT JOIN psa_currency AS currency
    ON currency.connection_id = row.connection_id AND currency.external_id = row.currency_external_id
  WHERE row.connection_id = $1 ${nextPage('number')}`;

export const SERVICES = `
  SELECT row.external_id AS "externalId", row.name, row.description, row.sku, row.period_type AS "periodType",
    row.is_active AS "isActive", row.unit_price AS "unitPrice", row.unit_cost AS "unitCost"
  FROM psa_service AS row
  WHERE row.connection_id = $1 ${nextPage('sku')}`;

function contractRows(internalCurrency: string): string {
  return `
    SELECT row.external_id AS "externalId", row.name, row.number, row.type, row.is_active AS "isActive",
      row.period_type AS "periodType", row.starts_on::text AS "startsOn", row.ends_on::text AS "endsOn",
      row.company_external_id AS "companyExternalId", company.name AS "companyName",
      ${companyCurrency(internalCurrency)} AS currency
    FROM psa_contract AS row
    LEFT JOIN psa_company AS company
      ON company.connection_id = row.connection_id AND company.external_id = row.company_external_id
    LEFT JOIN psa_currency AS currency
      ON currency.connection_id = row.connection_id AND currency.external_id = company.currency_external_id
    WHERE row.connection_id = $1`;
}

/** `$6` internal currency of the instance. */
export const CONTRACTS = `${contractRows('$6')} ${nextPage('number')}`;

/** `$2` external id, `$3` internal currency of the instance. */
export const CONTRACT = `${contractRows('$3')} AND row.external_id = $2`;

/**
 * `$2` contracts, `$3` day. The units in force are those of the row whose range includes the day; where rows overlap, the later one
 * holds the newer change.
 */
export const CONTRACT_SERVICES = `
  SELECT line.external_id AS "externalId", line.contract_external_id AS "contractExternalId",
    line.service_external_id AS "serviceId", service.name, line.description, unit.units,
    line.unit_price AS "unitPrice", line.unit_cost AS "unitCost"
  FROM psa_contract_service AS line
  LEFT JOIN psa_service AS service
    ON service.connection_id = line.connection_id AND service.external_id = line.service_external_id
  LEFT JOIN LATERAL (
    SELECT units FROM psa_contract_service_unit
    WHERE connection_id = line.connection_id AND contract_external_id = line.contract_external_id
      AND contract_service_external_id = line.external_id
      AND starts_on <= $3::date AND ends_on >= $3::date
    ORDER BY starts_on DESC LIMIT 1
  ) AS unit ON true
  WHERE line.connection_id = $1 AND line.contract_external_id = ANY($2::text[])
  ORDER BY service.name, line.external_id`;
