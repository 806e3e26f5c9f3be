import type { DataSource } from 'typeorm';
import { StartError } from '../start-error.js';

/**
 * Without a bootstrap token somebody else must be able to get in and to let others in.
 * @throws StartError
 */
export async function demandAdministrator(dataSource: DataSource): Promise<void> {
  const found: unknown[] = await dataSource.query(
    `SELECT FROM psa_host.account WHERE is_active AND role = 'administrator' AND tier = 'csp' LIMIT 1`,
  );
  if (found.length > 0) return;
  throw new StartError(
    'Nobody could sign in: PSA_SIGN_IN is accounts, but no active account is an administrator of tier csp. ' +
      'Start once with PSA_BOOTSTRAP_TOKEN, sign in with it and create one.',
  );
}
