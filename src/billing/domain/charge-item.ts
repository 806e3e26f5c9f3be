import type { Decimal } from 'decimal.js';
import type { LocalDate } from '../../kernel/local-date.js';
import { type Money, money } from '../../kernel/money.js';
import { addDays, addMonths } from '../../kernel/period.js';
import type { SourceCharge } from '../../ports/host/subscription-source.port.js';

export type ItemKind = SourceCharge['kind'] | 'reservation';

/** Where an amount comes from; of several that say the same thing the first one counts. */
export const ITEM_SOURCES = ['recorded', 'nceReconciliation', 'dailyUsage', 'focus'] as const;
export type ItemSource = (typeof ITEM_SOURCES)[number];

/** An amount beside the seats that a customer owes for a month. */
export interface ChargeItem {
  /** Readable and the same whenever it is read again: what has been billed of it is looked up by this. */
  key: string;
  /** Id of the recorded charge; null for an imported amount. */
  chargeId: string | null;
  source: ItemSource;
  customerId: string;
  subscriptionId: string | null;
  kind: ItemKind;
  description: string;
  servicePeriod: { from: LocalDate; to: LocalDate };
  quantity: Decimal;
  unitPrice: Money;
  unitCost: Money;
}

/** First day of the month a day falls in: amounts are billed by calendar month. */
export function monthOf(day: LocalDate): LocalDate {
  return `${day.slice(0, 7)}-01` as LocalDate;
}

/** Of the month that begins on a day. */
export function lastDayOfMonth(month: LocalDate): LocalDate {
  return addDays(addMonths(month, 1), -1);
}

export function itemOfCharge(charge: SourceCharge): ChargeItem {
  const { id, customerId, subscriptionId, kind, description, servicePeriod } = charge;
  return {
    key: `charge/${id}`,
    chargeId: id,
    source: 'recorded',
    customerId,
    subscriptionId,
    kind,
    description,
    servicePeriod,
    quantity: charge.quantity,
    unitPrice: charge.unitPrice,
    unitCost: charge.unitCost,
  };
}

/** A current line of an imported bill or usage file, as far as charges need it. */
export interface ImportedAmount {
  source: string;
  /** First day of the billing month. */
  billingMonth: LocalDate;
  customerId: string;
  subscriptionId: string | null;
  productId: string | null;
  skuId: string | null;
  productName: string | null;
  /** Only `usage`, `oneTime`, `fee` and `reservation` are billed as charges. */
  chargeType: string;
  chargeEnd: LocalDate;
  /** Without tax, which the PSA reckons itself. */
  subtotal: Decimal;
  currency: string;
  promotionId: string | null;
}

/** Charge types of imported lines that are billed as charges. */
export const BILLED_CHARGE_TYPES = [
  'usage',
  'oneTime',
  'fee',
  'reservation',
] as const satisfies readonly ItemKind[];
const IMPORTED_KINDS: ReadonlySet<string> = new Set<ItemKind>(BILLED_CHARGE_TYPES);

export function isBilledKind(chargeType: string): chargeType is Exclude<ItemKind, 'correction'> {
  return IMPORTED_KINDS.has(chargeType);
}

/**
 * Everything of one product, kind and month of a subscription: usage comes in many small lines. The same whichever file tells it, so that a
 * bill replaces the daily usage it sums up.
 */
export function importedKey(line: ImportedAmount): string {
  const { billingMonth, subscriptionId, chargeType, productId, skuId, currency } = line;
  const parts = [subscriptionId ?? '-', chargeType, productId ?? '-', skuId ?? '-', currency];
  return (
    importedKeysOf(line.customerId) + [billingMonth.slice(0, 7), ...parts].map(encodeURIComponent).join('/')
  );
}

/** What the keys of imported amounts of a customer start with. */
export function importedKeysOf(customerId: string): string {
  return `${IMPORTED}${encodeURIComponent(customerId)}/`;
}

export const IMPORTED = 'import/';

/** What the key of an imported amount says of it. */
export type KeyedAmount = Pick<ImportedAmount, 'customerId' | 'subscriptionId'> & {
  kind: ItemKind;
  currency: string;
};

/** Null for the key of another amount. */
export function amountOfKey(key: string): KeyedAmount | null {
  if (!key.startsWith(IMPORTED)) return null;
  const [, customerId, , subscriptionId, kind, , , currency] = key.split('/').map(decodeURIComponent);
  if (customerId === undefined || kind === undefined || currency === undefined || !isBilledKind(kind))
    return null;
  const named = subscriptionId === undefined || subscriptionId === '-' ? null : subscriptionId;
  return { customerId, subscriptionId: named, kind, currency };
}

/**
 * Leaves out what a better source says too: of one subscription, kind and month a recorded amount counts before the bill, the bill before
 * daily usage. Without this a customer would pay twice for usage that is reported twice.
 */
export function withoutRepeats(items: readonly ChargeItem[]): ChargeItem[] {
  const best = new Map<string, number>();
  for (const item of items) {
    const rank = ITEM_SOURCES.indexOf(item.source);
    best.set(subjectOf(item), Math.min(rank, best.get(subjectOf(item)) ?? rank));
  }
  const isRecordedOfCustomer = (item: ChargeItem) =>
    best.get(subjectOf({ ...item, subscriptionId: null })) === 0 && item.source !== 'recorded';
  return items.filter(
    (item) => ITEM_SOURCES.indexOf(item.source) === best.get(subjectOf(item)) && !isRecordedOfCustomer(item),
  );
}

function subjectOf({ customerId, subscriptionId, kind, servicePeriod }: ChargeItem): string {
  return JSON.stringify([customerId, subscriptionId, kind, monthOf(servicePeriod.to)]);
}

/** What is told of an amount, as text that changes when it does; an imported amount is told by its cost, the price is ours to make. */
export function toldOf({ source, quantity, unitPrice, unitCost }: ChargeItem): string {
  const amounts = source === 'recorded' ? [unitPrice, unitCost] : [unitCost];
  return amounts.map(({ amount, currency }) => `${quantity.times(amount).toFixed()} ${currency}`).join(' ');
}

/** Adds a line to what is known of its product; the description and the last day are those of the latest. */
export function withLine(item: ChargeItem, line: ImportedAmount): ChargeItem {
  const { unitCost, servicePeriod } = item;
  const to = line.chargeEnd > servicePeriod.to && monthOf(line.chargeEnd) === monthOf(servicePeriod.to);
  return {
    ...item,
    servicePeriod: to ? { ...servicePeriod, to: line.chargeEnd } : servicePeriod,
    unitCost: money(unitCost.amount.plus(line.subtotal), unitCost.currency),
  };
}
