import type { DataSource } from 'typeorm';
import type { SqlQuery } from '../../index.js';
import { StartError } from '../start-error.js';
import { LastAdministratorError } from './access.errors.js';
import type { AccountRow } from './access-rows.js';
import type { AccessSettings } from './access-settings.js';

/** Those who can sign in and let others in; $1: whether people sign in through a provider, too. */
const ADMINISTRATORS = `SELECT FROM psa_host.account WHERE is_active AND role = 'administrator' AND tier = 'csp'
  AND (password_hash IS NOT NULL OR $1) LIMIT 1`;
/** Of whoever takes an administrator away. */
const ADMINISTRATOR_LOCK = 7_723_403;

/**
 * Without a bootstrap token and a provider somebody else must be able to get in and to let others in.
 * @throws StartError
 */
export async function demandAdministrator(dataSource: DataSource): Promise<void> {
  const found: unknown[] = await dataSource.query(ADMINISTRATORS, [false]);
  if (found.length > 0) return;
  throw new StartError(
    'Nobody could sign in: PSA_SIGN_IN is accounts, but no active account with a password is an administrator of tier csp. ' +
      'Start once with PSA_BOOTSTRAP_TOKEN, sign in with it and create one.',
  );
}

/** Until the transaction ends nobody else takes an administrator away: two who did it to each other would leave none. */
export async function lockAdministrators(query: SqlQuery): Promise<void> {
  await query('SELECT pg_advisory_xact_lock($1)', [ADMINISTRATOR_LOCK]);
}

/**
 * Demands that somebody is left who can let others in, after an account was changed or deleted under `lockAdministrators`.
 * @param after absent: it is gone
 * @throws LastAdministratorError
 */
export async function demandAdministratorLeft(
  query: SqlQuery,
  { bootstrapDigest, oidc }: Pick<AccessSettings, 'bootstrapDigest' | 'oidc'>,
  before: AccountRow,
  after?: AccountRow,
): Promise<void> {
  const hasProvider = oidc !== null;
  const isTaken = isAdministrator(before, hasProvider) && !isAdministrator(after, hasProvider);
  if (!isTaken || bootstrapDigest !== null) return;
  const left = await query(ADMINISTRATORS, [hasProvider]);
  if (left.length === 0) throw new LastAdministratorError();
}

function isAdministrator(account: AccountRow | undefined, hasProvider: boolean): boolean {
  if (account?.is_active !== true || account.tier !== 'csp') return false;
  return account.role === 'administrator' && (account.has_password || hasProvider);
}
