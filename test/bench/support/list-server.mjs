/** The connector and, beside it in the same application, bare routes that return its lists as JSON built by Postgres. */
import 'reflect-metadata';
import { Controller, Get, Header, Param } from '@nestjs/common';
import pg from 'pg';
import { addConnection, runSync, startConnectorApp } from './connector.mjs';

const task = JSON.parse(process.argv[2] ?? '{}');
const pool = new pg.Pool({
  connectionString: task.databaseUrl,
  max: 10,
  options: '-c search_path=psa_connector',
});

// The server may end first; that is no failure of a request.
pool.on('error', () => undefined);

const money = (amount, currency) =>
  `CASE WHEN ${amount} IS NOT NULL THEN json_build_object('amount',
    (CASE WHEN scale(trim_scale(${amount})) < 2 THEN round(${amount}, 2) ELSE trim_scale(${amount}) END)::text, 'currency', ${currency}) END`;
const page = (rows, key) => `
  SELECT json_build_object('items', coalesce(json_agg(item ORDER BY ${key}), '[]'), 'nextCursor', null)::text AS body FROM (${rows}) AS page`;
const CURRENCY = `LEFT JOIN psa_currency AS currency
  ON currency.connection_id = row.connection_id AND currency.external_id = company.currency_external_id`;

const QUERIES = {
  companies: page(
    `SELECT company.name, company.external_id, json_build_object('externalId', company.external_id, 'name', company.name,
      'number', company.number, 'type', company.type, 'isActive', company.is_active, 'currency', coalesce(currency.code, 'EUR'),
      'parentExternalId', company.parent_external_id, 'webAddress', company.web_address) AS item
     FROM psa_company AS company LEFT JOIN psa_currency AS currency
       ON currency.connection_id = company.connection_id AND currency.external_id = company.currency_external_id
     WHERE company.connection_id = $1 ORDER BY company.name, company.external_id LIMIT 50`,
    'name, external_id',
  ),
  services: page(
    `SELECT name, external_id, json_build_object('externalId', external_id, 'name', name, 'description', description, 'sku', sku,
      'periodType', period_type, 'isActive', is_active, 'unitPrice', ${money('unit_price', "'EUR'")},
      'unitCost', ${money('unit_cost', "'EUR'")}) AS item
     FROM psa_service WHERE connection_id = $1 ORDER BY name, external_id LIMIT 50`,
    'name, external_id',
  ),
  contracts: page(
    `SELECT row.name, row.external_id, json_build_object('externalId', row.external_id, 'name', row.name, 'number', row.number,
      'type', row.type, 'isActive', row.is_active, 'periodType', row.period_type, 'startsOn', row.starts_on, 'endsOn', row.ends_on,
      'company', json_build_object('externalId', row.company_external_id, 'name', company.name),
      'services', lines.items) AS item
     FROM (SELECT * FROM psa_contract WHERE connection_id = $1 ORDER BY name, external_id LIMIT 50) AS row
     JOIN psa_company AS company
       ON company.connection_id = row.connection_id AND company.external_id = row.company_external_id
     ${CURRENCY}
     CROSS JOIN LATERAL (
       SELECT coalesce(json_agg(json_build_object('externalId', line.external_id, 'serviceId', line.service_external_id,
         'name', service.name, 'description', line.description, 'units', coalesce(unit.units, 0),
         'unitPrice', ${money('line.unit_price', 'currency.code')}, 'unitCost', ${money('line.unit_cost', "'EUR'")})
         ORDER BY service.name, line.external_id), '[]') AS items
       FROM psa_contract_service AS line JOIN psa_service AS service
         ON service.connection_id = line.connection_id AND service.external_id = line.service_external_id
       LEFT JOIN LATERAL (
         SELECT units FROM psa_contract_service_unit AS unit
         WHERE unit.connection_id = line.connection_id AND unit.contract_external_id = line.contract_external_id
           AND unit.contract_service_external_id = line.external_id
           AND starts_on <= current_date AND ends_on >= current_date ORDER BY starts_on DESC LIMIT 1) AS unit ON true
       WHERE line.connection_id = row.connection_id AND line.contract_external_id = row.external_id
     ) AS lines`,
    'name, external_id',
  ),
  // Of this world, whose unit rows are all full periods; the connector's own has to know prorated and posted ones.
  'contract-lines': page(
    `SELECT line.contract_external_id, line.external_id, json_build_object(
      'contract', json_build_object('externalId', row.external_id, 'name', row.name, 'number', row.number),
      'company', json_build_object('externalId', company.external_id, 'name', company.name), 'kind', 'service',
      'externalId', line.external_id, 'serviceId', line.service_external_id, 'name', service.name,
      'description', line.description, 'startsOn', unit.starts_on, 'endsOn', unit.ends_on, 'units', unit.units,
      'unitPrice', ${money('round(unit.price / unit.units, 4)', 'currency.code')}, 'unitPriceBasis', 'period',
      'internalUnitPrice', ${money('round(unit.internal_price / unit.units, 4)', "'EUR'")},
      'unitCost', ${money('round(unit.cost / unit.units, 4)', "'EUR'")},
      'isPosted', unit.posted_at IS NOT NULL, 'postedAt', unit.posted_at) AS item
     FROM psa_contract_service AS line
     JOIN psa_contract AS row
       ON row.connection_id = line.connection_id AND row.external_id = line.contract_external_id
     JOIN psa_company AS company
       ON company.connection_id = row.connection_id AND company.external_id = row.company_external_id
     ${CURRENCY}
     JOIN psa_service AS service
       ON service.connection_id = line.connection_id AND service.external_id = line.service_external_id
     JOIN LATERAL (
       SELECT * FROM psa_contract_service_unit AS unit
       WHERE unit.connection_id = line.connection_id AND unit.contract_external_id = line.contract_external_id
         AND unit.contract_service_external_id = line.external_id
         AND starts_on <= current_date AND ends_on >= current_date ORDER BY starts_on DESC LIMIT 1) AS unit ON true
     WHERE line.connection_id = $1 ORDER BY line.contract_external_id, line.external_id LIMIT 50`,
    'contract_external_id, external_id',
  ),
};

class BareController {
  async list(connectionId, list) {
    const { rows } = await pool.query(QUERIES[list], [connectionId]);
    return rows[0].body;
  }
}
const descriptor = Object.getOwnPropertyDescriptor(BareController.prototype, 'list');
Get(':connectionId/:list')(BareController.prototype, 'list', descriptor);
Header('content-type', 'application/json; charset=utf-8')(BareController.prototype, 'list', descriptor);
Param('connectionId')(BareController.prototype, 'list', 0);
Param('list')(BareController.prototype, 'list', 1);
Controller('bare')(BareController);

const app = await startConnectorApp({
  ...task,
  controllers: [BareController],
  // One caller asks for more than a person ever would.
  settings: { http: { requestsPerMinute: 0 } },
});
const connectionId = await addConnection(app);
await runSync(app, connectionId);
await pool.query('ANALYZE');
const origin = app.apiUrl.replace('/psa/api', '');
process.stdout.write(`${JSON.stringify({ apiUrl: app.apiUrl, origin, connectionId })}\n`);
process.once('SIGTERM', () => void app.close().then(() => pool.end()));
