import { MoneyDecimal } from '../../kernel/money.js';
import type { AutotaskDatabase } from '../world/simulator-world.js';
import type { Row, RowChanges } from '../world/table.js';
import { AutotaskRefusal } from './autotask-refusal.js';
import { dayOf } from './calendar.js';
import { adjustmentsOf, baseTermsOf, createLine, rebuildUnits, settleLine } from './contract-lines.js';
import { exchangeRateOf } from './currency-conversion.js';
import { unitsInForce } from './unit-timeline.js';

const RECURRING_SERVICE = 7;

/** Texts seen live (Autotask REST reference, §6); the first part of the second is not known. */
const OUTSIDE_CONTRACT =
  'ContractServiceAdjustment effectiveDate must be between the start date and end date of the Contract referenced by contractID.';
const DUPLICATE_DATE = 'Attempt to insert duplicate data into contract_service_period';

/**
 * Applies a dated change of units, price or cost. The contract service is addressed by its own id, or by contract and
 * service; where none matches, or `allowRepeatService` asks for another line, it is created (reference §8.1, §8.2). Answers the contract service.
 *
 * @throws AutotaskRefusal when the target does not exist or is no recurring contract, the date lies outside the contract,
 *   the contract service already has an adjustment on that day, or the units would fall below 0.
 */
export function applyAdjustment(database: AutotaskDatabase, values: RowChanges, now: Date): Row {
  if (typeof values['unitChange'] !== 'number')
    throw new AutotaskRefusal('Missing Required Field: unitChange');
  const existing = existingLine(database, values);
  const contract = database.table('Contracts').get(Number(existing?.['contractID'] ?? values['contractID']));
  if (contract === undefined) {
    throw new AutotaskRefusal('Either contractServiceID or contractID and serviceID are required.');
  }
  requireWithin(contract, values);
  requireNewDateAndUnits(database, existing, values, values['unitChange']);
  const line = existing ?? createLine(database, contract, serviceOf(database, values));
  database.table('ContractServiceAdjustments').insert({
    contractID: contract.id,
    contractServiceID: line.id,
    serviceID: line['serviceID'] ?? null,
    effectiveDate: values['effectiveDate'] ?? null,
    unitChange: values['unitChange'],
    adjustedUnitPrice: values['adjustedUnitPrice'] ?? null,
    adjustedUnitCost: values['adjustedUnitCost'] ?? null,
    exchangeRate: exchangeRateOf(database, contract['companyID']),
  });
  rebuildUnits(database, line.id);
  settleLine(database, line, now);
  return line;
}

function existingLine(database: AutotaskDatabase, values: RowChanges): Row | undefined {
  const lines = database.table('ContractServices');
  const lineId = values['contractServiceID'];
  if (typeof lineId === 'number') {
    const line = lines.get(lineId);
    const isOther = typeof values['contractID'] === 'number' && line?.['contractID'] !== values['contractID'];
    if (line === undefined || isOther) {
      throw new AutotaskRefusal(
        'Reference value on field: contractServiceID of type: ContractService does not exist or is invalid',
      );
    }
    return line;
  }
  if (typeof values['contractID'] !== 'number' || values['allowRepeatService'] === true) return undefined;
  return lines
    .where('contractID', values['contractID'])
    .find((line) => line['serviceID'] === values['serviceID']);
}

function serviceOf(database: AutotaskDatabase, values: RowChanges): Row {
  const service = database.table('Services').get(Number(values['serviceID'] ?? Number.NaN));
  if (service === undefined) {
    throw new AutotaskRefusal('Either contractServiceID or contractID and serviceID are required.');
  }
  if (service['isActive'] === false) {
    throw new AutotaskRefusal(
      'Reference value on field: serviceID of type: Service does not exist or is invalid',
    );
  }
  return service;
}

function requireWithin(contract: Row, values: RowChanges): void {
  if (contract['contractType'] !== RECURRING_SERVICE) {
    throw new AutotaskRefusal('Services can only be adjusted on a Contract of type Recurring Service.');
  }
  const day = dayOf(values['effectiveDate']);
  if (day < dayOf(contract['startDate']) || day > dayOf(contract['endDate'])) {
    throw new AutotaskRefusal(OUTSIDE_CONTRACT);
  }
}

function requireNewDateAndUnits(
  database: AutotaskDatabase,
  line: Row | undefined,
  values: RowChanges,
  unitChange: number,
): void {
  const effectiveOn = dayOf(values['effectiveDate']);
  const earlierOnes = line === undefined ? [] : adjustmentsOf(database, line.id);
  if (earlierOnes.some((adjustment) => adjustment.effectiveOn === effectiveOn)) {
    throw new AutotaskRefusal(DUPLICATE_DATE);
  }
  const zero = new MoneyDecimal(0);
  const terms =
    line === undefined ? { unitPrice: zero, unitCost: zero, exchangeRate: zero } : baseTermsOf(line);
  const all = [
    ...earlierOnes,
    { effectiveOn, unitChange, unitPrice: null, unitCost: null, exchangeRate: zero },
  ];
  if (all.some((adjustment) => unitsInForce(terms, all, adjustment.effectiveOn).units < 0)) {
    throw new AutotaskRefusal('The number of units of a ContractService must not fall below 0.');
  }
}
