import { utcDay } from '../../kernel/local-date.js';
import type { AutotaskDatabase } from '../world/simulator-world.js';
import type { Row, RowChanges } from '../world/table.js';
import { type BillingPeriod, billingPeriods } from './billing-periods.js';
import { dayOf, midnight } from './calendar.js';
import { amountOf, exchangeRateOf, listPriceFor, toInternal } from './currency-conversion.js';
import {
  type LineAdjustment,
  type UnitSegment,
  unitSegments,
  type UnitTerms,
  unitsInForce,
} from './unit-timeline.js';

export interface LineTexts {
  invoiceDescription?: string | null;
  internalDescription?: string | null;
}

/** Adds a service to a contract, at its list price in the company's currency; it has no units until an adjustment. */
export function createLine(
  database: AutotaskDatabase,
  contract: Row,
  service: Row,
  values: RowChanges = {},
): Row {
  const rate = exchangeRateOf(database, contract['companyID']);
  const unitPrice = listPriceFor(database, service, contract['companyID']);
  const unitCost = amountOf(values['unitCost'] ?? service['unitCost']);
  return database.table('ContractServices').insert({
    contractID: contract.id,
    serviceID: service.id,
    invoiceDescription: service['invoiceDescription'] ?? null,
    ...values,
    unitPrice,
    unitCost,
    internalCurrencyUnitPrice: toInternal(unitPrice, rate),
    internalCurrencyAdjustedPrice: toInternal(unitPrice, rate),
    baseUnitPrice: unitPrice,
    baseUnitCost: unitCost,
    baseExchangeRate: rate,
  });
}

/** The dated changes of a contract service; they cannot be read over the API. */
export function adjustmentsOf(database: AutotaskDatabase, lineId: number): LineAdjustment[] {
  return database
    .table('ContractServiceAdjustments')
    .where('contractServiceID', lineId)
    .map((row) => ({
      effectiveOn: dayOf(row['effectiveDate']),
      unitChange: Number(row['unitChange']),
      unitPrice: row['adjustedUnitPrice'] === null ? null : amountOf(row['adjustedUnitPrice']),
      unitCost: row['adjustedUnitCost'] === null ? null : amountOf(row['adjustedUnitCost']),
      exchangeRate: amountOf(row['exchangeRate']),
    }));
}

export function baseTermsOf(line: Row): UnitTerms {
  return {
    unitPrice: amountOf(line['baseUnitPrice']),
    unitCost: amountOf(line['baseUnitCost']),
    exchangeRate: amountOf(line['baseExchangeRate']),
  };
}

export function periodsOf(contract: Row): BillingPeriod[] {
  const type = Number(contract['contractPeriodType'] ?? 2);
  return billingPeriods(dayOf(contract['startDate']), dayOf(contract['endDate']), type);
}

/**
 * Brings the unit rows of a contract service in line with its adjustments and the contract's dates: rows keep their id
 * where their start stays, posted rows are left alone.
 */
export function rebuildUnits(database: AutotaskDatabase, lineId: number): void {
  const line = database.table('ContractServices').get(lineId);
  const contract = database.table('Contracts').get(Number(line?.['contractID']));
  if (line === undefined || contract === undefined) return;
  const units = database.table('ContractServiceUnits');
  const existing = units.where('contractServiceID', lineId);
  const open = new Map(
    existing.filter((row) => row['approveAndPostDate'] === null).map((row) => [row['startDate'], row.id]),
  );
  const posted = existing.filter((row) => row['approveAndPostDate'] !== null).map((row) => segmentOf(row));
  const terms = baseTermsOf(line);
  for (const part of unitSegments(periodsOf(contract), terms, adjustmentsOf(database, lineId), posted)) {
    const values = { ...unitValues(part), ...unitOwner(database, line) };
    const id = open.get(midnight(part.startOn));
    if (id === undefined) units.insert({ ...values, approveAndPostDate: null });
    else units.update(id, values);
    open.delete(midnight(part.startOn));
  }
  for (const id of open.values()) units.remove(id);
}

function unitOwner(database: AutotaskDatabase, line: Row): RowChanges {
  const service = database.table('Services').get(Number(line['serviceID']));
  return {
    contractID: line['contractID'] ?? null,
    contractServiceID: line.id,
    serviceID: line['serviceID'] ?? null,
    vendorCompanyID: service?.['vendorCompanyID'] ?? null,
  };
}

function unitValues(part: UnitSegment): RowChanges {
  return {
    startDate: midnight(part.startOn),
    endDate: midnight(part.endOn),
    units: part.units,
    price: part.price,
    cost: part.cost,
    internalCurrencyPrice: toInternal(part.price, part.exchangeRate),
    unitPrice: part.unitPrice,
    unitCost: part.unitCost,
    exchangeRate: part.exchangeRate,
  };
}

function segmentOf(row: Row): UnitSegment {
  return {
    startOn: dayOf(row['startDate']),
    endOn: dayOf(row['endDate']),
    units: Number(row['units']),
    unitPrice: amountOf(row['unitPrice']),
    unitCost: amountOf(row['unitCost']),
    exchangeRate: amountOf(row['exchangeRate']),
    price: amountOf(row['price']),
    cost: amountOf(row['cost']),
  };
}

/** Makes a contract service show the cost and the adjusted price that are in force today. */
export function settleLine(database: AutotaskDatabase, line: Row, now: Date): void {
  const inForce = unitsInForce(baseTermsOf(line), adjustmentsOf(database, line.id), utcDay(now));
  database.table('ContractServices').update(line.id, {
    unitCost: inForce.unitCost,
    internalCurrencyAdjustedPrice: toInternal(inForce.unitPrice, inForce.exchangeRate),
  });
}

/**
 * Does so once per day of the simulated clock, for every contract service with an adjustment: the others show their base
 * price on every day.
 */
export function settlePrices(database: AutotaskDatabase, now: Date): void {
  const today = utcDay(now);
  if (database.pricesSettledOn === today) return;
  database.pricesSettledOn = today;
  const adjustments = database.table('ContractServiceAdjustments').ownRows();
  const lines = database.table('ContractServices');
  for (const id of new Set(adjustments.map((adjustment) => Number(adjustment['contractServiceID'])))) {
    const line = lines.get(id);
    if (line !== undefined) settleLine(database, line, now);
  }
}
