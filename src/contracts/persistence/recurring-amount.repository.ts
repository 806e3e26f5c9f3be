import { Injectable } from '@nestjs/common';
import { InjectDataSource } from '@nestjs/typeorm';
import type { DataSource } from 'typeorm';
import type { LocalDate } from '../../kernel/local-date.js';
import { money, MoneyDecimal, roundMoney } from '../../kernel/money.js';
import { PSA_CONNECTOR_DATA_SOURCE } from '../../platform/persistence/data-source.js';
import { rowsOf } from '../../platform/persistence/sql.js';
import type {
  RecurringAmount,
  RecurringAmountReader,
  RecurringConnection,
} from '../domain/recurring-amount.js';
import { companyCurrency } from './company-currency.js';

/** Months of the periods that recur; other lines are billed once. */
const MONTHS: Readonly<Record<string, number>> = { monthly: 1, quarterly: 3, semi_annual: 6, yearly: 12 };

/** One line per period type. `$1` connection, `$2` day, `$3` its currency, `$4` the internal currency of the instance. */
const AMOUNTS = `
  SELECT contract.period_type AS "periodType", count(*)::int AS lines, sum(unit.units * line.unit_price)::text AS amount
  FROM (
    SELECT connection_id, contract_external_id, external_id, unit_price, 'service' AS kind FROM psa_contract_service
    WHERE connection_id = $1
    UNION ALL
    SELECT connection_id, contract_external_id, external_id, unit_price, 'bundle' FROM psa_contract_service_bundle
    WHERE connection_id = $1
  ) AS line
  JOIN psa_contract AS contract
    ON contract.connection_id = line.connection_id AND contract.external_id = line.contract_external_id
  LEFT JOIN psa_company AS company
    ON company.connection_id = contract.connection_id AND company.external_id = contract.company_external_id
  LEFT JOIN psa_currency AS currency
    ON currency.connection_id = contract.connection_id AND currency.external_id = company.currency_external_id
  CROSS JOIN LATERAL (
    SELECT units FROM (
      SELECT units, starts_on, external_id FROM psa_contract_service_unit
      WHERE line.kind = 'service' AND connection_id = line.connection_id
        AND contract_external_id = line.contract_external_id AND contract_service_external_id = line.external_id
        AND starts_on <= $2::date AND ends_on >= $2::date
      UNION ALL
      SELECT units, starts_on, external_id FROM psa_contract_service_bundle_unit
      WHERE line.kind = 'bundle' AND connection_id = line.connection_id
        AND contract_external_id = line.contract_external_id AND contract_service_bundle_external_id = line.external_id
        AND starts_on <= $2::date AND ends_on >= $2::date
    ) AS units ORDER BY starts_on DESC, length(external_id) DESC, external_id DESC LIMIT 1
  ) AS unit
  WHERE contract.is_active AND contract.starts_on <= $2::date AND contract.ends_on >= $2::date
    AND ${companyCurrency('$4')} = $3 AND unit.units > 0 AND line.unit_price IS NOT NULL
  GROUP BY contract.period_type`;

@Injectable()
export class RecurringAmountRepository implements RecurringAmountReader {
  constructor(@InjectDataSource(PSA_CONNECTOR_DATA_SOURCE) private readonly dataSource: DataSource) {}

  async of(
    { id, currency, internalCurrency }: RecurringConnection,
    day: LocalDate,
  ): Promise<RecurringAmount> {
    const rows = await rowsOf<{ periodType: string; lines: number; amount: string }>(
      this.dataSource.manager,
      AMOUNTS,
      [id, day, currency, internalCurrency],
    );
    let monthly = new MoneyDecimal(0);
    let lines = 0;
    for (const row of rows) {
      const months = MONTHS[row.periodType];
      if (months === undefined) continue;
      monthly = monthly.plus(new MoneyDecimal(row.amount).dividedBy(months));
      lines += row.lines;
    }
    return { connectionId: id, monthly: roundMoney(money(monthly, currency)), lines };
  }
}
