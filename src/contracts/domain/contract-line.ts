import type { LocalDate } from '../../kernel/local-date.js';
import type { MoneyJson } from '../../kernel/money.js';
import type { Page, PageRequest } from '../../kernel/page.js';
import type { MirrorScope } from './mirror-reader.js';
import type { AmountBasis } from './unit-amount.js';

/** What a contract bills of one service, or one service bundle, on a day. */
export interface ContractLine {
  contract: { externalId: string; name: string; number: string | null };
  company: { externalId: string; name: string };
  kind: 'service' | 'bundle';
  /** Of the contract service, or the contract service bundle. */
  externalId: string;
  /** Of the service, or the service bundle. */
  serviceId: string;
  name: string;
  description: string | null;
  /** The range of days with these units: a billing period, or the part of it before or after a change. */
  startsOn: LocalDate;
  /** Last day, included. */
  endsOn: LocalDate;
  units: number;
  /** Of one unit for a full billing period, customer currency. */
  unitPrice: MoneyJson | null;
  /** How the unit price was found. */
  unitPriceBasis: AmountBasis;
  /** The unit price's twin in the internal currency of the instance. */
  internalUnitPrice: MoneyJson | null;
  /** Of one unit for a full billing period; Autotask keeps every cost in the internal currency. */
  unitCost: MoneyJson | null;
  /** Approved and posted. */
  isPosted: boolean;
  postedAt: string | null;
}

export interface ContractLineFilter {
  asOf: LocalDate;
  contractId?: string | undefined;
  companyId?: string | undefined;
}

/** Sort key of contract lines: contract, kind, external id. */
export type ContractLineKey = readonly [contractId: string, kind: string, externalId: string];

/** Reads the lines of one connection's contracts that have a unit row on a day, by contract. */
export interface ContractLineReader {
  page(
    scope: MirrorScope,
    filter: ContractLineFilter,
    page: PageRequest,
    after: ContractLineKey | undefined,
  ): Promise<Page<ContractLine>>;
  /** All of them, read as they are taken. */
  all(scope: MirrorScope, filter: ContractLineFilter): AsyncIterable<ContractLine>;
}

export const CONTRACT_LINE_READER = Symbol('CONTRACT_LINE_READER');
