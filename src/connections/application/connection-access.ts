import type { AuditDetail, AuditDetails, AuditSubject } from '../../audit/domain/audit-entry.js';
import type { Actor } from '../../ports/host/actor-resolver.port.js';
import type { AccessReport } from '../../ports/psa/access-report.js';
import type { AccessCheckResult, PsaInstance } from '../../ports/psa/psa-adapter.port.js';
import type { Connection } from '../domain/connection.js';
import {
  ConnectionNotActiveError,
  ConnectionRefusedError,
  TierNotAllowedError,
} from '../domain/connection.errors.js';

/** @throws TierNotAllowedError */
export function demandManagingTier({ tier }: Actor): void {
  if (tier !== 'csp' && tier !== 'reseller') throw new TierNotAllowedError(tier);
}

/** @throws ConnectionNotActiveError */
export function demandActive(connection: Connection): Connection {
  if (connection.state !== 'active') throw new ConnectionNotActiveError(connection.state);
  return connection;
}

/**
 * The instance a passed check found.
 * @throws ConnectionRefusedError, or the error that interrupted the check
 */
export function demandPassed({ report, instance, refusal, interruption }: AccessCheckResult): PsaInstance {
  if (interruption !== null) throw interruption;
  if (refusal !== null) throw new ConnectionRefusedError(refusal, report);
  if (instance === null) throw new TypeError('An access check that passes must name the instance');
  return instance;
}

/** What an audit entry keeps of a report: the capabilities and the checks that did not pass. */
export function auditedReport({ outcome, capabilities, checks }: AccessReport): AuditDetails {
  const notPassed = checks
    .filter((check) => check.outcome === 'failed' || check.outcome === 'unknown')
    .map(({ id, outcome: result, detail }): AuditDetail => ({ id, outcome: result, detail }));
  return { accessCheck: { outcome, capabilities: { ...capabilities }, notPassed } };
}

/** How audit entries name a connection. */
export function subjectOf({ id, alias }: Connection): AuditSubject {
  return { type: 'connection', id, label: alias };
}
