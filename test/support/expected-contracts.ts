import type { AutotaskDatabase, Row } from '../../src/autotask-simulator/testing.js';
import { MoneyDecimal } from '../../src/kernel/money.js';

/** What the API has to tell about a recurring service line, as text. */
export interface ExpectedLine {
  externalId: string;
  serviceId: string;
  units: number;
  unitPrice: string;
  unitCost: string;
}

export interface ExpectedContract {
  externalId: string;
  name: string;
  companyId: string;
  currency: string;
  lines: ExpectedLine[];
}

/**
 * Contracts of a simulated instance by external id, with what is in force on a day (`YYYY-MM-DD`): summed up from the dated
 * adjustments, which the API of the vendor does not show, so by another way than the connector's.
 */
export function expectedContracts(database: AutotaskDatabase, today: string): Map<string, ExpectedContract> {
  const contracts = database
    .table('Contracts')
    .all()
    .map((contract) => toExpected(database, contract, today));
  return new Map(contracts.map((contract) => [contract.externalId, contract]));
}

function toExpected(database: AutotaskDatabase, contract: Row, today: string): ExpectedContract {
  const company = database.table('Companies').get(Number(contract['companyID']));
  const currency = database.table('Currencies').get(Number(company?.['currencyID']));
  return {
    externalId: String(contract.id),
    name: String(contract['contractName']),
    companyId: String(contract['companyID']),
    currency: String(currency?.['name']),
    lines: database
      .table('ContractServices')
      .where('contractID', contract.id)
      .map((line) => lineOf(database, contract, line, today)),
  };
}

function lineOf(database: AutotaskDatabase, contract: Row, line: Row, today: string): ExpectedLine {
  const inForce = database
    .table('ContractServiceAdjustments')
    .where('contractServiceID', line.id)
    .filter((change) => dayOf(change['effectiveDate']) <= today)
    .toSorted((left, right) => (dayOf(left['effectiveDate']) < dayOf(right['effectiveDate']) ? -1 : 1));
  const last = (field: string, base: string) =>
    inForce.map((change) => change[field]).findLast((value) => value != null) ?? line[base] ?? null;
  const isRunning = dayOf(contract['startDate']) <= today && today <= dayOf(contract['endDate']);
  return {
    externalId: String(line.id),
    serviceId: String(line['serviceID']),
    units: isRunning ? inForce.reduce((sum, change) => sum + Number(change['unitChange']), 0) : 0,
    unitPrice: amountText(last('adjustedUnitPrice', 'baseUnitPrice')),
    unitCost: amountText(last('adjustedUnitCost', 'baseUnitCost')),
  };
}

function dayOf(value: unknown): string {
  return String(value).slice(0, 10);
}

/** The amount without trailing zeros, so that `12.5` and `12.50` compare as equal. */
export function amountText(amount: unknown): string {
  return new MoneyDecimal(String(amount)).toFixed();
}
