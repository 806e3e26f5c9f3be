import type { Decimal } from 'decimal.js';
import type { LocalDate } from '../../kernel/local-date.js';

/** Billing period of a contract or service; `unknown` where the PSA gives a value we have no word for. */
export type PeriodType = 'one_time' | 'monthly' | 'quarterly' | 'semi_annual' | 'yearly' | 'unknown';

export interface CurrencyRecord {
  externalId: string;
  /** ISO 4217 as the PSA writes it; may be a code we do not know. */
  code: string;
  isActive: boolean;
  isInternal: boolean;
  /** The PSA's own rate against its internal currency. */
  exchangeRate: Decimal | null;
}

export interface CompanyRecord {
  externalId: string;
  name: string;
  number: string | null;
  /** In words, lower case, such as `customer` or `vendor`; the PSA's number when it gives no word. */
  type: string;
  isActive: boolean;
  /** The company's own currency; null means the instance's internal currency. */
  currencyExternalId: string | null;
  parentExternalId: string | null;
  webAddress: string | null;
}

export interface ServiceRecord {
  externalId: string;
  name: string;
  description: string | null;
  sku: string | null;
  periodType: PeriodType;
  isActive: boolean;
  /** Internal currency of the instance. */
  unitPrice: Decimal | null;
  /** Internal currency of the instance. */
  unitCost: Decimal | null;
  billingCodeExternalId: string | null;
}

export interface ContractRecord {
  externalId: string;
  companyExternalId: string;
  name: string;
  number: string | null;
  /** `recurring_service`, or the PSA's own word in lower case. */
  type: string;
  isActive: boolean;
  periodType: PeriodType;
  startsOn: LocalDate;
  /** Last day of the contract, included. */
  endsOn: LocalDate;
}

export interface ContractServiceRecord {
  externalId: string;
  contractExternalId: string;
  serviceExternalId: string;
  description: string | null;
  /** Customer currency: the price in force for this contract. */
  unitPrice: Decimal | null;
  /** Internal currency of the instance. */
  unitCost: Decimal | null;
  /** Internal currency twin of the price in force, as the PSA stores it. */
  internalUnitPrice: Decimal | null;
}

/** Units of a contract service over a range of days; one row per period, split where the quantity changes. */
export interface ContractServiceUnitRecord {
  externalId: string;
  contractExternalId: string;
  contractServiceExternalId: string;
  serviceExternalId: string;
  startsOn: LocalDate;
  /** Last day of the range, included. */
  endsOn: LocalDate;
  units: Decimal;
  /** Of the whole row (units times unit price, prorated), customer currency. */
  price: Decimal | null;
  /** The price's twin in the internal currency, at the rate of the day it was saved. */
  internalPrice: Decimal | null;
  /** Of the whole row, internal currency. */
  cost: Decimal | null;
  /** UTC; null while the period is not approved and posted. */
  postedAt: Date | null;
}

/** Several services sold as one. */
export interface ServiceBundleRecord {
  externalId: string;
  name: string;
  description: string | null;
  sku: string | null;
  periodType: PeriodType;
  isActive: boolean;
  /** Internal currency of the instance. */
  unitPrice: Decimal | null;
  /** Internal currency of the instance. */
  unitCost: Decimal | null;
  billingCodeExternalId: string | null;
}

/** What a service costs customers of one currency. */
export interface PriceListServiceRecord {
  externalId: string;
  serviceExternalId: string;
  currencyExternalId: string;
  /** In that currency; null where the PSA converts the service's own price instead. */
  unitPrice: Decimal | null;
  /** The service's own price, converted at the PSA's rate, is charged instead of `unitPrice`. */
  usesInternalPrice: boolean;
}

/** What charges and services are booked under. */
export interface BillingCodeRecord {
  externalId: string;
  name: string;
  description: string | null;
  /** The PSA's number: 1 work type, 3 internal; others differ between sources. */
  useType: string | null;
  isActive: boolean;
  /** Number in the accounting system. */
  number: string | null;
}

export interface ContractServiceBundleRecord {
  externalId: string;
  contractExternalId: string;
  serviceBundleExternalId: string;
  description: string | null;
  /** Customer currency: the price in force for this contract. */
  unitPrice: Decimal | null;
  /** Internal currency twin of the price in force, as the PSA stores it. */
  internalUnitPrice: Decimal | null;
}

