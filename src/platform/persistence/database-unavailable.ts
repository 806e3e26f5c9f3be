import { QueryRunnerAlreadyReleasedError, QueryRunnerProviderAlreadyReleasedError } from 'typeorm';
import { ConnectorError } from '../../kernel/connector-error.js';

/** PostgreSQL's own: shut down by an administrator, crashed, starting up; and every failure of the connection (class 08). */
const SQL_STATES = /^(57P0[123]|08...)$/;
const NETWORK_CODES = new Set(['ECONNREFUSED', 'ECONNRESET', 'EPIPE', 'ETIMEDOUT', 'ENOTFOUND', 'EAI_AGAIN']);

/** What pg says when a connection broke under a statement, or none could be made in time; it gives these no code. */
const MESSAGES =
  /Connection terminated|timeout exceeded when trying to connect|not queryable|Client was closed/i;

/**
 * Whether work failed because the database is away for the moment, as in a restart. Our own errors never mean that: what the
 * network to the PSA did is wrapped in one of them.
 */
export function isDatabaseUnavailable(error: unknown): boolean {
  if (!(error instanceof Error) || error instanceof ConnectorError) return false;
  if (isReleased(error)) return true;
  const code: unknown = 'code' in error ? error.code : undefined;
  if (typeof code === 'string' && (SQL_STATES.test(code) || NETWORK_CODES.has(code))) return true;
  return MESSAGES.test(error.message) || ('driverError' in error && isDatabaseUnavailable(error.driverError));
}

/** A connection that breaks between two statements of a transaction is released by TypeORM, which says no more than that at the next one. */
function isReleased(error: Error): boolean {
  return (
    error instanceof QueryRunnerAlreadyReleasedError ||
    error instanceof QueryRunnerProviderAlreadyReleasedError
  );
}
