import { Inject, Injectable } from '@nestjs/common';
import { ConnectionDirectory } from '../../connections/application/connection-directory.service.js';
import type { Connection } from '../../connections/domain/connection.js';
import { MappedSubscriptions } from '../../contracts/application/mapped-subscriptions.service.js';
import { MirroredRates } from '../../contracts/application/mirrored-rates.service.js';
import type { UseCaseContext } from '../../core/use-case-context.js';
import { type ExchangeRates, toInternalAmount } from '../../kernel/exchange-rates.js';
import { type Money, money, MoneyDecimal } from '../../kernel/money.js';
import { type Page, type PageRequest, toPage } from '../../kernel/page.js';
import {
  type Subscription,
  SUBSCRIPTION_SOURCE,
  type SubscriptionSource,
} from '../../ports/host/subscription-source.port.js';
import { marginTotals } from '../domain/margin-price.js';
import type { MarginRule } from '../domain/margin-rule.js';
import { MARGIN_STORE, type MarginStore } from '../domain/margin-store.js';
import { type RuledPrice, ruledPrice } from '../domain/subscription-price.js';

/** What a mapped subscription costs, by the platform and by the rules. */
export interface PricedSubscription {
  subscription: Subscription;
  /** Null: no rule is for it. */
  ruled: RuledPrice | null;
  /** Totals of all seats for one billing cycle, at the price that counts on the connection. */
  totals: { price: Money; cost: Money; margin: Money | null };
  /** Of one seat, in the internal currency of the instance; null where it has no rate. */
  internalCost: Money | null;
  /** By which it was converted; null where nothing had to be. */
  rate: MoneyDecimal | null;
}

/** Shows what margin rules make of prices; writes nothing. */
@Injectable()
export class MarginPrices {
  constructor(
    private readonly connections: ConnectionDirectory,
    private readonly mapped: MappedSubscriptions,
    private readonly rates: MirroredRates,
    @Inject(SUBSCRIPTION_SOURCE) private readonly source: SubscriptionSource,
    @Inject(MARGIN_STORE) private readonly rules: MarginStore,
  ) {}

  /** Ascending by subscription id. @param afterId exclusive @throws ConnectionNotFoundError */
  async page(
    context: UseCaseContext,
    connectionId: string,
    { limit }: PageRequest,
    afterId: string | undefined,
  ): Promise<Page<PricedSubscription>> {
    const connection = await this.connections.get(context, connectionId);
    const mappings = await this.mapped.byConnection(connection.id, afterId, limit + 1);
    const page = toPage(mappings, limit, ({ subscriptionId }) => [subscriptionId]);
    const ids = page.items.map(({ subscriptionId }) => subscriptionId);
    const [subscriptions, rules, rates] = await Promise.all([
      this.source.findSubscriptions(connection.tenantId, ids),
      this.rules.list(connection.id),
      this.rates.of(connection),
    ]);
    const items = subscriptions.map((subscription) => priced(subscription, rules, connection, rates));
    return { items, nextCursor: page.nextCursor };
  }
}

function priced(
  subscription: Subscription,
  rules: readonly MarginRule[],
  { currency, policies }: Connection,
  rates: ExchangeRates,
): PricedSubscription {
  const ruled = ruledPrice(subscription, rules, currency);
  const { unitCost, unitPrice, quantity } = subscription;
  const isRuled = policies.prices === 'marginRules' && ruled !== null;
  const price = isRuled ? money(ruled.unitPrice, currency) : unitPrice;
  const totals = marginTotals(
    { unitPrice: price.amount, unitCost: unitCost.amount },
    new MoneyDecimal(quantity),
  );
  const isForeign = unitCost.currency !== rates.internal;
  return {
    subscription,
    ruled,
    totals: {
      price: money(totals.price, price.currency),
      cost: money(totals.cost, unitCost.currency),
      margin: price.currency === unitCost.currency ? money(totals.margin, price.currency) : null,
    },
    internalCost: toInternalAmount(unitCost, rates),
    rate: isForeign ? (rates.rates.get(unitCost.currency) ?? null) : null,
  };
}
