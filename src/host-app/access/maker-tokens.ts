import type { Actor, SqlQuery } from '../../index.js';
import { CallerGoneError } from './access.errors.js';
import { asId } from './ids.js';
import { BOOTSTRAP_ID } from './principal.js';

/** What an audit entry tells of tokens that were revoked with their maker. */
export interface RevokedToken {
  id: string;
  name: string;
}

/**
 * The account a new token belongs to, or null for the bootstrap token; it stays as it is until the transaction ends, so that nobody locks
 * or deletes it without seeing the new token.
 * @throws CallerGoneError when somebody did since the request was let in
 */
export async function lockMaker(query: SqlQuery, { id, personId }: Actor): Promise<string | null> {
  const maker = personId ?? id;
  if (maker === BOOTSTRAP_ID) return null;
  const [account] = await query<{ id: string }>(
    'SELECT id FROM psa_host.account WHERE id = $1 AND is_active FOR SHARE',
    [asId(maker)],
  );
  if (account === undefined) throw new CallerGoneError();
  return account.id;
}

/** Revokes the tokens an account made, and ends the sessions they opened; gives those that were good until now. */
export async function revokeTokensOf(query: SqlQuery, accountId: string): Promise<RevokedToken[]> {
  const now = new Date();
  const revoked = await query<RevokedToken>(
    `UPDATE psa_host.api_token SET revoked_at = $2
    WHERE maker_id = $1 AND revoked_at IS NULL AND expires_at > $2 RETURNING id, name`,
    [accountId, now],
  );
  await query('DELETE FROM psa_host.session WHERE token_id = ANY($1)', [revoked.map(({ id }) => id)]);
  return revoked;
}
