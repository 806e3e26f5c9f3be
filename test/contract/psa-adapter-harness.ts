import type { CurrencyCode } from '../../src/kernel/currency.js';
import type { PsaAdapter, PsaCredentials } from '../../src/ports/psa/psa-adapter.port.js';
import type { PsaEntity } from '../../src/ports/psa/psa-records.js';

/** Where in the conversation a fault strikes. */
export type ContractStage =
  'discovery' | 'sign-in' | 'rights' | 'functional read' | 'currency' | 'usage' | PsaEntity;

/** What goes wrong on the wire, in words every vendor's double can act out. */
export type ContractFault =
  | 'slow'
  | 'html'
  | 'empty 401'
  | '500 with errors'
  | '503'
  | '429 with Retry-After 0'
  | '429 with Retry-After 3600'
  | 'truncated body'
  | 'malformed JSON'
  | 'dropped connection';

/** Attempts of a read in a session that the adapter under test is configured with. */
export const CONTRACT_ATTEMPTS = 3;
/** Time-out of one request that the adapter under test is configured with; `slow` takes longer. */
export const CONTRACT_TIMEOUT_MS = 1500;

/** What the suite needs of a vendor: an adapter, users in every situation, and a double whose rows and faults it controls. */
export interface PsaAdapterHarness {
  readonly adapter: PsaAdapter;
  /** Active in the instance of `users.good`, respectively not. */
  readonly currency: CurrencyCode;
  readonly unavailableCurrency: CurrencyCode;
  readonly pageSize: number;
  readonly users: {
    good: PsaCredentials;
    unknown: PsaCredentials;
    wrongSecret: PsaCredentials;
    wrongIntegrationCode: PsaCredentials;
    /** Lacks a right that billing needs. */
    insufficient: PsaCredentials;
    /** Lacks everything of helpdesk and nothing else. */
    withoutHelpdesk: PsaCredentials;
  };
  /** Lets matching requests fail; the first `times` of them, or all. */
  fail(stage: ContractStage, fault: ContractFault, times?: number): void;
  heal(): void;
  /** Ids of all rows of an entity, ascending. */
  idsOf(entity: PsaEntity): string[];
  /** Adds copies of an existing row until there are `count` rows. */
  growTo(entity: PsaEntity, count: number): void;
  remove(entity: PsaEntity, id: string): void;
  /** Marks a row as edited by a person; answers an instant not after the edit and after every other. */
  edit(entity: 'services', id: string): Date;
  requests(): number;
  authenticatedRequests(): number;
  /** Forgets the requests so far. */
  forgetRequests(): void;
  /** The vendor is gone: connections are refused from now on. */
  goDark(): Promise<void>;
  stop(): Promise<void>;
}
