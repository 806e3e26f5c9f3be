import type { Decimal } from 'decimal.js';
import type { LocalDate } from '../../kernel/local-date.js';
import { type Money, type MoneyJson, moneyToJson } from '../../kernel/money.js';
import { type ExchangeRates, toInternalAmount } from '../../kernel/exchange-rates.js';
import { addDays, addMonths, laterOf } from '../../kernel/period.js';
import type {
  BillingAccount,
  BoughtOffer,
  Subscription,
  Term,
} from '../../ports/host/subscription-source.port.js';
import type { PeriodType } from '../../ports/psa/psa-records.js';
import { OFFER_PARTS, periodOf } from './mapping.js';

/** A company that is to be created; null is what is not known and stays empty. */
export interface CompanyTemplate {
  name: string;
  /** Our key: the company is found again by it. */
  number: string;
  type: 'customer';
  phone: string | null;
  ownerId: string | null;
  currency: string;
  /** Null where the instance has but its internal currency. */
  currencyId: string | null;
  webAddress: string | null;
  address1: string | null;
  city: string | null;
  state: string | null;
  postalCode: string | null;
  countryId: string | null;
}

export interface ServiceTemplate {
  /** Our key: names of services are unique in the PSA. */
  name: string;
  description: string;
  sku: string;
  periodType: PeriodType;
  /** Internal currency of the instance. */
  unitPrice: MoneyJson | null;
  unitCost: MoneyJson | null;
  billingCodeId: string | null;
}

export interface ContractTemplate {
  companyId: string;
  name: string;
  /** Our key: the contract is found again by it. */
  number: string;
  type: 'recurring_service';
  periodType: PeriodType;
  startsOn: LocalDate;
  /** Last day, included. */
  endsOn: LocalDate;
  description: string | null;
}

/** The record a template makes for each kind of mapping. */
export interface TemplateRecords {
  customer: CompanyTemplate;
  offer: ServiceTemplate;
  subscription: ContractTemplate;
}

/** A member of the request that has to be given, or given otherwise, before the record can be created. */
export interface MissingMember {
  pointer: string;
  detail: string;
}

/** What one unit of a currency is worth in the internal one, as the instance has it. */
export interface UsedRate {
  from: string;
  to: string;
  rate: string;
}

export interface Filled<Record> {
  record: Record;
  missing: MissingMember[];
  /** Only for services: the rates that the amounts were converted by. */
  rates?: UsedRate[];
}

/** What a request may say of each record; an absent member is filled by the template. */
type Wishes<Record, Names extends keyof Record> = { [Name in Names]?: Record[Name] | undefined };
export type CompanyWishes = Wishes<
  CompanyTemplate,
  Exclude<keyof CompanyTemplate, 'type' | 'currency' | 'currencyId'>
>;
export type ServiceWishes = Wishes<ServiceTemplate, 'name' | 'description' | 'sku' | 'billingCodeId'> & {
  unitPrice?: Money | undefined;
  unitCost?: Money | undefined;
};
export type ContractWishes = Wishes<
  ContractTemplate,
  'name' | 'number' | 'startsOn' | 'endsOn' | 'description'
> & {
  /** Length of the contract where `endsOn` is absent. */
  months?: number | undefined;
};

/** Numbers of companies and contracts (Autotask REST reference, §7.1, §7.6). */
export const NUMBER_LENGTH = 50;
/** Names (§7.1, §7.6, §7.13). */
export const NAME_LENGTH = 100;
/** Characters of a description that Autotask keeps whatever its metadata says (§10 no. 24). */
export const DESCRIPTION_LENGTH = 100;

const NEEDED = 'is needed by Autotask and cannot be known here';

function required(value: unknown, pointer: string, detail: string): MissingMember[] {
  return value == null ? [{ pointer, detail }] : [];
}

function numberProblem(number: string): MissingMember[] {
  const detail = `must be given: '${number}' is longer than the ${NUMBER_LENGTH} characters Autotask keeps`;
  return number.length > NUMBER_LENGTH ? [{ pointer: '/number', detail }] : [];
}

export function fillCompany(
  customer: Pick<BillingAccount, 'id' | 'name' | 'domain'>,
  currency: { code: string; id: string | null },
  wishes: CompanyWishes,
): Filled<CompanyTemplate> {
  const record: CompanyTemplate = {
    name: wishes.name ?? customer.name.slice(0, NAME_LENGTH),
    number: wishes.number ?? customer.id,
    type: 'customer',
    phone: wishes.phone ?? null,
    ownerId: wishes.ownerId ?? null,
    currency: currency.code,
    currencyId: currency.id,
    webAddress: wishes.webAddress ?? customer.domain,
    address1: wishes.address1 ?? null,
    city: wishes.city ?? null,
    state: wishes.state ?? null,
    postalCode: wishes.postalCode ?? null,
    countryId: wishes.countryId ?? null,
  };
  const missing = [
    ...required(record.phone, '/phone', NEEDED),
    ...required(record.ownerId, '/ownerId', `${NEEDED}: the id of the resource that owns the company`),
    ...numberProblem(record.number),
  ];
  return { record, missing };
}

