import type { CurrencyCode } from '../../kernel/currency.js';
import type { ConnectorError } from '../../kernel/connector-error.js';
import type { Secret } from '../../kernel/secret.js';
import type { AccessRefusal, AccessReport } from './access-report.js';
import type { PsaSession } from './psa-session.port.js';

/** What the API user signs in with. */
export interface PsaCredentials {
  username: string;
  secret: Secret;
  /** Tracking identifier; the adapter's configured default when absent. */
  integrationCode?: Secret | undefined;
}

/** The PSA database behind a connection, as found by the access check. */
export interface PsaInstance {
  /** The PSA's id of the customer database. */
  id: string;
  zoneName: string;
  /** Base address of the API, ends with `/`. */
  apiUrl: string;
  webUrl: string;
  /** ISO 4217 as the PSA writes it; null when the check could not tell. */
  internalCurrency: string | null;
  /** Vendor metadata (pick lists) the adapter wants back in `openSession`; JSON, no secrets. */
  metadata: Record<string, unknown>;
}

export interface AccessCheckRequest {
  credentials: PsaCredentials;
  currency: CurrencyCode;
}

export interface AccessCheckResult {
  report: AccessReport;
  /** Present once the zone was found. */
  instance: PsaInstance | null;
  /** Set when the PSA's answers say no. */
  refusal: AccessRefusal | null;
  /** Set when the PSA could not be asked to the end (unreachable, rate limited, unexpected answer): nothing is decided. */
  interruption: ConnectorError | null;
}

/**
 * What a session is for. Pulls stop before a configurable share of the instance's hourly allowance, so that pushes and what a
 * person waits for can use the rest.
 */
export type SessionPurpose = 'pull' | 'push' | 'interactive';

export interface OpenSessionRequest {
  credentials: PsaCredentials;
  instance: PsaInstance;
  purpose: SessionPurpose;
}

/** One input of the connect form. */
export interface CredentialField {
  name: 'username' | 'secret' | 'integrationCode';
  label: string;
  isSecret: boolean;
  isRequired: boolean;
}

/** What a PSA vendor's folder implements; found by `kind` through the registry. */
export interface PsaAdapter {
  readonly kind: string;
  credentialFields(): CredentialField[];
  /**
   * Checks the API user against what this package needs. Makes one authentication attempt and never retries it, because
   * repeated failures lock the API user. A refusal is a result, not an exception.
   */
  checkAccess(request: AccessCheckRequest, signal?: AbortSignal): Promise<AccessCheckResult>;
  openSession(request: OpenSessionRequest): PsaSession;
}

/** Token of the adapters a host has registered: `readonly PsaAdapter[]`. */
export const PSA_ADAPTERS = Symbol('PSA_ADAPTERS');
