import { Inject, Injectable } from '@nestjs/common';
import {
  type BoughtOffer,
  SUBSCRIPTION_SOURCE,
  type SubscriptionSource,
} from '../../ports/host/subscription-source.port.js';
import { keyText } from '../domain/mapping.js';

const PAGE = 200;

/** Which offers a tenant has bought, by key text. */
@Injectable()
export class OfferCatalogue {
  constructor(@Inject(SUBSCRIPTION_SOURCE) private readonly source: SubscriptionSource) {}

  async offersOf(tenantId: string): Promise<Map<string, BoughtOffer>> {
    const offers = (await this.source.readOffers?.(tenantId)) ?? (await this.collect(tenantId));
    return new Map(offers.map((offer) => [keyText(offer), offer]));
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
