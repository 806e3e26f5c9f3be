import { Inject, Injectable } from '@nestjs/common';
import { AUDIT_OPERATIONS } from '../../audit/domain/audit-operations.js';
import { SUBSCRIPTION_SOURCE, type SubscriptionSource } from '../../ports/host/subscription-source.port.js';
import type { PsaWriter, WriteReceipt } from '../../ports/psa/psa-writes.js';
import { CustomerNotFoundError } from '../../subscriptions/domain/subscription.errors.js';
import type { MappingScope } from '../domain/mapping.js';
import { MAPPING_FACTS_READER, type MappingFactsReader } from '../domain/mapping-facts.js';
import { MappingRefusedError } from '../domain/mapping.errors.js';
import { type CompanyTemplate, type CompanyWishes, fillCompany } from '../domain/template-records.js';
import { CustomerBinding } from './customer-binding.service.js';
import type { FilledTemplate, RecordTemplate } from './record-template.js';

/** A company of the type Customer for a customer, in the currency of the connection. */
@Injectable()
export class CompanyTemplates implements RecordTemplate<'customer', CompanyWishes & { customerId: string }> {
  readonly operation = AUDIT_OPERATIONS.createCompany;

  constructor(
    readonly binding: CustomerBinding,
    @Inject(SUBSCRIPTION_SOURCE) private readonly source: SubscriptionSource,
    @Inject(MAPPING_FACTS_READER) private readonly facts: MappingFactsReader,
  ) {}

  async fill(
    scope: MappingScope,
    wishes: CompanyWishes & { customerId: string },
  ): Promise<FilledTemplate<'customer'>> {
    const [customer] = await this.source.findBillingAccounts(scope.tenantId, [wishes.customerId]);
    if (customer === undefined) throw new CustomerNotFoundError();
    const currency = { code: scope.currency, id: await this.currencyId(scope) };
    const filled = fillCompany(customer, currency, wishes);
    return { ...filled, key: customer.id, label: customer.name, reference: filled.record.number };
  }

  send(writer: PsaWriter, record: CompanyTemplate, signal: AbortSignal): Promise<WriteReceipt> {
    const { phone, ownerId, currency: _, currencyId, countryId, ...values } = record;
    const company = {
      ...withoutEmpty(values),
      name: record.name,
      type: record.type,
      phone: phone ?? '',
      ownerExternalId: ownerId ?? '',
      ...(currencyId === null ? {} : { currencyExternalId: currencyId }),
      ...(countryId === null ? {} : { countryExternalId: countryId }),
      isActive: true,
    };
    return writer.createCompany(company, signal);
  }

  /** Null where the instance needs none said. @throws MappingRefusedError when it has no such currency in use */
  private async currencyId(scope: MappingScope): Promise<string | null> {
    const { currency, internalCurrency } = scope;
    const found = (await this.facts.currencies(scope)).find(({ code }) => code === currency);
    if (found?.isActive === true) return found.externalId;
    if (currency === internalCurrency) return null;
    const detail = `No active currency ${currency} of this instance has been pulled. Activate it in Autotask, or sync first.`;
    throw new MappingRefusedError('currency_mismatch', detail);
  }
}

function withoutEmpty<T extends object>(values: T): { [K in keyof T]?: NonNullable<T[K]> } {
  return Object.fromEntries(Object.entries(values).filter(([, value]) => value !== null)) as {
    [K in keyof T]?: NonNullable<T[K]>;
  };
}
