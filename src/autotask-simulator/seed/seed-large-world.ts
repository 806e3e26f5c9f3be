import { utcDay } from '../../kernel/local-date.js';
import { MoneyDecimal } from '../../kernel/money.js';
import { addDays, addMonths, midnight } from '../rules/calendar.js';
import { createLine } from '../rules/contract-lines.js';
import { amountOf } from '../rules/currency-conversion.js';
import { instantText } from '../rules/record-values.js';
import { MULTI_CURRENCY_CI } from '../sandbox-users.js';
import { GeneratedTable } from '../world/generated-table.js';
import { AutotaskDatabase, SimulatorWorld } from '../world/simulator-world.js';
import type { RowChanges, RowValue } from '../world/table.js';
import {
  FIRST_IDS,
  idsOf,
  type LargeWorldSeed,
  type Layout,
  layoutOf,
  linesOfContract,
  positionOf,
  requireSizes,
  rowsOfLine,
} from './large-world-layout.js';
import {
  CURRENCY_IDS,
  FIRST_RESOURCE_ID,
  seedBillingCodes,
  seedCurrencies,
  seedResources,
} from './seed-reference-data.js';
import { seedPriceLists, seedServices, SERVICE_IDS } from './seed-services.js';
import { seedUsers } from './seed-users.js';

const VENDOR_ID = 174;
const DAY_MS = 86_400_000;
const MAX_UNITS = 25;

/** Monthly services that are sold; a contract takes them in turn. */
const SOLD = [
  SERVICE_IDS.businessBasic,
  SERVICE_IDS.businessStandard,
  SERVICE_IDS.businessPremium,
  SERVICE_IDS.e3,
  SERVICE_IDS.e5,
  SERVICE_IDS.exchangePlan1,
  SERVICE_IDS.entraP1,
  SERVICE_IDS.defender,
];

/**
 * One database (`MULTI_CURRENCY_CI`, every customer in EUR, the same users as the sandbox) of any size in no time and
 * memory: companies, contracts, contract services, their adjustments and unit rows are generated when they are read, and
 * behave as if each contract service had been added by one adjustment at the start of its contract.
 *
 * @throws RangeError when a size is no whole number or there are no companies for the contract services.
 */
export function seedLargeWorld(seed: LargeWorldSeed): SimulatorWorld {
  const { now } = seed;
  requireSizes(seed);
  const database = new AutotaskDatabase({
    ci: MULTI_CURRENCY_CI,
    zoneName: 'EU1 (English Europe and Asia)',
    zoneNumber: 19,
    isMultiCurrency: true,
  });
  seedUsers(database);
  seedCurrencies(
    database,
    [
      { name: 'EUR', rate: '1', isActive: true },
      { name: 'USD', rate: '0.92', isActive: true },
    ],
    now,
  );
  seedResources(database, 'sandbox-csp.example');
  seedBillingCodes(database);
  seedServices(database, VENDOR_ID, now);
  seedPriceLists(database);
  const layout = layoutOf(seed);
  useCompanies(database, seed);
  useContracts(database, layout);
  useLines(database, layout, now);
  useAdjustments(database, layout);
  useUnits(database, layout);
  return new SimulatorWorld([database]);
}

function useCompanies(database: AutotaskDatabase, { companies, now }: LargeWorldSeed): void {
  const changedAt = instantText(now.getTime() - 30 * DAY_MS);
  const common = {
    ownerResourceID: FIRST_RESOURCE_ID,
    currencyID: CURRENCY_IDS.EUR,
    isActive: true,
    companyType: 1,
    phone: '+31 20 555 0100',
    createDate: changedAt,
    lastActivityDate: changedAt,
    lastTrackedModifiedDateTime: changedAt,
    userDefinedFields: [],
  };
  const table = new GeneratedTable({
    firstId: FIRST_IDS.company,
    count: companies,
    shared: () => common,
    own: (id) => ({ companyName: `Customer ${id}`, companyNumber: `C-${id}` }),
    lookups: {},
  });
  table.insert({ ...common, id: 0, companyName: 'Meridian Cloud Services' });
  table.insert({ ...common, id: VENDOR_ID, companyName: 'Microsoft Ireland Operations', companyType: 7 });
  database.useTable('Companies', table);
}

function useContracts(database: AutotaskDatabase, { companies, startOn, periods }: Layout): void {
  const common = {
    contractType: 7,
    contractPeriodType: 2,
    contractCategory: 12,
    status: 1,
    startDate: midnight(startOn),
    endDate: midnight(addDays(addMonths(startOn, Math.max(1, periods)), -1)),
    timeReportingRequiresStartAndStopTimes: 0,
    isDefaultContract: false,
    isCompliant: true,
    setupFee: new MoneyDecimal(0),
    internalCurrencySetupFee: new MoneyDecimal(0),
    lastModifiedDateTime: midnight(startOn),
    userDefinedFields: [],
  };
  const table = new GeneratedTable({
    firstId: FIRST_IDS.contract,
    count: companies,
    shared: () => common,
    own: (id) => {
      const companyID = FIRST_IDS.company + id - FIRST_IDS.contract;
      return { companyID, contractName: `Cloud services ${companyID}`, contractNumber: `CN-${id}` };
    },
    lookups: {
      companyID: (value) => {
        const position = positionOf(value, FIRST_IDS.company, companies);
        return position === undefined
          ? undefined
          : idsOf({ firstId: position, lastId: position }, FIRST_IDS.contract);
      },
    },
  });
  database.useTable('Contracts', table);
}

