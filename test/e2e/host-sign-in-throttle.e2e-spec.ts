import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import type { ApiAnswer } from '../support/api-client.js';
import { expectProblem } from '../support/connector.js';
import { HostPeople, OTHER_PASSWORD, PASSWORD } from '../support/host-people.js';

let people: HostPeople;

beforeAll(async () => {
  // The test stands for the proxy, and so for clients with any address.
  people = await HostPeople.start({ PSA_TRUSTED_PROXIES: '127.0.0.1' });
});

afterAll(async () => {
  await people?.stop();
});

afterEach(async () => {
  await people.client.query('DELETE FROM psa_host.sign_in_attempt');
});

function signInFrom(address: string, proof: object): Promise<ApiAnswer> {
  return people.browser().send('POST', '/sign-in', proof, { 'x-forwarded-for': address });
}

const FORGED = { token: 'psa_forged' };

async function statusesFrom(addresses: readonly string[], proof: object): Promise<number[]> {
  const statuses = [];
  for (const address of addresses) statuses.push((await signInFrom(address, proof)).status);
  return statuses;
}

const refused = (count: number) => Array.from({ length: count }, () => 401);

describe('the limit of an address', () => {
  it('holds for a whole IPv6 network, which one client has to itself', async () => {
    const addresses = Array.from({ length: 30 }, (_, index) => `2001:db8:1:2:${index}::${index + 1}`);
    expect(await statusesFrom(addresses, FORGED)).toEqual(refused(30));
    expectProblem(await signInFrom('2001:db8:1:2:ffff::1', FORGED), 429, 'access.sign_in_throttled');
    expectProblem(await signInFrom('2001:db8:1:3::1', FORGED), 401, 'access.sign_in_refused');
  });

  it('holds for an IPv4 address however it is written', async () => {
    expect(await statusesFrom(Array.from<string>({ length: 30 }).fill('198.51.100.1'), FORGED)).toEqual(
      refused(30),
    );
    expectProblem(await signInFrom('::ffff:198.51.100.1', FORGED), 429, 'access.sign_in_throttled');
    expectProblem(await signInFrom('::ffff:198.51.100.2', FORGED), 401, 'access.sign_in_refused');
  });
});

/** Fills the limit of a name with five attempts from each of ten addresses, as many as an address may for one name. */
async function failFromEverywhere(userName: string): Promise<void> {
  for (let address = 1; address <= 10; address += 1) {
    const five = Array.from<string>({ length: 5 }).fill(`203.0.113.${address}`);
    expect(await statusesFrom(five, { userName, password: OTHER_PASSWORD })).toEqual(refused(5));
  }
}

describe('the limits of a user name', () => {
  it('are fifty attempts from anywhere, the right password included, whether there is the account or not', async () => {
    const { userName } = await people.newAccount();
    for (const name of [userName, 'not-there@csp.example']) {
      await failFromEverywhere(name);
      const answer = await signInFrom('203.0.113.99', { userName: name, password: PASSWORD });
      expectProblem(answer, 429, 'access.sign_in_throttled');
    }
  });

  it('do not keep the owner out where the owner came in before, and let nobody guess there', async () => {
    const { userName } = await people.newAccount();
    const proof = { userName, password: PASSWORD };
    const home = '198.51.100.20';
    expect((await signInFrom(home, proof)).status).toBe(200);
    await failFromEverywhere(userName);
    expectProblem(await signInFrom('203.0.113.99', proof), 429, 'access.sign_in_throttled');
    expect((await signInFrom(home, proof)).status).toBe(200);
    const guess = { userName, password: OTHER_PASSWORD };
    const six = Array.from<string>({ length: 6 }).fill(home);
    expect(await statusesFrom(six, guess)).toEqual([...refused(5), 429]);
  });

  it('forget after 30 days where the owner came in', async () => {
    const { userName } = await people.newAccount();
    const proof = { userName, password: PASSWORD };
    const home = '198.51.100.21';
    expect((await signInFrom(home, proof)).status).toBe(200);
    const { rows } = await people.client.query<{ days: number }>(
      `SELECT extract(epoch FROM forget_at - now())::float8 / 86400 AS days FROM psa_host.sign_in_attempt
      WHERE attempts = 0 AND forget_at > now() + interval '1 day'`,
    );
    expect(rows.map(({ days }) => Math.round(days))).toEqual([30]);
    await people.client.query('UPDATE psa_host.sign_in_attempt SET forget_at = now() WHERE attempts = 0');
    await failFromEverywhere(userName);
    expectProblem(await signInFrom(home, proof), 429, 'access.sign_in_throttled');
  });

  it('let waits grow from 15 seconds to 15 minutes', async () => {
    const { userName } = await people.newAccount();
    const proof = { userName, password: OTHER_PASSWORD };
    const from = '203.0.113.50';
    expect(await statusesFrom(Array.from<string>({ length: 5 }).fill(from), proof)).toEqual(refused(5));
    const waits = [];
    for (let count = 0; count < 8; count += 1) {
      const answer = await signInFrom(from, proof);
      expectProblem(answer, 429, 'access.sign_in_throttled');
      waits.push(Number(answer.headers.get('retry-after')));
      await people.client.query('UPDATE psa_host.sign_in_attempt SET blocked_until = now()');
      expectProblem(await signInFrom(from, proof), 401, 'access.sign_in_refused');
    }
    for (const [index, wait] of [15, 30, 60, 120, 240, 480, 900, 900].entries()) {
      expect(waits[index]).toBeLessThanOrEqual(wait);
      expect(waits[index]).toBeGreaterThan(wait / 2);
    }
  });
});
