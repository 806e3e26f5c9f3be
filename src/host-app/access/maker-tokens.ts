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

/**
 * The token that asks for another one, or null when none does; it and those it came from stay as they are until the transaction ends, so
 * that nobody revokes them without seeing the new token.
 * @throws CallerGoneError when somebody did since the request was let in
 */
export async function lockParent(
  query: SqlQuery,
  { id, personId }: Actor,
): Promise<{ id: string; expiresAt: Date } | null> {
  if (personId === undefined) return null;
  const line = await query<{ id: string; expires_at: Date; revoked_at: Date | null }>(
    `SELECT id, expires_at, revoked_at FROM psa_host.api_token
    WHERE id IN (${lineAbove('id = $1')}) ORDER BY created_at, id FOR SHARE`,
    [id],
  );
  const now = new Date();
  const isGood = line.every(({ expires_at, revoked_at }) => revoked_at === null && expires_at > now);
  if (line.length === 0 || !isGood) throw new CallerGoneError();
  return { id, expiresAt: new Date(Math.min(...line.map(({ expires_at }) => expires_at.getTime()))) };
}

/** Subquery: the ids of a token, the one that made it, and so on. @param which condition that finds the token */
export function lineAbove(which: string): string {
  return `WITH RECURSIVE line AS (
      SELECT id, parent_id FROM psa_host.api_token WHERE ${which}
      UNION SELECT above.id, above.parent_id FROM psa_host.api_token above JOIN line ON above.id = line.parent_id
    ) SELECT id FROM line`;
}

/** Revokes the tokens an account made, and ends the sessions they opened; gives those that were good until now. */
export function revokeTokensOf(query: SqlQuery, accountId: string): Promise<RevokedToken[]> {
  return revoke(query, 'maker_id = $1', accountId);
}

/** Ends the sessions that were opened with tokens an account made. */
export async function endSessionsOfTokens(query: SqlQuery, accountId: string): Promise<void> {
  await query(
    'DELETE FROM psa_host.session WHERE token_id IN (SELECT id FROM psa_host.api_token WHERE maker_id = $1)',
    [accountId],
  );
}

/** Revokes what a token made, and what that made; ends their sessions and those of the token; gives those that were good until now. */
export function revokeTokensFrom(query: SqlQuery, tokenId: string): Promise<RevokedToken[]> {
  const tree = `WITH RECURSIVE tree AS (
      SELECT id FROM psa_host.api_token WHERE id = $1
      UNION SELECT below.id FROM psa_host.api_token below JOIN tree ON below.parent_id = tree.id
    ) SELECT id FROM tree`;
  return revoke(query, `id IN (${tree})`, tokenId);
}

async function revoke(query: SqlQuery, which: string, value: string): Promise<RevokedToken[]> {
  // In one order, so that two who revoke the same tokens do not wait for each other.
  const found = await query<{ id: string }>(
    `SELECT id FROM psa_host.api_token WHERE ${which} ORDER BY created_at, id FOR UPDATE`,
    [value],
  );
  const ids = found.map(({ id }) => id);
  await query('DELETE FROM psa_host.session WHERE token_id = ANY($1)', [ids]);
  return query<RevokedToken>(
    `UPDATE psa_host.api_token SET revoked_at = $2
    WHERE id = ANY($1) AND revoked_at IS NULL AND expires_at > $2 RETURNING id, name`,
    [ids, new Date()],
  );
}

/** Revoked tokens as an audit entry tells of them. */
export function tokensIn(revokedTokens: RevokedToken[]) {
  return revokedTokens.length === 0
    ? {}
    : { revokedTokens: revokedTokens.map(({ id, name }) => ({ id, name })) };
}