function useLines(database: AutotaskDatabase, layout: Layout, now: Date): void {
  const kinds = SOLD.map((serviceId) => sharedByLines(database, serviceId));
  const table = new GeneratedTable({
    firstId: FIRST_IDS.line,
    count: layout.lines,
    shared: (id) => kinds[(id - FIRST_IDS.line) % kinds.length] ?? {},
    own: (id) => ({ contractID: FIRST_IDS.contract + layout.contractOf(id - FIRST_IDS.line) }),
    lookups: { contractID: (value) => linesOfContract(layout, value, FIRST_IDS.line) },
  });
  database.useTable('ContractServices', table);
  database.pricesSettledOn = utcDay(now);
}

/** What a contract service of this kind holds when it is added, in the currency all customers have. */
function sharedByLines(database: AutotaskDatabase, serviceId: number): RowChanges {
  const service = database.table('Services').get(serviceId);
  if (service === undefined) throw new RangeError(`there is no service ${serviceId}`);
  const { id, contractID: _own, ...shared } = createLine(database, { id: 0 }, service);
  database.table('ContractServices').remove(id);
  return shared;
}

function unitsOf(line: number): number {
  return 1 + (line % MAX_UNITS);
}

/** One per contract service, from the start of its contract; none where contract services have no unit rows. */
function useAdjustments(database: AutotaskDatabase, layout: Layout): void {
  const { startOn, periods } = layout;
  const common = {
    effectiveDate: midnight(startOn),
    adjustedUnitPrice: null,
    adjustedUnitCost: null,
    exchangeRate: new MoneyDecimal(1),
  };
  const table = new GeneratedTable({
    firstId: FIRST_IDS.adjustment,
    count: periods > 0 ? layout.lines : 0,
    shared: () => common,
    own: (id) => {
      const line = id - FIRST_IDS.adjustment;
      return {
        contractID: FIRST_IDS.contract + layout.contractOf(line),
        contractServiceID: FIRST_IDS.line + line,
        serviceID: SOLD[line % SOLD.length] ?? null,
        unitChange: unitsOf(line),
      };
    },
    lookups: {
      contractID: (value) => linesOfContract(layout, value, FIRST_IDS.adjustment),
      contractServiceID: (value) => rowsOfLine(layout, value, FIRST_IDS.adjustment),
    },
  });
  database.useTable('ContractServiceAdjustments', table);
}

/** The rows `rebuildUnits` would make: one per billing period, none split. */
function useUnits(database: AutotaskDatabase, layout: Layout): void {
  const { periods, lines } = layout;
  const dates = Array.from({ length: periods }, (_, period) => ({
    startDate: midnight(addMonths(layout.startOn, period)),
    endDate: midnight(addDays(addMonths(layout.startOn, period + 1), -1)),
  }));
  const amounts = SOLD.map((id) =>
    Array.from({ length: MAX_UNITS }, (_, less) => amountsOf(database, id, less + 1)),
  );
  const kinds = amounts.map((ofService) =>
    ofService.map((ofUnits) => dates.map((period): RowChanges => ({ ...ofUnits, ...period }))),
  );
  const table = new GeneratedTable({
    firstId: FIRST_IDS.unit,
    count: lines * periods,
    shared: (id) => {
      const position = id - FIRST_IDS.unit;
      const line = Math.floor(position / periods);
      return kinds[line % kinds.length]?.[unitsOf(line) - 1]?.[position % periods] ?? {};
    },
    kinds: kinds.flat(2),
    own: (id) => {
      const line = Math.floor((id - FIRST_IDS.unit) / periods);
      return {
        contractID: FIRST_IDS.contract + layout.contractOf(line),
        contractServiceID: FIRST_IDS.line + line,
      };
    },
    lookups: {
      contractID: (value) => linesOfContract(layout, value, FIRST_IDS.unit, periods),
      contractServiceID: (value) => rowsOfLine(layout, value, FIRST_IDS.unit, periods),
    },
  });
  database.useTable('ContractServiceUnits', table);
}

function amountsOf(database: AutotaskDatabase, serviceID: number, units: number): Record<string, RowValue> {
  const service = database.table('Services').get(serviceID);
  const [unitPrice, unitCost] = [amountOf(service?.['unitPrice']), amountOf(service?.['unitCost'])];
  const price = unitPrice.times(units);
  return {
    serviceID,
    vendorCompanyID: VENDOR_ID,
    units,
    unitPrice,
    unitCost,
    exchangeRate: new MoneyDecimal(1),
    price,
    cost: unitCost.times(units),
    internalCurrencyPrice: price,
    approveAndPostDate: null,
  };
}
