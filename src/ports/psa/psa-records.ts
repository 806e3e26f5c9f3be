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
  /** Of the whole row, internal currency. */
  cost: Decimal | null;
  /** UTC; null while the period is not approved and posted. */
  postedAt: Date | null;
}

/** Everything a pull can read, by entity, in the order in which rows refer to each other. */
export interface PsaRecords {
  currencies: CurrencyRecord;
  companies: CompanyRecord;
  services: ServiceRecord;
  contracts: ContractRecord;
  contractServices: ContractServiceRecord;
  contractServiceUnits: ContractServiceUnitRecord;
}
export type PsaEntity = keyof PsaRecords;
