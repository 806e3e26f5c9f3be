import { Inject, Injectable } from '@nestjs/common';
import type { CurrencyCode } from '../../kernel/currency.js';
import {
  type BoughtOffer,
  type OfferKey,
  SUBSCRIPTION_SOURCE,
  type SubscriptionSource,
} from '../../ports/host/subscription-source.port.js';
import { keyText } from '../domain/mapping.js';
import type { OfferPrices } from '../domain/template-records.js';

const PAGE = 200;
/** Pages looked through for one price. */
const MOST_PAGES = 50;

/** Which offers a tenant has bought, by key text. */
@Injectable()
export class OfferCatalogue {
  constructor(@Inject(SUBSCRIPTION_SOURCE) private readonly source: SubscriptionSource) {}

  async offersOf(tenantId: string): Promise<Map<string, BoughtOffer>> {
    const offers = (await this.source.readOffers?.(tenantId)) ?? (await this.collect(tenantId));
    return new Map(offers.map((offer) => [keyText(offer), offer]));
  }

  /**
   * Price and cost of an offer as the first subscription to it that is not cancelled has them; null when there is none among
   * those looked through.
   */
  async pricesOf(tenantId: string, key: OfferKey, currency: CurrencyCode): Promise<OfferPrices | null> {
    const text = keyText(key);
    let cursor: string | undefined;
    for (let page = 0; page < MOST_PAGES; page += 1) {
      const { items, nextCursor } = await this.source.readSubscriptions(tenantId, { limit: PAGE, cursor });
      const found = items.find(
        ({ offer, status, unitPrice }) =>
          keyText(offer) === text && status !== 'cancelled' && unitPrice.currency === currency,
      );
      if (found !== undefined) return { unitPrice: found.unitPrice, unitCost: found.unitCost };
      if (nextCursor === null) return null;
      cursor = nextCursor;
    }
    return null;
  }

  /** For sources that cannot tell: from all subscriptions. */
  private async collect(tenantId: string): Promise<BoughtOffer[]> {
    const offers = new Map<string, BoughtOffer>();
    let cursor: string | undefined;
    do {
      const page = await this.source.readSubscriptions(tenantId, { limit: PAGE, cursor });
      for (const { offer, kind } of page.items) {
        const text = keyText(offer);
        const isAzurePlan = kind === 'azurePlan' || offers.get(text)?.isAzurePlan === true;
        offers.set(text, { ...offer, isAzurePlan });
      }
      cursor = page.nextCursor ?? undefined;
    } while (cursor !== undefined);
    return [...offers.values()];
  }
}
