import { type LocalDate, utcDay } from '../../kernel/local-date.js';
import { MoneyDecimal } from '../../kernel/money.js';
import { applyAdjustment } from '../rules/adjustments.js';
import { addDays, addMonths, midnight } from '../rules/calendar.js';
import { instantText } from '../rules/record-values.js';
import type { AutotaskDatabase } from '../world/simulator-world.js';
import { SERVICE_IDS } from './seed-services.js';

const TYPE = { timeAndMaterials: 1, blockHours: 4, recurring: 7 } as const;
const PERIOD = { monthly: 2, yearly: 5 } as const;

/** What each kind of monthly customer is subscribed to: service and units at the start. */
const MONTHLY_MIXES: readonly (readonly (readonly [number, number])[])[] = [
  [
    [SERVICE_IDS.businessPremium, 14],
    [SERVICE_IDS.defender, 14],
  ],
  [
    [SERVICE_IDS.businessStandard, 25],
    [SERVICE_IDS.exchangePlan1, 6],
  ],
  [
    [SERVICE_IDS.e3, 40],
    [SERVICE_IDS.entraP1, 40],
    [SERVICE_IDS.e5, 3],
  ],
  [
    [SERVICE_IDS.businessBasic, 9],
    [SERVICE_IDS.azurePlan, 1],
  ],
];

const YEARLY_MIX = [
  [SERVICE_IDS.businessPremiumYearly, 20],
  [SERVICE_IDS.powerBiYearly, 5],
] as const;

interface ContractSeed {
  readonly companyID: number;
  readonly name: string;
  readonly startOn: LocalDate;
  readonly endOn: LocalDate;
  readonly periodType: number;
  readonly contractType?: number;
  readonly status?: number;
}

/**
 * A monthly recurring contract for every customer, yearly ones for some, and contracts the connector has to leave alone:
 * other types, inactive, ended. Every third monthly contract has a change in the middle of an earlier period.
 */
export function seedContracts(database: AutotaskDatabase, customerIds: readonly number[], now: Date): void {
  const monthStart = `${utcDay(now).slice(0, 7)}-01` as LocalDate;
  for (const [position, companyID] of customerIds.entries()) {
    seedMonthly(database, companyID, position, monthStart, now);
    if (position % 5 === 0) seedYearly(database, companyID, position, monthStart, now);
    if (position % 8 === 3) seedOther(database, companyID, position, monthStart, now);
  }
}

function seedMonthly(
  database: AutotaskDatabase,
  companyID: number,
  position: number,
  monthStart: LocalDate,
  now: Date,
): void {
  const mix = MONTHLY_MIXES[position % MONTHLY_MIXES.length] ?? [];
  const hasAzure = mix.some(([serviceID]) => serviceID === SERVICE_IDS.azurePlan);
  const firstDay = addMonths(monthStart, -(3 + (position % 5)));
  const startOn = position % 7 === 6 && !hasAzure ? addDays(firstDay, 14) : firstDay;
  const contractID = insertContract(
    database,
    {
      companyID,
      name: `Cloud services ${companyID}`,
      startOn,
      endOn: addDays(addMonths(startOn, 12), -1),
      periodType: PERIOD.monthly,
    },
    now,
  );
  for (const [serviceID, units] of mix) adjust(database, contractID, serviceID, startOn, units, now);
  const [changed] = mix;
  if (changed !== undefined && position % 3 === 0) {
    adjust(database, contractID, changed[0], addDays(addMonths(startOn, 2), 9), 3, now);
  }
}

function seedYearly(
  database: AutotaskDatabase,
  companyID: number,
  position: number,
  monthStart: LocalDate,
  now: Date,
): void {
  const startOn = addMonths(monthStart, -(2 + (position % 9)));
  const contractID = insertContract(
    database,
    {
      companyID,
      name: `Yearly licences ${companyID}`,
      startOn,
      endOn: addDays(addMonths(startOn, 36), -1),
      periodType: PERIOD.yearly,
    },
    now,
  );
  for (const [serviceID, units] of YEARLY_MIX) adjust(database, contractID, serviceID, startOn, units, now);
}

function seedOther(
  database: AutotaskDatabase,
  companyID: number,
  position: number,
  monthStart: LocalDate,
  now: Date,
): void {
  const startOn = addMonths(monthStart, -20);
  const common = { companyID, startOn, periodType: PERIOD.monthly };
  const contractType = position % 16 === 3 ? TYPE.timeAndMaterials : TYPE.blockHours;
  const runsOn = addDays(addMonths(startOn, 36), -1);
  insertContract(database, { ...common, name: `Support ${companyID}`, endOn: runsOn, contractType }, now);
  insertContract(
    database,
    { ...common, name: `Cloud services ${companyID} (paused)`, endOn: runsOn, status: 0 },
    now,
  );
  const ended = insertContract(
    database,
    {
      ...common,
      name: `Cloud services ${companyID} (until last year)`,
      endOn: addDays(addMonths(startOn, 12), -1),
    },
    now,
  );
  adjust(database, ended, SERVICE_IDS.businessBasic, startOn, 5, now);
}

function insertContract(database: AutotaskDatabase, seed: ContractSeed, now: Date): number {
  const contracts = database.table('Contracts');
  const number = contracts.size + 1;
  return contracts.insert({
    companyID: seed.companyID,
    contractName: seed.name,
    contractNumber: `CN-${String(number).padStart(4, '0')}`,
    contractType: seed.contractType ?? TYPE.recurring,
    contractPeriodType: seed.periodType,
    contractCategory: 12,
    status: seed.status ?? 1,
    startDate: midnight(seed.startOn),
    endDate: midnight(seed.endOn),
    timeReportingRequiresStartAndStopTimes: 0,
    isDefaultContract: false,
    isCompliant: true,
    setupFee: new MoneyDecimal(0),
    internalCurrencySetupFee: new MoneyDecimal(0),
    lastModifiedDateTime: instantText(Math.min(Date.parse(seed.startOn), now.getTime())),
  }).id;
}

function adjust(
  database: AutotaskDatabase,
  contractID: number,
  serviceID: number,
  effectiveOn: LocalDate,
  unitChange: number,
  now: Date,
): void {
  applyAdjustment(database, { contractID, serviceID, effectiveDate: midnight(effectiveOn), unitChange }, now);
}
