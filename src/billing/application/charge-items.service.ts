import { Inject, Injectable } from '@nestjs/common';
import type { Connection } from '../../connections/domain/connection.js';
import { ImportedLineRepository } from '../../imports/domain/imported-line.js';
import { isCurrencyCode } from '../../kernel/currency.js';
import type { LocalDate } from '../../kernel/local-date.js';
import { type Money, money, MoneyDecimal } from '../../kernel/money.js';
import { addDays, addMonths } from '../../kernel/period.js';
import { SUBSCRIPTION_SOURCE, type SubscriptionSource } from '../../ports/host/subscription-source.port.js';
import {
  BILLED_CHARGE_TYPES,
  type ChargeItem,
  type ImportedAmount,
  importedKey,
  isBilledKind,
  ITEM_SOURCES,
  itemOfCharge,
  withLine,
  withoutRepeats,
} from '../domain/charge-item.js';
import { lineFor } from '../domain/charge-place.js';
import { CUSTOMER_LINE_STORE, type CustomerLineStore, type LineOfCustomer } from '../domain/customer-line.js';
import { marginPrice } from '../domain/margin-price.js';
import { type MarginRule, ruleFor } from '../domain/margin-rule.js';
import { MARGIN_STORE, type MarginStore } from '../domain/margin-store.js';

const PAGE = 200;
/** So many customers are read one by one; more of them in one go over all. */
const FEW_CUSTOMERS = 20;

/** Which amounts are looked at. */
export interface ChargeScope {
  /** First days, ascending. */
  months: readonly LocalDate[];
  /** Null: of every customer. */
  customerIds: ReadonlySet<string> | null;
}

export interface PlacedItem {
  item: ChargeItem;
  line: LineOfCustomer;
}

export interface ItemsRead {
  /** Of the connection. */
  placed: PlacedItem[];
  /** Keys of everything that is told, on whatever line. */
  told: Set<string>;
  /** Of these customers, on all connections of the tenant. */
  lines: Map<string, LineOfCustomer>;
  /** The same, by customer. */
  ofCustomer: ReadonlyMap<string, readonly LineOfCustomer[]>;
}

/** Gathers the amounts beside the seats, and finds the contract each belongs on. */
@Injectable()
export class ChargeItems {
  constructor(
    @Inject(SUBSCRIPTION_SOURCE) private readonly source: SubscriptionSource,
    private readonly imported: ImportedLineRepository,
    @Inject(CUSTOMER_LINE_STORE) private readonly lines: CustomerLineStore,
    @Inject(MARGIN_STORE) private readonly margins: MarginStore,
  ) {}

  /** @param others customers of whom nothing may be told any more, and whose lines are needed */
  async read(connection: Connection, scope: ChargeScope, others: Iterable<string> = []): Promise<ItemsRead> {
    const rules = await this.margins.list(connection.id);
    const items = withoutRepeats([
      ...(await this.recordedItems(connection.tenantId, scope)),
      ...(await this.importedItems(connection.tenantId, scope, rules)),
    ]);
    const told = items.map(({ customerId }) => customerId);
    const customerIds = [...new Set([...told, ...(scope.customerIds ?? []), ...others])];
    const lines = await this.lines.linesOfCustomers(connection.tenantId, customerIds);
    const ofCustomer = Map.groupBy(lines, ({ customerId }) => customerId);
    const placed = items.flatMap((item) => {
      const own = ofCustomer.get(item.customerId) ?? [];
      const line = lineFor({ ...item, currency: item.unitPrice.currency }, own);
      return line?.connectionId === connection.id ? [{ item, line }] : [];
    });
    return {
      placed,
      told: new Set(items.map(({ key }) => key)),
      lines: new Map(lines.map((line) => [line.id, line])),
      ofCustomer,
    };
  }

  private async recordedItems(tenantId: string, { months, customerIds }: ChargeScope): Promise<ChargeItem[]> {
    const [first] = months;
    const last = months.at(-1);
    if (first === undefined || last === undefined) return [];
    const period = { from: first, to: addDays(addMonths(last, 1), -1) };
    const items: ChargeItem[] = [];
    let cursor: string | undefined;
    do {
      const page = await this.source.readCharges(tenantId, period, { limit: PAGE, cursor });
      items.push(...page.items.map(itemOfCharge));
      cursor = page.nextCursor ?? undefined;
    } while (cursor !== undefined);
    return customerIds === null ? items : items.filter(({ customerId }) => customerIds.has(customerId));
  }

  private async importedItems(
    tenantId: string,
    { months, customerIds }: ChargeScope,
    rules: readonly MarginRule[],
  ): Promise<ChargeItem[]> {
    const few = customerIds !== null && customerIds.size <= FEW_CUSTOMERS ? [...customerIds] : [undefined];
    const items = new Map<string, { item: ChargeItem; line: ImportedAmount }>();
    for (const month of months) {
      for (const customerId of few) {
        const lines = this.imported.linesOfMonth(
          tenantId,
          month,
          // A bill is mostly seats, which nobody needs here.
          { ...(customerId === undefined ? {} : { customerId }), chargeTypes: BILLED_CHARGE_TYPES },
        );
        for await (const line of lines) {
          if (customerIds !== null && !customerIds.has(line.customerId)) continue;
          // By source as well, so that of two files that tell the same only the better one is taken.
          const key = `${line.source} ${importedKey(line)}`;
          const known = items.get(key);
          const item = known === undefined ? itemOfLine(line) : withLine(known.item, line);
          if (item !== null) items.set(key, { item, line });
        }
      }
    }
    return [...items.values()].map(({ item, line }) => ({ ...item, unitPrice: priceOf(item, line, rules) }));
  }
}

function itemOfLine(line: ImportedAmount): ChargeItem | null {
  const { source, customerId, subscriptionId, chargeType, billingMonth, subtotal, currency } = line;
  const known = ITEM_SOURCES.find((name) => name === source);
  if (known === undefined || !isBilledKind(chargeType) || !isCurrencyCode(currency)) return null;
  const unitCost = money(subtotal, currency);
  return {
    key: importedKey(line),
    chargeId: null,
    source: known,
    customerId,
    subscriptionId,
    kind: chargeType,
    description: line.productName ?? `${chargeType} ${billingMonth.slice(0, 7)}`,
    servicePeriod: { from: billingMonth, to: addDays(addMonths(billingMonth, 1), -1) },
    quantity: new MoneyDecimal(1),
    unitPrice: unitCost,
    unitCost,
  };
}

/** By the margin rule for it; what it costs where there is none. Bounds are per unit, so a month's amount has none. */
function priceOf(
  item: ChargeItem,
  { productId, skuId }: ImportedAmount,
  rules: readonly MarginRule[],
): Money {
  const { customerId, kind, unitCost } = item;
  if (kind === 'correction') return unitCost;
  const rule = ruleFor(rules, { customerId, productId, skuId, kind });
  if (rule === null) return unitCost;
  const unbounded = {
    ...rule,
    isNotAboveErp: false,
    isNotBelowList: false,
    minUnitPrice: null,
    maxUnitPrice: null,
  };
  const basis = { list: unitCost.amount, erp: null, promotionShare: new MoneyDecimal(0) };
  return money(marginPrice(unbounded, basis, unitCost.currency).unitPrice, unitCost.currency);
}
