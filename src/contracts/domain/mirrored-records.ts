import type { LocalDate } from '../../kernel/local-date.js';
import type { MoneyJson } from '../../kernel/money.js';
import type { PeriodType } from '../../ports/psa/psa-records.js';

export interface MirroredCompany {
  externalId: string;
  name: string;
  number: string | null;
  type: string;
  isActive: boolean;
  /** ISO 4217; the instance's internal currency where the PSA names none. */
  currency: string | null;
  parentExternalId: string | null;
  webAddress: string | null;
}

export interface MirroredService {
  externalId: string;
  name: string;
  description: string | null;
  sku: string | null;
  periodType: PeriodType;
  isActive: boolean;
  unitPrice: MoneyJson | null;
  unitCost: MoneyJson | null;
}

/** A recurring service line of a contract, with what is in force on the day that was asked for. */
export interface MirroredContractService {
  externalId: string;
  serviceId: string;
  name: string;
  description: string | null;
  /** 0 where no unit row covers the day. */
  units: number;
  /** Customer currency. */
  unitPrice: MoneyJson | null;
  /** Internal currency of the instance: Autotask keeps every cost there. */
  unitCost: MoneyJson | null;
}

export interface MirroredContract {
  externalId: string;
  name: string;
  number: string | null;
  type: string;
  isActive: boolean;
  periodType: PeriodType;
  startsOn: LocalDate;
  /** Last day, included. */
  endsOn: LocalDate;
  company: { externalId: string; name: string };
  services: MirroredContractService[];
}
