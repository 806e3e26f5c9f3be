import type { Decimal } from 'decimal.js';
import type { LocalDate } from '../../kernel/local-date.js';
import type { Transaction } from '../../kernel/transaction.js';
import type { PeriodType } from '../../ports/psa/psa-records.js';
import type { MappingScope } from './mapping.js';

/** What the rules need to know of a mirrored company. */
export interface CompanyFacts {
  externalId: string;
  name: string;
  number: string | null;
  type: string;
  isActive: boolean;
  /** ISO 4217; null when neither the company nor the instance told. */
  currency: string | null;
  webAddress: string | null;
}

export interface ServiceFacts {
  externalId: string;
  name: string;
  sku: string | null;
  periodType: PeriodType;
  isActive: boolean;
  /** Whether unit cost and unit price are 0; a service without one of them counts as free of it. */
  isFree: boolean;
}

export interface ContractFacts {
  externalId: string;
  name: string;
  number: string | null;
  companyExternalId: string;
  type: string;
  isActive: boolean;
  periodType: PeriodType;
  startsOn: LocalDate;
  /** Last day, included. */
  endsOn: LocalDate;
}

/** A contract that may be suggested, with the services it has lines of. */
export interface SuggestedContract extends ContractFacts {
  serviceExternalIds: string[];
}

/** What the rules need to know of a mirrored currency. */
export interface CurrencyFacts {
  externalId: string;
  code: string;
  isActive: boolean;
  isInternal: boolean;
  exchangeRate: Decimal | null;
}

/** Reads the mirror for the rules of mapping; inside a transaction where one is given. */
export interface MappingFactsReader {
  companies(scope: MappingScope, ids: readonly string[], tx?: Transaction): Promise<CompanyFacts[]>;
  services(scope: MappingScope, ids: readonly string[], tx?: Transaction): Promise<ServiceFacts[]>;
  contracts(scope: MappingScope, ids: readonly string[], tx?: Transaction): Promise<ContractFacts[]>;
  currencies(scope: MappingScope): Promise<CurrencyFacts[]>;
  /** Active customer companies in the connection's currency that no customer is mapped to. */
  freeCompanies(scope: MappingScope): Promise<CompanyFacts[]>;
  /** Active services that no offer is mapped to. */
  freeServices(scope: MappingScope): Promise<ServiceFacts[]>;
  /** Active recurring contracts of these companies that have not ended on the day. */
  openContracts(
    scope: MappingScope,
    companyIds: readonly string[],
    today: LocalDate,
  ): Promise<SuggestedContract[]>;
}

export const MAPPING_FACTS_READER = Symbol('MAPPING_FACTS_READER');
