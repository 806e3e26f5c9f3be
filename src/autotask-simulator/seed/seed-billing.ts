import { type LocalDate, utcDay } from '../../kernel/local-date.js';
import { MoneyDecimal } from '../../kernel/money.js';
import { addDays, addMonths, dayOf, midnight } from '../rules/calendar.js';
import { createRecord } from '../rules/record-writer.js';
import { entityNamed } from '../metadata/entity-catalogue.js';
import { invoiceItems, postCharge, postUnits } from '../rules/posting.js';
import type { ApiUser, AutotaskDatabase } from '../world/simulator-world.js';
import { textOf } from '../world/table.js';
import { BILLING_CODE_IDS } from './seed-reference-data.js';

/**
 * Posts every period that began before the current month, invoices all but the last month of it, and charges every
 * sixth recurring contract for last month (posted) and for this month (still open).
 */
export function seedBilling(database: AutotaskDatabase, user: ApiUser, now: Date): void {
  const monthStart = `${utcDay(now).slice(0, 7)}-01` as LocalDate;
  const lastMonth = addMonths(monthStart, -1);
  for (const unit of database.table('ContractServiceUnits').all()) {
    const startOn = dayOf(unit['startDate']);
    if (startOn < monthStart) postUnits(database, unit.id, postingTime(startOn, now));
  }
  seedCharges(database, user, lastMonth, monthStart, now);
  seedInvoices(database, lastMonth, now);
}

/** The vendor's users post on the third day after a period began, at a fixed time of the day. */
function postingTime(day: LocalDate, now: Date): Date {
  return new Date(Math.min(Date.parse(`${addDays(day, 2)}T08:52:54.023Z`), now.getTime()));
}

function seedCharges(
  database: AutotaskDatabase,
  user: ApiUser,
  lastMonth: LocalDate,
  monthStart: LocalDate,
  now: Date,
): void {
  const recurring = database
    .table('Contracts')
    .all()
    .filter((contract) => contract['contractType'] === 7 && contract['status'] === 1);
  const charge = entityNamed('ContractCharges');
  for (const [position, contract] of recurring.entries()) {
    if (position % 6 !== 0) continue;
    for (const day of [lastMonth, monthStart]) {
      const id = createRecord({ database, user, now }, charge, {
        contractID: contract.id,
        name: `Azure usage ${day.slice(0, 7)}`,
        description: 'Consumption of the month',
        datePurchased: midnight(day),
        chargeType: 1,
        billingCodeID: BILLING_CODE_IDS.material,
        unitQuantity: 1,
        unitPrice: new MoneyDecimal('148.37').plus(position),
        unitCost: new MoneyDecimal('131.2').plus(position),
        purchaseOrderNumber: `azure/${contract.id}/${day.slice(0, 7)}`,
      });
      if (day === lastMonth && id !== null) postCharge(database, id, postingTime(monthStart, now));
    }
  }
}

function seedInvoices(database: AutotaskDatabase, lastMonth: LocalDate, now: Date): void {
  const groups = new Map<string, { companyId: number; month: LocalDate; itemIds: number[] }>();
  for (const item of database.table('BillingItems').all()) {
    const month = `${dayOf(item['itemDate']).slice(0, 7)}-01` as LocalDate;
    if (month >= lastMonth) continue;
    const key = `${month} ${textOf(item['companyID'])}`;
    const group = groups.get(key) ?? { companyId: Number(item['companyID']), month, itemIds: [] };
    group.itemIds.push(item.id);
    groups.set(key, group);
  }
  for (const [, group] of [...groups].toSorted(([left], [right]) => (left < right ? -1 : 1))) {
    const at = new Date(Math.min(Date.parse(`${addMonths(group.month, 1)}T06:00:00Z`), now.getTime()));
    invoiceItems(database, group.companyId, group.itemIds, at);
  }
}
