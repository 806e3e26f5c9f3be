import { Inject, Injectable } from '@nestjs/common';
import { AUDIT_OPERATIONS } from '../../audit/domain/audit-operations.js';
import { currencyCode, isCurrencyCode } from '../../kernel/currency.js';
import type { ExchangeRates } from '../../kernel/exchange-rates.js';
import { money, MoneyDecimal } from '../../kernel/money.js';
import type { PsaWriter, WriteReceipt } from '../../ports/psa/psa-writes.js';
import { AZURE_PLAN_PRODUCT, keyText, type MappingKeys, type MappingScope } from '../domain/mapping.js';
import { MAPPING_FACTS_READER, type MappingFactsReader } from '../domain/mapping-facts.js';
import { serviceRefusal } from '../domain/mapping-rules.js';
import {
  fillService,
  type OfferPrices,
  type ServiceTemplate,
  type ServiceWishes,
} from '../domain/template-records.js';
import { OfferBinding } from './offer-binding.service.js';
import { OfferCatalogue } from './offer-catalogue.service.js';
import type { FilledTemplate, RecordTemplate } from './record-template.js';

/** A recurring service for an offer, priced in the internal currency of the instance; an Azure plan's costs nothing. */
@Injectable()
export class ServiceTemplates implements RecordTemplate<
  'offer',
  ServiceWishes & { offer: MappingKeys['offer'] }
> {
  readonly operation = AUDIT_OPERATIONS.createService;

  constructor(
    readonly binding: OfferBinding,
    private readonly catalogue: OfferCatalogue,
    @Inject(MAPPING_FACTS_READER) private readonly facts: MappingFactsReader,
  ) {}

  async fill(
    scope: MappingScope,
    wishes: ServiceWishes & { offer: MappingKeys['offer'] },
  ): Promise<FilledTemplate<'offer'>> {
    const { offer: key } = wishes;
    const known = (await this.catalogue.offersOf(scope.tenantId)).get(keyText(key));
    const name = known?.name ?? key.name ?? `${key.productId}:${key.skuId}`;
    const isAzurePlan = known?.isAzurePlan ?? key.productId === AZURE_PLAN_PRODUCT;
    const offer = { ...key, name, isAzurePlan };
    const rates = await this.rates(scope);
    const filled = fillService(offer, await this.prices(scope, offer, rates, wishes), rates, wishes);
    const { record } = filled;
    const refusal = serviceRefusal(offer, {
      ...record,
      externalId: '',
      isActive: true,
      isFree: [record.unitPrice, record.unitCost].every(
        (amount) => amount === null || new MoneyDecimal(amount.amount).isZero(),
      ),
    });
    if (refusal !== null) throw refusal;
    return { ...filled, key: { ...key, name }, label: name, reference: record.name };
  }

  send(writer: PsaWriter, record: ServiceTemplate, signal: AbortSignal): Promise<WriteReceipt> {
    const { billingCodeId, unitPrice, unitCost, ...values } = record;
    const service = {
      ...values,
      billingCodeExternalId: billingCodeId ?? '',
      unitPrice: new MoneyDecimal(unitPrice?.amount ?? 0),
      unitCost: new MoneyDecimal(unitCost?.amount ?? 0),
    };
    return writer.createService(service, signal);
  }

  private async prices(
    { tenantId, currency }: MappingScope,
    offer: MappingKeys['offer'] & { isAzurePlan: boolean },
    { internal }: ExchangeRates,
    { unitPrice, unitCost }: ServiceWishes,
  ): Promise<OfferPrices | null> {
    if (offer.isAzurePlan) return { unitPrice: money(0, internal), unitCost: money(0, internal) };
    if (unitPrice !== undefined && unitCost !== undefined) return { unitPrice, unitCost };
    return this.catalogue.pricesOf(tenantId, offer, currency);
  }

  /** As they were pulled last. */
  private async rates(scope: MappingScope): Promise<ExchangeRates> {
    const currencies = await this.facts.currencies(scope);
    const internal = currencies.find(({ isInternal }) => isInternal)?.code ?? scope.internalCurrency;
    return {
      internal: isCurrencyCode(internal) ? internal : currencyCode(scope.currency),
      rates: new Map(
        currencies.flatMap(({ code, exchangeRate }) => (exchangeRate === null ? [] : [[code, exchangeRate]])),
      ),
    };
  }
}
