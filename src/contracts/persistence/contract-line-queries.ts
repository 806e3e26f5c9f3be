import type { Statement } from '../../platform/persistence/sql.js';
import type { ContractLineFilter, ContractLineKey } from '../domain/contract-line.js';
import type { MirrorScope } from '../domain/mirror-reader.js';
import { companyCurrency } from './company-currency.js';
import { isUsualPage } from './usual-page.js';

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

/** What is asked of the lines of a connection; each absent one is a condition less, which also makes planning quicker. */
export interface LineQuestion extends MirrorScope, ContractLineFilter {
  /** The last row seen; none for the first page. */
  after: ContractLineKey | undefined;
  /** Rows to read. */
  limit: number;
}

interface Parameters {
  asOf: string;
  internalCurrency: string;
  conditions: (line: LineKind) => string[];
}

/** Amounts travel as text inside the JSON of the unit rows, which else would make floats of them. */
function linesOf(line: LineKind, { asOf, internalCurrency, conditions }: Parameters, limit: number): string {
  const { kind, unit, service, serviceKey, lineKey, unitCost } = line;
  return `
    SELECT line.contract_external_id AS "contractId", '${kind}' AS kind, line.external_id AS "externalId",
      contract.name AS "contractName", contract.number AS "contractNumber", contract.period_type AS "periodType",
      contract.starts_on::text AS "contractStartsOn", contract.ends_on::text AS "contractEndsOn",
      contract.company_external_id AS "companyId", company.name AS "companyName",
      ${companyCurrency(internalCurrency)} AS currency, line.${serviceKey} AS "serviceId", service.name,
      line.description, line.unit_price AS "linePrice", line.internal_unit_price AS "lineInternalPrice",
      ${unitCost} AS "lineCost", units.rows
    FROM ${line.line} AS line
    JOIN psa_contract AS contract
      ON contract.connection_id = line.connection_id AND contract.external_id = line.contract_external_id
    LEFT JOIN psa_company AS company
      ON company.connection_id = line.connection_id AND company.external_id = contract.company_external_id
    LEFT JOIN psa_currency AS currency
      ON currency.connection_id = line.connection_id AND currency.external_id = company.currency_external_id
    LEFT JOIN ${service} AS service
      ON service.connection_id = line.connection_id AND service.external_id = line.${serviceKey}
    CROSS JOIN LATERAL (
      SELECT json_agg(json_build_object(
        'startsOn', starts_on, 'endsOn', ends_on, 'units', units::text, 'price', price::text,
        'internalPrice', internal_price::text, 'cost', cost::text, 'postedAt', posted_at
      ) ORDER BY starts_on, length(external_id), external_id) AS rows
      FROM ${unit} AS unit
      WHERE unit.connection_id = line.connection_id AND unit.contract_external_id = line.contract_external_id
        AND unit.${lineKey} = line.external_id AND starts_on <= ${asOf}::date AND ends_on >= ${asOf}::date
    ) AS units
    WHERE ${['line.connection_id = $1', 'units.rows IS NOT NULL', ...conditions(line)].join(' AND ')}
    ORDER BY line.contract_external_id, line.external_id LIMIT ${limit}`;
}

/** The statement for a page of lines, with its values. */
export function contractLines(question: LineQuestion): Statement {
  const { connectionId, asOf, internalCurrency, contractId, companyId, after, limit } = question;
  const values: unknown[] = [connectionId];
  const parameter = (value: unknown, type = 'text') => `$${values.push(value)}::${type}`;
  const given = {
    asOf: parameter(asOf, 'date'),
    internalCurrency: parameter(internalCurrency),
    contract: contractId === undefined ? null : parameter(contractId),
    company: companyId === undefined ? null : parameter(companyId),
    after: after?.map((part) => parameter(part)) ?? null,
  };
  const conditions = ({ kind }: LineKind) => [
    ...(given.contract === null ? [] : [`line.contract_external_id = ${given.contract}`]),
    ...(given.company === null ? [] : [`contract.company_external_id = ${given.company}`]),
    // The first of the two says where to begin in the index.
    ...(given.after === null
      ? []
      : [
          `line.contract_external_id >= ${given.after[0]}`,
          `(line.contract_external_id, '${kind}', line.external_id) > (${given.after.join(', ')})`,
        ]),
  ];
  const kinds = KINDS.map((kind) => `(${linesOf(kind, { ...given, conditions }, limit)})`);
  const text = `
    SELECT * FROM (${kinds.join(' UNION ALL ')}) AS lines
    ORDER BY "contractId", kind, "externalId" LIMIT ${limit}`;
  const isFiltered = contractId !== undefined || companyId !== undefined;
  return { text, values, isPrepared: !isFiltered && isUsualPage(limit) };
}