/** Price and cost of a seat and billing cycle, as somebody bought the offer. */
export interface OfferPrices {
  unitPrice: Money;
  unitCost: Money;
}

export function fillService(
  offer: BoughtOffer,
  prices: OfferPrices | null,
  rates: ExchangeRates,
  wishes: ServiceWishes,
): Filled<ServiceTemplate> {
  const used = new Map<string, Decimal>();
  const missing: MissingMember[] = [];
  const amount = (name: keyof OfferPrices): MoneyJson | null => {
    const value = wishes[name] ?? prices?.[name];
    if (value === undefined) {
      missing.push({
        pointer: `/${name}`,
        detail: 'must be given: nobody has bought this offer in the currency of the connection yet',
      });
      return null;
    }
    const internal = toInternalAmount(value, rates);
    if (internal === null) {
      const detail = `must be given in ${rates.internal}: this instance has no rate for ${value.currency}`;
      missing.push({ pointer: `/${name}`, detail });
      return null;
    }
    const rate = rates.rates.get(value.currency);
    if (value.currency !== rates.internal && rate !== undefined) used.set(value.currency, rate);
    return moneyToJson(internal);
  };
  const parts = OFFER_PARTS.slice(2).map((part) => offer[part]);
  const record: ServiceTemplate = {
    name: wishes.name ?? `${offer.name} (${parts.join(', ')})`,
    description:
      wishes.description ??
      OFFER_PARTS.map((part) => offer[part])
        .join(' ')
        .slice(0, DESCRIPTION_LENGTH),
    sku: wishes.sku ?? `${offer.productId}:${offer.skuId}`,
    periodType: periodOf(offer.billingCycle) ?? 'unknown',
    unitPrice: amount('unitPrice'),
    unitCost: amount('unitCost'),
    billingCodeId: wishes.billingCodeId ?? null,
  };
  if (record.name.length > NAME_LENGTH) {
    missing.push({
      pointer: '/name',
      detail: `must be given: '${record.name}' is longer than ${NAME_LENGTH} characters`,
    });
  }
  if (record.sku.length > NUMBER_LENGTH) {
    missing.push({
      pointer: '/sku',
      detail: `must be given: '${record.sku}' is longer than ${NUMBER_LENGTH} characters`,
    });
  }
  missing.push(
    ...required(record.billingCodeId, '/billingCodeId', `${NEEDED}: a billing code for recurring services`),
  );
  const to = rates.internal;
  return { record, missing, rates: [...used].map(([from, rate]) => ({ from, to, rate: rate.toFixed() })) };
}

/** Months a contract lasts where nothing else is asked for: a term of a month would end before it is billed. */
const MONTHS_OF_TERM: Readonly<Record<Term, number>> = { P1M: 12, P1Y: 12, P3Y: 36 };

export function fillContract(
  { id, kind, offer, startsOn, commitmentEndsOn, friendlyName }: Subscription,
  companyId: string,
  wishes: ContractWishes,
  today: LocalDate,
): Filled<ContractTemplate> {
  // An Azure plan is charged by calendar month.
  const first = kind === 'azurePlan' ? (`${startsOn.slice(0, 7)}-01` as LocalDate) : startsOn;
  const start = wishes.startsOn ?? first;
  const months = wishes.months ?? MONTHS_OF_TERM[offer.term];
  const record: ContractTemplate = {
    companyId,
    name: wishes.name ?? (friendlyName ?? offer.name).slice(0, NAME_LENGTH),
    // With the day, so that the contract that follows this one has a number of its own.
    number: wishes.number ?? `${id}@${start}`,
    type: 'recurring_service',
    periodType: periodOf(offer.billingCycle) ?? 'unknown',
    startsOn: start,
    endsOn: wishes.endsOn ?? endOf(start, months, laterOf(today, commitmentEndsOn ?? today)),
    description: wishes.description ?? null,
  };
  const isOrdered = record.startsOn < record.endsOn;
  const missing = [
    ...numberProblem(record.number),
    ...(isOrdered ? [] : [{ pointer: '/endsOn', detail: `must be after the first day, ${record.startsOn}` }]),
  ];
  return { record, missing };
}

/** Last day of as many whole lengths as it takes to cover a day. */
function endOf(start: LocalDate, months: number, covered: LocalDate): LocalDate {
  let lengths = 1;
  while (addMonths(start, lengths * months) <= covered) lengths += 1;
  return addDays(addMonths(start, lengths * months), -1);
}
