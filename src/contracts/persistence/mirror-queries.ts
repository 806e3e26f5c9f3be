import { containing, type Statement } from '../../platform/persistence/sql.js';
import type { MirrorListKey, MirrorScope } from '../domain/mirror-reader.js';
import { companyCurrency } from './company-currency.js';
import { isUsualPage } from './usual-page.js';

/** A page of a list. */
export interface ListQuestion extends MirrorScope {
  /** The last row seen; none for the first page. */
  after: MirrorListKey | undefined;
  /** Part of a name or number. */
  search: string | undefined;
  /** Rows to read. */
  limit: number;
}

/**
 * Only the conditions that are asked for: planning takes a good part of the time. No index serves the search: reading every name of a
 * connection takes milliseconds.
 * @param rows their selection, and the values of its parameters
 */
function pageOf(
  rows: { text: string; values: readonly unknown[] },
  numberColumn: string,
  { after, search, limit }: ListQuestion,
): Statement {
  const values = [...rows.values];
  const parameter = (value: string) => `$${values.push(value)}::text`;
  const pattern = search === undefined ? null : parameter(containing(search));
  const conditions = [
    ...(pattern === null ? [] : [`(row.name ILIKE ${pattern} OR row.${numberColumn} ILIKE ${pattern})`]),
    ...(after === undefined ? [] : [`(row.name, row.external_id) > (${after.map(parameter).join(', ')})`]),
  ];
  const text = `${rows.text}
    ${conditions.map((condition) => `AND ${condition}`).join(' ')}
    ORDER BY row.name, row.external_id LIMIT ${limit}`;
  return { text, values, isPrepared: search === undefined && isUsualPage(limit) };
}

export function companies(question: ListQuestion): Statement {
  const text = `
    SELECT row.external_id AS "externalId", row.name, row.number, row.type, row.is_active AS "isActive",
      ${companyCurrency('$2', 'row')} AS currency, row.parent_external_id AS "parentExternalId", row.web_address AS "webAddress"
    FROM psa_company AS row
    LEFT JOIN psa_currency AS currency
      ON currency.connection_id = row.connection_id AND currency.external_id = row.currency_external_id
    WHERE row.connection_id = $1`;
  const values = [question.connectionId, question.internalCurrency];
  return pageOf({ text, values }, 'number', question);
}

export function services(question: ListQuestion): Statement {
  const text = `
    SELECT row.external_id AS "externalId", row.name, row.description, row.sku, row.period_type AS "periodType",
      row.is_active AS "isActive", row.unit_price AS "unitPrice", row.unit_cost AS "unitCost"
    FROM psa_service AS row
    WHERE row.connection_id = $1`;
  return pageOf({ text, values: [question.connectionId] }, 'sku', question);
}

export function contracts(question: ListQuestion): Statement {
  const values = [question.connectionId, question.internalCurrency];
  return pageOf({ text: CONTRACT_ROWS, values }, 'number', question);
}

/** `$1` connection, `$2` internal currency of the instance. */
const CONTRACT_ROWS = `
  SELECT row.external_id AS "externalId", row.name, row.number, row.type, row.is_active AS "isActive",
    row.period_type AS "periodType", row.starts_on::text AS "startsOn", row.ends_on::text AS "endsOn",
    row.company_external_id AS "companyExternalId", company.name AS "companyName",
    ${companyCurrency('$2')} AS currency
  FROM psa_contract AS row
  LEFT JOIN psa_company AS company
    ON company.connection_id = row.connection_id AND company.external_id = row.company_external_id
  LEFT JOIN psa_currency AS currency
    ON currency.connection_id = row.connection_id AND currency.external_id = company.currency_external_id
  WHERE row.connection_id = $1`;

/** `$2` internal currency of the instance, `$3` external id. */
export const CONTRACT = `${CONTRACT_ROWS} AND row.external_id = $3`;

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
