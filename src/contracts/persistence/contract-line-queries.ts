import { companyCurrency } from './company-currency.js';

interface LineKind {
  kind: 'service' | 'bundle';
  line: string;
  unit: string;
  service: string;
  /** Column of a line and of a unit row that names the service. */
  serviceKey: string;
  /** Column of a unit row that names the line. */
  lineKey: string;
  unitCost: string;
}

const KINDS: readonly LineKind[] = [
  {
    kind: 'bundle',
    line: 'psa_contract_service_bundle',
    unit: 'psa_contract_service_bundle_unit',
    service: 'psa_service_bundle',
    serviceKey: 'service_bundle_external_id',
    lineKey: 'contract_service_bundle_external_id',
    unitCost: 'NULL::numeric',
  },
  {
    kind: 'service',
    line: 'psa_contract_service',
    unit: 'psa_contract_service_unit',
    service: 'psa_service',
    serviceKey: 'service_external_id',
    lineKey: 'contract_service_external_id',
    unitCost: 'line.unit_cost',
  },
];

/**
 * The lines of the page are found first, so that only theirs are joined. Amounts travel as text inside the JSON of the unit rows, which else
 * would make floats of them.
 */
function linesOf({ kind, line, unit, service, serviceKey, lineKey, unitCost }: LineKind): string {
  const unitRows = (selection: string): string => `
    SELECT ${selection} FROM ${unit} AS unit
    WHERE unit.connection_id = line.connection_id AND unit.contract_external_id = line.contract_external_id
      AND unit.${lineKey} = line.external_id AND starts_on <= $2::date AND ends_on >= $2::date`;
  return `
    SELECT line.contract_external_id AS "contractId", '${kind}' AS kind, line.external_id AS "externalId",
      contract.name AS "contractName", contract.number AS "contractNumber", contract.period_type AS "periodType",
      contract.starts_on::text AS "contractStartsOn", contract.ends_on::text AS "contractEndsOn",
      contract.company_external_id AS "companyId", company.name AS "companyName",
      ${companyCurrency('$5')} AS currency, line.${serviceKey} AS "serviceId", service.name,
      line.description, line.unit_price AS "linePrice", line.internal_unit_price AS "lineInternalPrice",
      ${unitCost} AS "lineCost", units.rows
    FROM (
      SELECT line.* FROM ${line} AS line
      JOIN psa_contract AS contract
        ON contract.connection_id = line.connection_id AND contract.external_id = line.contract_external_id
      WHERE line.connection_id = $1 AND ($3::text IS NULL OR line.contract_external_id = $3::text)
        AND ($4::text IS NULL OR contract.company_external_id = $4::text)
        AND ($6::text IS NULL OR (line.contract_external_id, '${kind}', line.external_id) > ($6::text, $7::text, $8::text))
        AND EXISTS (${unitRows('1')})
      ORDER BY line.contract_external_id, line.external_id LIMIT $9::bigint
    ) AS line
    JOIN psa_contract AS contract
      ON contract.connection_id = line.connection_id AND contract.external_id = line.contract_external_id
    LEFT JOIN psa_company AS company
      ON company.connection_id = line.connection_id AND company.external_id = contract.company_external_id
    LEFT JOIN psa_currency AS currency
      ON currency.connection_id = line.connection_id AND currency.external_id = company.currency_external_id
    LEFT JOIN ${service} AS service
      ON service.connection_id = line.connection_id AND service.external_id = line.${serviceKey}
    CROSS JOIN LATERAL (${unitRows(`json_agg(json_build_object(
        'startsOn', starts_on, 'endsOn', ends_on, 'units', units::text, 'price', price::text,
        'internalPrice', internal_price::text, 'cost', cost::text, 'postedAt', posted_at
      ) ORDER BY starts_on, length(external_id), external_id) AS rows`)}) AS units`;
}

/**
 * `$1` connection, `$2` day, `$3` contract and `$4` company (null for all), `$5` internal currency, `$6` to `$8` contract, kind and
 * external id of the last row seen (null for the first page), `$9` rows to read.
 */
export const CONTRACT_LINES = `
  SELECT * FROM (${KINDS.map((kind) => `(${linesOf(kind)})`).join(' UNION ALL ')}) AS lines
  ORDER BY "contractId", kind, "externalId" LIMIT $9::bigint`;
