import type { SqlQuery } from '../../index.js';

/** What an audit entry tells of tokens that were revoked with their maker. */
export interface RevokedToken {
  id: string;
  name: string;
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
