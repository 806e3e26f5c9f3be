import { Injectable } from '@nestjs/common';
import { InjectDataSource } from '@nestjs/typeorm';
import type { DataSource } from 'typeorm';
import type { LocalDate } from '../../kernel/local-date.js';
import { MoneyDecimal } from '../../kernel/money.js';
import type { Transaction } from '../../kernel/transaction.js';
import { PSA_CONNECTOR_DATA_SOURCE } from '../../platform/persistence/data-source.js';
import { rowsOf } from '../../platform/persistence/sql.js';
import { managerOf } from '../../platform/persistence/transaction-runner.js';
import type { MappingScope } from '../domain/mapping.js';
import type {
  CompanyFacts,
  ContractFacts,
  CurrencyFacts,
  MappingFactsReader,
  ServiceFacts,
  SuggestedContract,
} from '../domain/mapping-facts.js';
import { companyCurrency } from './company-currency.js';

/** `$1` connection, `$2` internal currency of the instance. */
const COMPANY = `
  SELECT company.external_id AS "externalId", company.name, company.number, company.type, company.is_active AS "isActive",
    ${companyCurrency('$2')} AS currency, company.web_address AS "webAddress"
  FROM psa_company AS company
  LEFT JOIN psa_currency AS currency
    ON currency.connection_id = company.connection_id AND currency.external_id = company.currency_external_id
  WHERE company.connection_id = $1`;

const SERVICE = `
  SELECT service.external_id AS "externalId", service.name, service.sku, service.period_type AS "periodType",
    service.is_active AS "isActive", coalesce(service.unit_price, 0) = 0 AND coalesce(service.unit_cost, 0) = 0 AS "isFree"
  FROM psa_service AS service
  WHERE service.connection_id = $1`;

const CONTRACT_COLUMNS = `
  contract.external_id AS "externalId", contract.name, contract.number, contract.company_external_id AS "companyExternalId",
  contract.type, contract.is_active AS "isActive", contract.period_type AS "periodType",
  contract.starts_on::text AS "startsOn", contract.ends_on::text AS "endsOn"`;

/** Set-based reads of the mirror: one statement for any number of ids. */
@Injectable()
export class MappingFactsRepository implements MappingFactsReader {
  constructor(@InjectDataSource(PSA_CONNECTOR_DATA_SOURCE) private readonly dataSource: DataSource) {}

  companies(scope: MappingScope, ids: readonly string[], tx?: Transaction): Promise<CompanyFacts[]> {
    const sql = `${COMPANY} AND company.external_id = ANY($3::text[])`;
    return this.rows(sql, [scope.connectionId, scope.internalCurrency, ids], tx);
  }

  services(
    { connectionId }: MappingScope,
    ids: readonly string[],
    tx?: Transaction,
  ): Promise<ServiceFacts[]> {
    return this.rows(`${SERVICE} AND service.external_id = ANY($2::text[])`, [connectionId, ids], tx);
  }

  contracts(
    { connectionId }: MappingScope,
    ids: readonly string[],
    tx?: Transaction,
  ): Promise<ContractFacts[]> {
    return this.rows(
      `SELECT ${CONTRACT_COLUMNS} FROM psa_contract AS contract
       WHERE contract.connection_id = $1 AND contract.external_id = ANY($2::text[])`,
      [connectionId, ids],
      tx,
    );
  }

  async currencies({ connectionId }: MappingScope): Promise<CurrencyFacts[]> {
    const rows = await this.rows<Omit<CurrencyFacts, 'exchangeRate'> & { exchangeRate: string | null }>(
      `SELECT external_id AS "externalId", code, is_active AS "isActive", is_internal AS "isInternal",
         exchange_rate::text AS "exchangeRate"
       FROM psa_currency WHERE connection_id = $1`,
      [connectionId],
    );
    return rows.map((row) => ({
      ...row,
      exchangeRate: row.exchangeRate === null ? null : new MoneyDecimal(row.exchangeRate),
    }));
  }

  freeCompanies({ connectionId, internalCurrency, currency }: MappingScope): Promise<CompanyFacts[]> {
    return this.rows(
      `${COMPANY} AND company.type = 'customer' AND company.is_active AND ${companyCurrency('$2')} = $3
         AND NOT EXISTS (
           SELECT FROM customer_mapping AS mapping
           WHERE mapping.connection_id = company.connection_id AND mapping.company_external_id = company.external_id
             AND mapping.archived_at IS NULL)
       ORDER BY company.external_id`,
      [connectionId, internalCurrency, currency],
    );
  }

  freeServices({ connectionId }: MappingScope): Promise<ServiceFacts[]> {
    return this.rows(
      `${SERVICE} AND service.is_active
         AND NOT EXISTS (
           SELECT FROM offer_mapping AS mapping
           WHERE mapping.connection_id = service.connection_id AND mapping.service_external_id = service.external_id
             AND mapping.archived_at IS NULL)
       ORDER BY service.external_id`,
      [connectionId],
    );
  }

  openContracts(
    { connectionId }: MappingScope,
    companyIds: readonly string[],
    today: LocalDate,
  ): Promise<SuggestedContract[]> {
    return this.rows(
      `SELECT ${CONTRACT_COLUMNS},
         ARRAY(
           SELECT line.service_external_id FROM psa_contract_service AS line
           WHERE line.connection_id = contract.connection_id AND line.contract_external_id = contract.external_id
         ) AS "serviceExternalIds"
       FROM psa_contract AS contract
       WHERE contract.connection_id = $1 AND contract.company_external_id = ANY($2::text[])
         AND contract.type = 'recurring_service' AND contract.is_active AND contract.ends_on >= $3::date
       ORDER BY contract.external_id`,
      [connectionId, companyIds, today],
    );
  }

  private rows<Row extends object>(sql: string, parameters: unknown[], tx?: Transaction): Promise<Row[]> {
    return rowsOf<Row>(tx === undefined ? this.dataSource.manager : managerOf(tx), sql, parameters);
  }
}
