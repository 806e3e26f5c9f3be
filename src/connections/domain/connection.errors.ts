import { ConnectorError } from '../../kernel/connector-error.js';
import type { AccessRefusal, AccessReport } from '../../ports/psa/access-report.js';

/** No connection of the caller's tenant has this id. */
export class ConnectionNotFoundError extends ConnectorError {
  constructor() {
    super({
      code: 'connection.not_found',
      category: 'not_found',
      detail: 'There is no connection with this id.',
    });
  }
}

/** The actor's tier may not manage connections. */
export class TierNotAllowedError extends ConnectorError {
  constructor(tier: string) {
    super({
      code: 'connection.tier_not_allowed',
      category: 'forbidden',
      detail: `Only CSPs and resellers may manage connections; you act as '${tier}'.`,
      context: { tier },
    });
  }
}

/** Another connection of the tenant has this alias (upper and lower case are the same). */
export class AliasTakenError extends ConnectorError {
  constructor(alias: string) {
    super({
      code: 'connection.alias_taken',
      category: 'conflict',
      detail: `Another connection is already called '${alias}'. Choose another alias.`,
    });
  }
}

/** The tenant already has a connection to this instance in this currency. */
export class DuplicateConnectionError extends ConnectorError {
  constructor(currency: string) {
    super({
      code: 'connection.duplicate',
      category: 'conflict',
      detail: `There is already a connection to this Autotask instance in ${currency}. Use that one, or remove it first.`,
    });
  }
}

/** New credentials belong to another PSA instance than the connection's; mappings would point to the wrong records. */
export class InstanceMismatchError extends ConnectorError {
  constructor() {
    super({
      code: 'connection.instance_mismatch',
      category: 'configuration',
      detail:
        'These credentials belong to another Autotask instance. Add a new connection for that instance instead.',
    });
  }
}

/** The connection is disabled or needs attention, so nothing may be started on it. */
export class ConnectionNotActiveError extends ConnectorError {
  constructor(state: string) {
    super({
      code: 'connection.not_active',
      category: 'conflict',
      detail:
        state === 'disabled'
          ? 'The connection is disabled. Enable it first.'
          : 'The connection needs attention: look at its access report, correct what it names and check again.',
      context: { state },
    });
  }
}

/** The PSA's answers to the access check say no; the report names what failed and what to do. */
export class ConnectionRefusedError extends ConnectorError {
  constructor(
    refusal: AccessRefusal,
    readonly accessReport: AccessReport,
  ) {
    super({
      code: `connection.${refusal}`,
      category: 'configuration',
      detail: summarize(accessReport),
      extensions: { accessReport },
    });
  }
}

/** What failed, and what to do about it, in one line; the report has it all. */
function summarize({ checks }: AccessReport): string {
  const failed = checks.filter(({ outcome }) => outcome === 'failed');
  const [first] = failed;
  if (first === undefined) return 'The access check did not pass.';
  const more = failed.length > 1 ? ` (${failed.length - 1} more in the access report)` : '';
  return [first.detail, first.remedy].filter((part) => part !== undefined).join(' ') + more;
}
