import type { ConnectorError } from '../../kernel/connector-error.js';
import type { Transaction } from '../../kernel/transaction.js';
import {
  PsaAccessDeniedError,
  PsaCredentialsRejectedError,
  PsaRateLimitedError,
  PsaRequestRejectedError,
  PsaUnreachableError,
} from '../../ports/psa/psa.errors.js';
import type { ReferencedEntity } from '../../ports/psa/psa-session.port.js';
import type { MappingKind } from './mapping.js';
import type { TemplateRecords } from './template-records.js';

/** What a mapping of each kind is bound to in the PSA. */
export const ENTITY_OF = {
  customer: 'companies',
  offer: 'services',
  subscription: 'contracts',
} as const satisfies Record<MappingKind, ReferencedEntity>;

/** A record that is to be created in the PSA, or was; saved before it is sent. */
export interface TemplateCreation<K extends MappingKind> {
  id: string;
  connectionId: string;
  kind: K;
  /** Text of the key of the mapping it is for. */
  subjectKey: string;
  /** Our key on the record, by which it is found again. */
  reference: string;
  record: TemplateRecords[K];
  /** Null while nobody knows whether it was created. */
  externalId: string | null;
  /** Until then somebody may be sending it, or a request without an answer may still be carried out. */
  leasedUntil: Date;
  startedAt: Date;
}

export interface TemplateCreationStore {
  /** The open creation of a subject, else the one with this reference. */
  find<K extends MappingKind>(
    connectionId: string,
    kind: K,
    subjectKey: string,
    reference: string,
    tx?: Transaction,
  ): Promise<TemplateCreation<K> | null>;
  insert(tx: Transaction, creation: TemplateCreation<MappingKind>): Promise<void>;
  extendLease(tx: Transaction, id: string, until: Date): Promise<void>;
  /** Remembers the record that was created. */
  finish(tx: Transaction, id: string, externalId: string): Promise<void>;
  /** Forgets a creation that certainly was not carried out. */
  remove(tx: Transaction, id: string): Promise<void>;
}

export const TEMPLATE_CREATION_STORE = Symbol('TEMPLATE_CREATION_STORE');

/** What says that a write was not carried out (see `PsaWriter`); after anything else it may have been. */
const NOT_CARRIED_OUT: readonly (abstract new (...parameters: never[]) => ConnectorError)[] = [
  PsaRequestRejectedError,
  PsaAccessDeniedError,
  PsaCredentialsRejectedError,
  PsaRateLimitedError,
  PsaUnreachableError,
];

export function wasNotCarriedOut(error: unknown): boolean {
  return NOT_CARRIED_OUT.some((type) => error instanceof type);
}
