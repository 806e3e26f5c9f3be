import { Inject, Injectable } from '@nestjs/common';
import type { Connection } from '../../connections/domain/connection.js';
import { currencyCode, isCurrencyCode } from '../../kernel/currency.js';
import type { ExchangeRates } from '../../kernel/exchange-rates.js';
import { MAPPING_FACTS_READER, type MappingFactsReader } from '../domain/mapping-facts.js';

/** For what is shown: the instance's own exchange rates, as last pulled. What is billed is reckoned by the rates of the moment. */
@Injectable()
export class MirroredRates {
  constructor(@Inject(MAPPING_FACTS_READER) private readonly facts: MappingFactsReader) {}

  async of({ id, tenantId, rootTenantId, currency, instance }: Connection): Promise<ExchangeRates> {
    const { internalCurrency } = instance;
    const currencies = await this.facts.currencies({
      connectionId: id,
      tenantId,
      rootTenantId,
      currency,
      internalCurrency,
    });
    const marked = currencies.find(({ isInternal, code }) => isInternal && isCurrencyCode(code))?.code;
    return {
      internal: currencyCode(marked ?? internalCurrency ?? currency),
      rates: new Map(
        currencies.flatMap(({ code, exchangeRate }) =>
          exchangeRate === null ? [] : [[code, exchangeRate] as const],
        ),
      ),
    };
  }
}
