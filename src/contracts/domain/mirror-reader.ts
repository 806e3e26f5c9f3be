import type { LocalDate } from '../../kernel/local-date.js';
import type { Page, PageRequest } from '../../kernel/page.js';
import type { MirroredCompany, MirroredContract, MirroredService } from './mirrored-records.js';

/** Which connection's mirror, and the currency its instance counts in. */
export interface MirrorScope {
  connectionId: string;
  /** ISO 4217; null when the instance did not tell. */
  internalCurrency: string | null;
}

/** Sort key of every list: name, then external id. */
export type MirrorListKey = readonly [name: string, externalId: string];

export interface MirrorListRequest extends PageRequest {
  /** Text anywhere in the name, or in the number (of a service: the sku), whatever its case. */
  search?: string | undefined;
}

/** Reads the mirrored records of one connection, by name. */
export interface MirrorReader {
  companies(
    scope: MirrorScope,
    page: MirrorListRequest,
    after: MirrorListKey | undefined,
  ): Promise<Page<MirroredCompany>>;
  services(
    scope: MirrorScope,
    page: MirrorListRequest,
    after: MirrorListKey | undefined,
  ): Promise<Page<MirroredService>>;
  contracts(
    scope: MirrorScope,
    asOf: LocalDate,
    page: MirrorListRequest,
    after: MirrorListKey | undefined,
  ): Promise<Page<MirroredContract>>;
  contract(scope: MirrorScope, asOf: LocalDate, externalId: string): Promise<MirroredContract | null>;
}

export const MIRROR_READER = Symbol('MIRROR_READER');
