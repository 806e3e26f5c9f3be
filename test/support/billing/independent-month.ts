import { Decimal } from 'decimal.js';
import type { AutotaskDatabase } from '../../../src/autotask-simulator/testing.js';

/** Seats and price from a day of the month on. */
export interface SeatsFrom {
  day: number;
  seats: number;
  price: string;
}

/** A month of 30 days in which every contract bills by calendar month: reckoned with nothing of the connector's. */
export const MONTH = { name: '2026-11', days: 30 } as const;

/** What seats cost in the month, day by day. */
export function owedForSeats(changes: readonly SeatsFrom[]): Decimal {
  let sum = new Decimal(0);
  for (let day = 1; day <= MONTH.days; day += 1) {
    const now = changes.findLast((change) => change.day <= day);
    if (now !== undefined) sum = sum.plus(new Decimal(now.price).times(now.seats));
  }
  return sum.div(MONTH.days).toDecimalPlaces(2, Decimal.ROUND_HALF_UP);
}

const dayOf = (value: unknown) => String(value).slice(0, 10);

/** What a contract of the vendor bills in the month: its unit rows that lie in it, and its charges. */
export function billedOn(
  database: AutotaskDatabase,
  contractId: number,
): { units: Decimal; charges: Decimal } {
  let units = new Decimal(0);
  for (const row of database.table('ContractServiceUnits').where('contractID', contractId)) {
    if (dayOf(row['startDate']).startsWith(MONTH.name)) units = units.plus(String(row['price']));
  }
  let charges = new Decimal(0);
  for (const row of database.table('ContractCharges').where('contractID', contractId)) {
    if (dayOf(row['datePurchased']).startsWith(MONTH.name))
      charges = charges.plus(String(row['billableAmount']));
  }
  return { units: units.toDecimalPlaces(2, Decimal.ROUND_HALF_UP), charges };
}
