import { Inject, Injectable, Optional } from '@nestjs/common';
import { AUDIT_OPERATIONS } from '../../audit/domain/audit-operations.js';
import type { UseCaseContext } from '../../core/use-case-context.js';
import type { ConnectorError } from '../../kernel/connector-error.js';
import { type LocalDate, utcDay } from '../../kernel/local-date.js';
import type { Transaction } from '../../kernel/transaction.js';
import { CLOCK, type Clock } from '../../ports/host/clock.port.js';
import {
  type Subscription,
  SUBSCRIPTION_SOURCE,
  type SubscriptionSource,
} from '../../ports/host/subscription-source.port.js';
import { SubscriptionNotFoundError } from '../../subscriptions/domain/subscription.errors.js';
import { ContractNotFoundError } from '../domain/contracts.errors.js';
import {
  keyText,
  type MappingExtras,
  type MappingScope,
  type MappingWish,
  type StoredMapping,
} from '../domain/mapping.js';
import {
  type CompanyFacts,
  type ContractFacts,
  MAPPING_FACTS_READER,
  type MappingFactsReader,
  type ServiceFacts,
} from '../domain/mapping-facts.js';
import { MAPPING_CHANGE_LISTENER, type MappingChangeListener } from '../domain/mapping-listeners.js';
import { contractRefusal } from '../domain/mapping-rules.js';
import { MAPPING_STORE, type MappingStore } from '../domain/mapping-store.js';
import { MappingRefusedError } from '../domain/mapping.errors.js';
import type { Judgement, MappingBinding, PreparedSet } from './mapping-binding.js';

/** What the mirror and the other mappings say about a set of subscriptions. */
interface Surroundings {
  customerMappings: Map<string, StoredMapping<string>>;
  offerMappings: Map<string, StoredMapping<unknown>>;
  companies: Map<string, CompanyFacts>;
  services: Map<string, ServiceFacts>;
  contracts: Map<string, ContractFacts>;
  takenElsewhere: Set<string>;
}

/** Subscription to contract; many subscriptions may feed one contract, and one subscription is mapped once in the tenant tree. */
@Injectable()
export class SubscriptionBinding implements MappingBinding<'subscription'> {
  readonly kind = 'subscription';
  readonly targetField = 'contractId';
  readonly isOneToOne = false;
  readonly restsOn = ['customer_mapping_id', 'offer_mapping_id'];
  readonly operations = {
    create: AUDIT_OPERATIONS.createSubscriptionMapping,
    update: AUDIT_OPERATIONS.updateSubscriptionMapping,
    delete: AUDIT_OPERATIONS.deleteSubscriptionMapping,
  };

  constructor(
    @Inject(SUBSCRIPTION_SOURCE) private readonly source: SubscriptionSource,
    @Inject(MAPPING_FACTS_READER) private readonly facts: MappingFactsReader,
    @Inject(MAPPING_STORE) private readonly store: MappingStore,
    @Inject(CLOCK) private readonly clock: Clock,
    @Optional() @Inject(MAPPING_CHANGE_LISTENER) private readonly listener: MappingChangeListener | null,
  ) {}

  takenError(): MappingRefusedError {
    return new MappingRefusedError(
      'subscription_taken',
      'The subscription is mapped on another connection. Remove that mapping first.',
    );
  }

  rebindError(): null {
    return null;
  }

  async prepare(scope: MappingScope, wishes: readonly MappingWish<string>[]): Promise<PreparedSet> {
    const ids = wishes.map(({ key }) => key);
    const found = await this.source.findSubscriptions(scope.tenantId, ids);
    const subscriptions = new Map(found.map((subscription) => [subscription.id, subscription]));
    const today = utcDay(this.clock.now());
    const judge = async (tx: Transaction) => {
      const targets = wishes.flatMap(({ targetId }) => targetId ?? []);
      const around = await this.surroundings(tx, scope, found, targets);
      return wishes.map((wish) => this.judge(scope, wish, subscriptions.get(wish.key), around, today));
    };
    return { judge, subscriptions: found };
  }

