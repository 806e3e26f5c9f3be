import pg from 'pg';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { AccountResponse } from '../../src/host-app/access/accounts.controller.js';
import { PasswordHasher } from '../../src/host-app/access/password-hash.js';
import type { ApiAnswer } from '../support/api-client.js';
import { expectProblem } from '../support/connector.js';
import { HostPeople, OTHER_PASSWORD, PASSWORD } from '../support/host-people.js';
import { until } from '../support/until.js';

/** What an administrator sets while somebody is still using the old one. */
const RESET_PASSWORD = 'quite another donkey sentence';

let people: HostPeople;
/** Stands for the transaction of a reset, so that the test decides when it commits. */
let reset: pg.Client;

beforeAll(async () => {
  people = await HostPeople.start();
});

afterAll(async () => {
  await people?.stop();
});

beforeEach(async () => {
  reset = new pg.Client({ connectionString: people.databaseUrl });
  await reset.connect();
});

afterEach(async () => {
  await reset.end();
});

/** Sends a request while a reset of the account is under way, and lets the reset commit once the request waits for it. */
async function duringReset(account: AccountResponse, send: () => Promise<ApiAnswer>): Promise<ApiAnswer> {
  const { rows } = await reset.query<{ pid: number }>('SELECT pg_backend_pid() AS pid');
  await reset.query('BEGIN');
  await reset.query(
    'UPDATE psa_host.account SET password_hash = $2, password_changed_at = $3 WHERE id = $1',
    [account.id, await new PasswordHasher({ logN: 14, r: 8, p: 1 }).hash(RESET_PASSWORD), new Date()],
  );
  const answer = send();
  await until('the request to wait for the reset', async () => {
    const waiting = await people.client.query(
      'SELECT FROM pg_locks WHERE NOT granted AND $1 = ANY(pg_blocking_pids(pid))',
      [rows[0]?.pid],
    );
    return waiting.rowCount === 0 ? null : true;
  });
  await reset.query('DELETE FROM psa_host.session WHERE account_id = $1', [account.id]);
  await reset.query('COMMIT');
  return answer;
}

async function sessionsOf({ id }: AccountResponse): Promise<number> {
  const { rows } = await people.client.query('SELECT FROM psa_host.session WHERE account_id = $1', [id]);
  return rows.length;
}

async function expectOnlyResetPassword({ userName }: AccountResponse, old: string): Promise<void> {
  expectProblem(await people.browser().signIn({ userName, password: old }), 401, 'access.sign_in_refused');
  expect((await people.browser().signIn({ userName, password: RESET_PASSWORD })).status).toBe(200);
}

describe('a password that is reset while the old one is in use', () => {
  it('opens no session for the old one, which was right when it was looked at', async () => {
    const account = await people.newAccount();
    const { userName } = account;
    const session = people.browser();
    const answer = await duringReset(account, () => session.signIn({ userName, password: PASSWORD }));
    expectProblem(answer, 401, 'access.sign_in_refused');
    expect(session.cookies.size).toBe(0);
    expect(await sessionsOf(account)).toBe(0);
    expect(await people.newestEntry()).toMatchObject({
      operation: 'Sign In',
      outcome: 'failed',
      actor: { id: 'anonymous' },
      subject: { id: account.id },
      details: { method: 'password', why: 'the account was changed meanwhile' },
    });
    await expectOnlyResetPassword(account, PASSWORD);
  });

  it('is not brought back by an old one that is hashed anew at a higher cost', async () => {
    const account = await people.newAccount();
    const outdated = await new PasswordHasher({ logN: 12, r: 8, p: 1 }).hash(PASSWORD);
    await people.client.query('UPDATE psa_host.account SET password_hash = $2 WHERE id = $1', [
      account.id,
      outdated,
    ]);
    const { userName } = account;
    const answer = await duringReset(account, () =>
      people.browser().signIn({ userName, password: PASSWORD }),
    );
    expectProblem(answer, 401, 'access.sign_in_refused');
    await expectOnlyResetPassword(account, PASSWORD);
  });

  it('is not replaced by whoever changes the own one meanwhile', async () => {
    const { session, account } = await people.signedIn();
    const change = { currentPassword: PASSWORD, newPassword: OTHER_PASSWORD };
    const answer = await duringReset(account, () => session.send('PUT', '/own-password', change));
    expectProblem(answer, 422, 'request.invalid');
    expect(answer.text).toContain('is not your password');
    expect(await people.newestEntry()).toMatchObject({
      operation: 'Change Own Password',
      outcome: 'failed',
      subject: { id: account.id },
    });
    await expectOnlyResetPassword(account, OTHER_PASSWORD);
  });
});
