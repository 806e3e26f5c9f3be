import type { LocalDate } from '../../kernel/local-date.js';
import type { BillingCycle, Subscription } from '../../ports/host/subscription-source.port.js';
import type { PeriodType } from '../../ports/psa/psa-records.js';
import { type MappingScope, periodOf } from './mapping.js';
import type { CompanyFacts, ContractFacts, ServiceFacts } from './mapping-facts.js';
import { MappingRefusedError, type MappingRefusalReason } from './mapping.errors.js';

type Rule = readonly [isMet: boolean, reason: MappingRefusalReason, detail: string];

/** The first broken rule, so that what is told can be acted on. */
function firstBroken(rules: readonly Rule[]): MappingRefusedError | null {
  const broken = rules.find(([isMet]) => !isMet);
  return broken === undefined ? null : new MappingRefusedError(broken[1], broken[2]);
}

function periodRule(what: string, period: PeriodType, cycle: BillingCycle): Rule {
  const needed = periodOf(cycle);
  const detail =
    needed === null
      ? 'Autotask has no period of three years. Bill this offer as a one-time charge, or sell it with monthly or annual billing.'
      : `The offer is billed ${cycle}, which needs a ${what} with the period '${needed}'; this one has '${period}'.`;
  return [needed === period, 'period_mismatch', detail];
}

/** Why a customer cannot be mapped to the company; null when it can. */
export function companyRefusal(
  { currency }: MappingScope,
  company: CompanyFacts,
): MappingRefusedError | null {
  return firstBroken([
    [
      company.type === 'customer',
      'company_not_customer',
      `'${company.name}' is a company of the type '${company.type}'. Only companies of the type Customer can be mapped.`,
    ],
    [
      company.isActive,
      'company_inactive',
      `The company '${company.name}' is inactive. Activate it in Autotask and sync.`,
    ],
    [company.currency === currency, 'currency_mismatch', currencyDetail(company, currency)],
  ]);
}

function currencyDetail({ name, currency }: CompanyFacts, needed: string): string {
  return currency === null
    ? `Autotask did not tell the currency of '${name}'; this connection is for ${needed}.`
    : `The company '${name}' is billed in ${currency}, and this connection is for ${needed}. Use a connection for ${currency}.`;
}

/** What the rules need to know of an offer. */
export interface OfferFacts {
  billingCycle: BillingCycle;
  isAzurePlan: boolean;
}

/** Why an offer cannot be mapped to the service; null when it can. */
export function serviceRefusal(offer: OfferFacts, service: ServiceFacts): MappingRefusedError | null {
  return firstBroken([
    [
      service.isActive,
      'service_inactive',
      `The service '${service.name}' is inactive. Activate it in Autotask and sync.`,
    ],
    periodRule('service', service.periodType, offer.billingCycle),
    azureRule(offer.isAzurePlan, service),
  ]);
}

function azureRule(isAzurePlan: boolean, { name, isFree }: ServiceFacts): Rule {
  return [
    !isAzurePlan || isFree,
    'azure_service_priced',
    `The service '${name}' has a unit cost or unit price. An Azure plan is charged by its usage, so its service must cost 0.`,
  ];
}

/** Everything a subscription's mapping is judged by; null where there is none. */
export interface SubscriptionFacts {
  subscription: Subscription;
  contract: ContractFacts;
  /** The company its customer is mapped to, as mirrored. */
  company: CompanyFacts | null;
  /** The service its offer is mapped to, as mirrored. */
  service: ServiceFacts | null;
  today: LocalDate;
}

/** Why a subscription cannot be mapped to the contract; null when it can. */
export function contractRefusal(scope: MappingScope, facts: SubscriptionFacts): MappingRefusedError | null {
  const { subscription, contract, company, service, today } = facts;
  if (company === null) {
    const detail = `The customer of this subscription is not mapped on this connection. Map the customer '${subscription.customerId}' first.`;
    return new MappingRefusedError('customer_unmapped', detail);
  }
  if (service === null) {
    const detail = `The offer '${subscription.offer.name}' is not mapped on this connection. Map the offer first.`;
    return new MappingRefusedError('offer_unmapped', detail);
  }
  return (
    firstBroken([
      currencyRule(scope, subscription),
      [
        contract.companyExternalId === company.externalId,
        'contract_of_other_company',
        `The contract '${contract.name}' does not belong to '${company.name}', the company its customer is mapped to.`,
      ],
      ...contractRules(contract, subscription, today),
      azureRule(subscription.kind === 'azurePlan', service),
    ]) ?? companyRefusal(scope, company)
  );
}

function currencyRule({ currency }: MappingScope, { unitPrice }: Subscription): Rule {
  return [
    unitPrice.currency === currency,
    'currency_mismatch',
    `The subscription is priced in ${unitPrice.currency}, and this connection is for ${currency}.`,
  ];
}

/** Rules about the contract alone and the subscription's dates and cycle. */
export function contractRules(
  contract: ContractFacts,
  { kind, startsOn, offer }: Pick<Subscription, 'kind' | 'startsOn' | 'offer'>,
  today: LocalDate,
): Rule[] {
  const name = `The contract '${contract.name}'`;
  return [
    [
      contract.type === 'recurring_service',
      'contract_not_recurring',
      `${name} is not of the type Recurring Service, which alone carries services.`,
    ],
    [contract.isActive, 'contract_inactive', `${name} is inactive. Activate it in Autotask and sync.`],
    [
      contract.endsOn >= today,
      'contract_ended',
      `${name} ended on ${contract.endsOn}. Extend it in Autotask and sync, or choose the one that follows it.`,
    ],
    [
      contract.startsOn <= startsOn,
      'contract_starts_later',
      `${name} starts on ${contract.startsOn}, after the subscription (${startsOn}).`,
    ],
    periodRule('contract', contract.periodType, offer.billingCycle),
    [
      kind !== 'azurePlan' || contract.startsOn.endsWith('-01'),
      'contract_not_on_day_one',
      `${name} starts on ${contract.startsOn}. An Azure plan is charged by calendar month, so its contract must start on day 1.`,
    ],
  ];
}

/** Whether a contract breaks none of the rules about it and the subscription. */
export function fitsContract(
  contract: ContractFacts,
  subscription: Pick<Subscription, 'kind' | 'startsOn' | 'offer'>,
  today: LocalDate,
): boolean {
  return firstBroken(contractRules(contract, subscription, today)) === null;
}