  async announce(
    tx: Transaction,
    context: UseCaseContext,
    { connectionId }: MappingScope,
    keys: readonly string[],
    subscriptions: readonly Subscription[],
    change: () => Promise<void>,
  ): Promise<void> {
    if (this.listener === null || this.listener === undefined) return change();
    const before = await this.store.bound(tx, connectionId, keys);
    await change();
    const after = await this.store.bound(tx, connectionId, keys);
    const beforeById = new Map(before.map((mapped) => [mapped.subscriptionId, mapped]));
    const afterById = new Map(after.map((mapped) => [mapped.subscriptionId, mapped]));
    const told = new Map(subscriptions.map((subscription) => [subscription.id, subscription]));
    const changes = keys
      .map((key) => ({
        before: beforeById.get(key) ?? null,
        after: afterById.get(key) ?? null,
        subscription: told.get(key) ?? null,
      }))
      .filter((one) => one.before !== null || one.after !== null);
    if (changes.length > 0) await this.listener.subscriptionMappingsChanged(tx, context, changes);
  }

  private async surroundings(
    tx: Transaction,
    scope: MappingScope,
    subscriptions: readonly Subscription[],
    contractIds: readonly string[],
  ): Promise<Surroundings> {
    const { connectionId } = scope;
    const customerIds = [...new Set(subscriptions.map(({ customerId }) => customerId))];
    const offers = new Map(subscriptions.map(({ offer }) => [keyText(offer), offer]));
    const customerMappings = await this.store.find('customer', connectionId, customerIds, tx);
    const offerMappings = await this.store.find('offer', connectionId, [...offers.values()], tx);
    const companyIds = customerMappings.flatMap(({ targetId }) => targetId ?? []);
    const serviceIds = offerMappings.flatMap(({ targetId }) => targetId ?? []);
    const companies = await this.facts.companies(scope, companyIds, tx);
    const services = await this.facts.services(scope, serviceIds, tx);
    const contracts = await this.facts.contracts(scope, contractIds, tx);
    return {
      customerMappings: new Map(customerMappings.map((mapping) => [mapping.key, mapping])),
      offerMappings: new Map(offerMappings.map((mapping) => [keyText(mapping.key), mapping])),
      companies: byExternalId(companies),
      services: byExternalId(services),
      contracts: byExternalId(contracts),
      takenElsewhere: await this.store.takenElsewhere(
        tx,
        scope,
        subscriptions.map(({ id }) => id),
      ),
    };
  }

  private judge(
    scope: MappingScope,
    { key, targetId }: MappingWish<string>,
    subscription: Subscription | undefined,
    around: Surroundings,
    today: LocalDate,
  ): Judgement {
    const contract = around.contracts.get(targetId ?? '');
    const label = subscription === undefined ? key : (subscription.friendlyName ?? subscription.offer.name);
    const known = { label, targetName: contract?.name ?? null, extras: {} };
    if (subscription === undefined) return { ...known, refusal: new SubscriptionNotFoundError() };
    const own = { root_tenant_id: scope.rootTenantId, customer_id: subscription.customerId };
    if (targetId === null) {
      return {
        ...known,
        refusal: null,
        extras: { ...own, customer_mapping_id: null, offer_mapping_id: null },
      };
    }
    const customer = around.customerMappings.get(subscription.customerId);
    const offer = around.offerMappings.get(keyText(subscription.offer));
    const extras: MappingExtras = {
      ...own,
      customer_mapping_id: customer?.id ?? null,
      offer_mapping_id: offer?.id ?? null,
    };
    const company = around.companies.get(customer?.targetId ?? '') ?? null;
    const service = around.services.get(offer?.targetId ?? '') ?? null;
    const facts = { subscription, company, service, today };
    return { ...known, extras, refusal: this.refusal(scope, facts, contract, around) };
  }

  private refusal(
    scope: MappingScope,
    facts: {
      subscription: Subscription;
      company: CompanyFacts | null;
      service: ServiceFacts | null;
      today: LocalDate;
    },
    contract: ContractFacts | undefined,
    { takenElsewhere }: Surroundings,
  ): ConnectorError | null {
    if (contract === undefined) return new ContractNotFoundError();
    const broken = contractRefusal(scope, { ...facts, contract });
    return broken ?? (takenElsewhere.has(facts.subscription.id) ? this.takenError() : null);
  }
}

function byExternalId<T extends { externalId: string }>(records: readonly T[]): Map<string, T> {
  return new Map(records.map((record) => [record.externalId, record]));
}
