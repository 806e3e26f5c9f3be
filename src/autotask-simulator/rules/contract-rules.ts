import type { AutotaskDatabase } from '../world/simulator-world.js';
import type { Row, RowChanges } from '../world/table.js';
import { AutotaskRefusal } from './autotask-refusal.js';
import { dayOf } from './calendar.js';
import { createLine, rebuildUnits } from './contract-lines.js';
import { amountOf, exchangeRateOf, toInternal } from './currency-conversion.js';
import { instantText } from './record-values.js';
import type { EntityRules } from './write-context.js';

const RECURRING_SERVICE = 7;
const MONTHLY = 2;
const ESTIMATES = ['estimatedCost', 'estimatedHours', 'estimatedRevenue'];

/** Text of the vendor's own interface; what REST says is not known (Autotask REST reference, §6). */
const POSTED_PERIOD =
  'Unable to make changes as it would result in the deletion/modification of an already approved and posted contract period';

export const contractRules: EntityRules = {
  beforeInsert({ database, now }, values) {
    requireOrder(values);
    requireNoEstimates(values);
    return {
      ...values,
      contractPeriodType: values['contractPeriodType'] ?? MONTHLY,
      isDefaultContract: values['isDefaultContract'] ?? false,
      isCompliant: values['isCompliant'] ?? true,
      setupFee: values['setupFee'] ?? amountOf(0),
      ...internalAmounts(database, values),
      lastModifiedDateTime: instantText(now.getTime()),
    };
  },
  beforeUpdate({ database, now }, row, changes) {
    const next = { ...row, ...changes };
    requireOrder(next);
    requireNoEstimates(next);
    requirePostedKept(database, row, next);
    return {
      ...changes,
      ...internalAmounts(database, next),
      lastModifiedDateTime: instantText(now.getTime()),
    };
  },
  /** A later end date makes further periods, an earlier one drops those behind it (reference §7.6, §8.4). */
  afterUpdate({ database }, before, after) {
    if (before['endDate'] === after['endDate'] && before['startDate'] === after['startDate']) return;
    const lines = database.table('ContractServices').where('contractID', after.id);
    for (const line of lines) rebuildUnits(database, line.id);
  },
};

function requireOrder(values: RowChanges): void {
  if (dayOf(values['startDate']) < dayOf(values['endDate'])) return;
  throw new AutotaskRefusal('The endDate of a Contract must be later than its startDate.');
}

function requireNoEstimates(values: RowChanges): void {
  if (values['contractType'] !== RECURRING_SERVICE) return;
  const estimate = ESTIMATES.find((field) => !amountOf(values[field]).isZero());
  if (estimate !== undefined) {
    throw new AutotaskRefusal(
      `The field: ${estimate} is not valid for a Contract of type Recurring Service.`,
    );
  }
}

function requirePostedKept(database: AutotaskDatabase, before: Row, next: RowChanges): void {
  const units = database.table('ContractServiceUnits').where('contractID', before.id);
  const hasMovedStart = before['startDate'] !== next['startDate'];
  if (hasMovedStart && units.length > 0) throw new AutotaskRefusal(POSTED_PERIOD);
  const isCut = units.some(
    (unit) => unit['approveAndPostDate'] !== null && dayOf(unit['endDate']) > dayOf(next['endDate']),
  );
  if (isCut) throw new AutotaskRefusal(POSTED_PERIOD);
}

function internalAmounts(database: AutotaskDatabase, values: RowChanges): RowChanges {
  const rate = exchangeRateOf(database, values['companyID']);
  return {
    internalCurrencySetupFee: toInternal(amountOf(values['setupFee']), rate),
    internalCurrencyOverageBillingRate: toInternal(amountOf(values['overageBillingRate']), rate),
  };
}

export const contractServiceRules: EntityRules = {
  create({ database }, values) {
    const contract = database.table('Contracts').get(Number(values['contractID']));
    const service = database.table('Services').get(Number(values['serviceID']));
    if (contract === undefined || service === undefined || service['isActive'] === false) {
      throw new AutotaskRefusal(
        'Reference value on field: serviceID of type: Service does not exist or is invalid',
      );
    }
    if (contract['contractType'] !== RECURRING_SERVICE) {
      throw new AutotaskRefusal('Services can only be added to a Contract of type Recurring Service.');
    }
    const lines = database.table('ContractServices').where('contractID', contract.id);
    if (lines.some((line) => line['serviceID'] === service.id)) {
      throw new AutotaskRefusal('The Service is already part of the Contract.');
    }
    const given = Object.fromEntries(Object.entries(values).filter(([, value]) => value !== null));
    return createLine(database, contract, service, given).id;
  },
  beforeUpdate(_context, _row, changes) {
    return changes['unitCost'] === undefined
      ? changes
      : { ...changes, baseUnitCost: amountOf(changes['unitCost']) };
  },
  afterUpdate({ database }, before, after) {
    if (before['baseUnitCost'] !== after['baseUnitCost']) rebuildUnits(database, after.id);
  },
};