/** Units of a contract service bundle over a range of days, as `ContractServiceUnitRecord`. */
export interface ContractServiceBundleUnitRecord extends Omit<
  ContractServiceUnitRecord,
  'contractServiceExternalId' | 'serviceExternalId'
> {
  contractServiceBundleExternalId: string;
  serviceBundleExternalId: string;
}

/** An amount billed once on a contract. */
export interface ContractChargeRecord {
  externalId: string;
  contractExternalId: string;
  contractServiceExternalId: string | null;
  contractServiceBundleExternalId: string | null;
  name: string;
  description: string | null;
  /** The day it is billed under. */
  chargedOn: LocalDate;
  billingCodeExternalId: string | null;
  productExternalId: string | null;
  units: Decimal;
  /** Customer currency; null where the billing code or product sets the price. */
  unitPrice: Decimal | null;
  /** Internal currency of the instance. */
  unitCost: Decimal | null;
  /** Of all units, customer currency. */
  price: Decimal | null;
  /** Of all units, internal currency. */
  internalPrice: Decimal | null;
  /** Of all units, internal currency. */
  cost: Decimal | null;
  isBillable: boolean;
  /** A billed charge can no longer be changed or deleted. */
  isBilled: boolean;
  /** Ours, where this connector made the charge; the customer does not see it. */
  reference: string | null;
  /** The customer's own; shown on the invoice. */
  purchaseOrderNumber: string | null;
}

export interface InvoiceRecord {
  externalId: string;
  companyExternalId: string | null;
  number: string | null;
  /** UTC. */
  invoicedAt: Date;
  /** UTC. */
  createdAt: Date | null;
  dueOn: LocalDate | null;
  /** First day of what is invoiced. */
  startsOn: LocalDate | null;
  /** Last day of what is invoiced, included. */
  endsOn: LocalDate | null;
  /** Tax included, currency of the company. */
  total: Decimal | null;
  /** Currency of the company. */
  tax: Decimal | null;
  paidOn: LocalDate | null;
  isVoided: boolean;
  /** UTC. */
  voidedAt: Date | null;
  raw: RawMembers;
}

/** An approved and posted item: what was, or will be, invoiced. */
export interface BillingItemRecord {
  externalId: string;
  companyExternalId: string | null;
  contractExternalId: string | null;
  contractServiceExternalId: string | null;
  /** The unit row this item bills; null on instances that do not tell, and for anything but a contract service. */
  contractServiceUnitExternalId: string | null;
  contractServiceBundleExternalId: string | null;
  contractServiceBundleUnitExternalId: string | null;
  contractChargeExternalId: string | null;
  serviceExternalId: string | null;
  serviceBundleExternalId: string | null;
  billingCodeExternalId: string | null;
  /** Null until it is invoiced. */
  invoiceExternalId: string | null;
  name: string | null;
  description: string | null;
  /** Day of the item: start of the period, or of the change inside it. */
  itemOn: LocalDate | null;
  postedOn: LocalDate | null;
  /** UTC. */
  postedAt: Date | null;
  quantity: Decimal | null;
  /** Of one unit, currency of the company. */
  unitPrice: Decimal | null;
  /** Of the whole item without tax, currency of the company. */
  price: Decimal | null;
  /** Of the whole item without tax, internal currency. */
  internalPrice: Decimal | null;
  /** Currency of the company. */
  tax: Decimal | null;
  /** Of the whole item, internal currency. */
  cost: Decimal | null;
  isBillable: boolean;
  purchaseOrderNumber: string | null;
  raw: RawMembers;
}

/**
 * The row as the PSA gave it, under its own names, as far as it was asked for: kept for what reconciliation may need later. An
 * amount in it is the text of its digits.
 */
export type RawMembers = Readonly<Record<string, unknown>>;

/** Everything a pull can read, by entity, in the order in which rows refer to each other. */
export interface PsaRecords {
  currencies: CurrencyRecord;
  billingCodes: BillingCodeRecord;
  companies: CompanyRecord;
  services: ServiceRecord;
  serviceBundles: ServiceBundleRecord;
  priceListServices: PriceListServiceRecord;
  contracts: ContractRecord;
  contractServices: ContractServiceRecord;
  contractServiceBundles: ContractServiceBundleRecord;
  contractServiceUnits: ContractServiceUnitRecord;
  contractServiceBundleUnits: ContractServiceBundleUnitRecord;
  contractCharges: ContractChargeRecord;
  invoices: InvoiceRecord;
  billingItems: BillingItemRecord;
}
export type PsaEntity = keyof PsaRecords;
