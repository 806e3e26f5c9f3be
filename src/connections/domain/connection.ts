import type { CurrencyCode } from '../../kernel/currency.js';
import type { AccessReport } from '../../ports/psa/access-report.js';
import type { AccessCheckResult, PsaInstance } from '../../ports/psa/psa-adapter.port.js';
import type { ConnectionPolicies } from './connection-policies.js';

/**
 * `active`: pulled and pushed; `attention`: the PSA refuses something, pulls and pushes pause until a check
 * passes; `disabled`: switched off by a
 * person; `removed`: kept for the audit log only, its credentials are destroyed.
 */
export type ConnectionState = 'active' | 'attention' | 'disabled' | 'removed';

/** One registered PSA tenant for one currency. */
export interface Connection {
  id: string;
  tenantId: string;
  rootTenantId: string;
  /** Kind of the PSA adapter, such as `autotask`. */
  provider: string;
  alias: string;
  currency: CurrencyCode;
  state: ConnectionState;
  /** User name of the API user; its secret lives in the vault. */
  username: string;
  instance: PsaInstance;
  accessReport: AccessReport;
  policies: ConnectionPolicies;
  createdAt: Date;
  createdBy: { id: string; name: string };
}

/** The connection after a check that the PSA answered to the end; an interrupted check decides nothing. */
export function afterCheck(
  connection: Connection,
  { report, instance, refusal, interruption }: AccessCheckResult,
): Connection {
  if (interruption !== null) return connection;
  if (refusal !== null) {
    return {
      ...connection,
      accessReport: report,
      state: connection.state === 'active' ? 'attention' : connection.state,
    };
  }
  return {
    ...connection,
    accessReport: report,
    instance: instance ?? connection.instance,
    state: connection.state === 'attention' ? 'active' : connection.state,
  };
}

/** Switched on or off by a person. Switching on a connection whose last check failed gives `attention`, not `active`. */
export function withEnabled(connection: Connection, isEnabled: boolean): Connection {
  if (!isEnabled) return { ...connection, state: 'disabled' };
  if (connection.state !== 'disabled') return connection;
  return { ...connection, state: connection.accessReport.outcome === 'passed' ? 'active' : 'attention' };
}

/** Needs a person because the PSA refused something it used to allow. */
export function withAttention(connection: Connection): Connection {
  return connection.state === 'active' ? { ...connection, state: 'attention' } : connection;
}

/** A person has answered what other work asked; what the last check refused still needs one. */
export function withoutAttention(connection: Connection): Connection {
  const { state, accessReport } = connection;
  return state === 'attention' && accessReport.outcome === 'passed'
    ? { ...connection, state: 'active' }
    : connection;
}

/**
 * Whether a scheduled check may sign in. Not after the PSA refused the credentials: each further failure brings the API user closer to
 * being locked, so a person has to enter new ones first.
 */
export function mayCheckUnattended({ state, accessReport }: Connection): boolean {
  const isSignInRefused = accessReport.checks.some(
    ({ id, outcome }) => id === 'sign_in' && outcome === 'failed',
  );
  return state === 'active' || (state === 'attention' && !isSignInRefused);
}
