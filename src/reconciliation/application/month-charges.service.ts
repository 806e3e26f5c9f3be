import { Injectable } from '@nestjs/common';
import { ChargeItems, type PlacedItem } from '../../billing/application/charge-items.service.js';
import type { Connection } from '../../connections/domain/connection.js';
import type { BillTotal } from '../../imports/domain/bill-totals.js';
import { money, roundMoney } from '../../kernel/money.js';
import { type BillingMonth, firstDayOf } from '../domain/billing-month.js';
import type { BilledSubject, ExpectedCharge } from '../domain/month-facts.js';

/** What is owed beside the seats in a month. */
export interface MonthCharges {
  /** By the subscription whose contract each belongs on. */
  ofSubscription: ReadonlyMap<string, ExpectedCharge[]>;
  /** Whether what the bill says there is billed by one of them. */
  isPlaced(subject: Pick<BilledSubject, 'customerId' | 'subscriptionId'>, total: BillTotal): boolean;
}

/** Takes amounts beside the seats as billing does: the same items, at the same prices, on the same contracts. */
@Injectable()
export class MonthChargesReader {
  constructor(private readonly items: ChargeItems) {}

  async read(connection: Connection, month: BillingMonth): Promise<MonthCharges> {
    const { placed } = await this.items.read(connection, { months: [firstDayOf(month)], customerIds: null });
    const ofSubscription = new Map<string, ExpectedCharge[]>();
    const subjects = new Set<string>();
    for (const { item, line } of placed) {
      const charge = toCharge(item);
      const own = ofSubscription.get(line.subscriptionId);
      if (own === undefined) ofSubscription.set(line.subscriptionId, [charge]);
      else own.push(charge);
      subjects.add(subjectKey(item.customerId, item.subscriptionId, item.kind));
    }
    return {
      ofSubscription,
      isPlaced: ({ customerId, subscriptionId }, { billClass }) =>
        subjects.has(subjectKey(customerId, subscriptionId, billClass)) ||
        subjects.has(subjectKey(customerId, null, billClass)),
    };
  }
}

function toCharge({
  description,
  quantity,
  unitPrice,
  kind,
  chargeId,
  source,
}: PlacedItem['item']): ExpectedCharge {
  return {
    description,
    kind,
    price: roundMoney(money(quantity.times(unitPrice.amount), unitPrice.currency)),
    reference: chargeId === null ? `${kind} of ${source}: ${description}` : `charge ${chargeId}`,
  };
}

function subjectKey(customerId: string, subscriptionId: string | null, kind: string): string {
  return JSON.stringify([customerId, subscriptionId, kind]);
}
