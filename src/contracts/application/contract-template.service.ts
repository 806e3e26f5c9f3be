import { Inject, Injectable } from '@nestjs/common';
import { AUDIT_OPERATIONS } from '../../audit/domain/audit-operations.js';
import { utcDay } from '../../kernel/local-date.js';
import { TransactionRunner } from '../../platform/persistence/transaction-runner.js';
import { CLOCK, type Clock } from '../../ports/host/clock.port.js';
import {
  type Subscription,
  SUBSCRIPTION_SOURCE,
  type SubscriptionSource,
} from '../../ports/host/subscription-source.port.js';
import type { PsaWriter, WriteReceipt } from '../../ports/psa/psa-writes.js';
import { SubscriptionNotFoundError } from '../../subscriptions/domain/subscription.errors.js';
import type { MappingScope } from '../domain/mapping.js';
import {
  type CompanyFacts,
  MAPPING_FACTS_READER,
  type MappingFactsReader,
  type ServiceFacts,
} from '../domain/mapping-facts.js';
import { contractRefusal } from '../domain/mapping-rules.js';
import { MAPPING_STORE, type MappingStore } from '../domain/mapping-store.js';
import { type ContractTemplate, type ContractWishes, fillContract } from '../domain/template-records.js';
import type { FilledTemplate, RecordTemplate } from './record-template.js';
import { SubscriptionBinding } from './subscription-binding.service.js';

/** A contract of the type Recurring Service for a subscription, with the company its customer is mapped to. */
@Injectable()
export class ContractTemplates implements RecordTemplate<
  'subscription',
  ContractWishes & { subscriptionId: string }
> {
  readonly operation = AUDIT_OPERATIONS.createContract;

  constructor(
    readonly binding: SubscriptionBinding,
    @Inject(SUBSCRIPTION_SOURCE) private readonly source: SubscriptionSource,
    @Inject(MAPPING_FACTS_READER) private readonly facts: MappingFactsReader,
    @Inject(MAPPING_STORE) private readonly store: MappingStore,
    private readonly transactions: TransactionRunner,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  async fill(
    scope: MappingScope,
    wishes: ContractWishes & { subscriptionId: string },
  ): Promise<FilledTemplate<'subscription'>> {
    const [subscription] = await this.source.findSubscriptions(scope.tenantId, [wishes.subscriptionId]);
    if (subscription === undefined) throw new SubscriptionNotFoundError();
    const company = await this.company(scope, subscription);
    const service = await this.service(scope, subscription);
    const today = utcDay(this.clock.now());
    const filled = fillContract(subscription, company?.externalId ?? '', wishes, today);
    const { record } = filled;
    const contract = { ...record, externalId: '', companyExternalId: record.companyId, isActive: true };
    const refusal = contractRefusal(scope, { subscription, company, service, today, contract });
    if (refusal !== null) throw refusal;
    await this.demandFree(scope, subscription.id);
    const label = subscription.friendlyName ?? subscription.offer.name;
    return { ...filled, key: subscription.id, label, reference: record.number };
  }

  send(writer: PsaWriter, record: ContractTemplate, signal: AbortSignal): Promise<WriteReceipt> {
    const { companyId, type: _, description, ...values } = record;
    const contract = {
      ...values,
      companyExternalId: companyId,
      ...(description === null ? {} : { description }),
    };
    return writer.createContract(contract, signal);
  }

  private async company(scope: MappingScope, { customerId }: Subscription): Promise<CompanyFacts | null> {
    const [mapping] = await this.store.find('customer', scope.connectionId, [customerId]);
    return (await this.facts.companies(scope, idsOf(mapping)))[0] ?? null;
  }

  private async service(scope: MappingScope, { offer }: Subscription): Promise<ServiceFacts | null> {
    const [mapping] = await this.store.find('offer', scope.connectionId, [offer]);
    return (await this.facts.services(scope, idsOf(mapping)))[0] ?? null;
  }

  private async demandFree(scope: MappingScope, id: string): Promise<void> {
    const taken = await this.transactions.run((tx) => this.store.takenElsewhere(tx, scope, [id]));
    if (taken.has(id)) throw this.binding.takenError();
  }
}

function idsOf(mapping: { targetId: string | null } | undefined): string[] {
  const id = mapping?.targetId ?? null;
  return id === null ? [] : [id];
}
